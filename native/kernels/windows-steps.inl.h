// What units take from the windows of a mini-batch that they won, and the step
// (windows-learning.inl.h tells the rule): for each unit its distinct inputs, in the order in which
// they first came, with what each gains; the decay of all its weights; and the largest change of
// any weight, by which the step is divided. Weights that no window touched change by the decay
// alone, so a bound of the largest of them, kept for each unit, tells nearly always that none of
// them changed most; where it does not, the unit's weights are looked at.

// Memory of a range of units: its windows by unit, and the set of a unit's inputs, which needs no
// clearing (Briggs and Torczon 1993): an input is there when its place names it.
struct WindowsTally {
  std::uint32_t* firsts;  // where each unit's windows begin in order
  std::uint32_t* order;
  std::uint32_t* places;  // of an input among the unit's
  std::uint32_t* counts;  // how often each of them came
  float* weights;
};

inline std::size_t windowsLearningStepsBytes(const WindowsBatch& batch) {
  const std::size_t inputs = 2 * batch.vocabulary;
  return ALIGNMENT_BYTES + (batch.units + 1 + batch.windows + 3 * inputs) * sizeof(std::uint32_t);
}

inline WindowsTally windowsTally(const WindowsBatch& batch, std::byte* scratch) {
  const std::size_t inputs = 2 * batch.vocabulary;
  auto* const firsts = reinterpret_cast<std::uint32_t*>(alignedScratch(scratch));
  std::uint32_t* const order = firsts + batch.units + 1;
  std::uint32_t* const places = order + batch.windows;
  std::uint32_t* const counts = places + inputs;
  return {firsts, order, places, counts, reinterpret_cast<float*>(counts + inputs)};
}

// Puts the windows that units first .. end - 1 won in order of the unit, and all others after them;
// how many windows smaller units won.
inline std::size_t windowsSort(const WindowsBatch& batch, const std::uint32_t* winners,
                               std::size_t first, std::size_t end, const WindowsTally& tally) {
  const std::size_t range = end - first;
  const auto place = [&](std::size_t window) -> std::uint32_t* {
    const std::size_t unit = winners[window] - first;
    return tally.firsts + (unit < range ? unit : range);
  };
  std::size_t before = 0;
  std::memset(tally.firsts, 0, (range + 1) * sizeof *tally.firsts);
  for (std::size_t window = 0; window < batch.windows; window++) {
    before += winners[window] < first ? 1 : 0;
    ++*place(window);
  }
  std::uint32_t sum = 0;
  for (std::size_t unit = 0; unit <= range; unit++) {
    sum += tally.firsts[unit];
    tally.firsts[unit] = sum;
  }
  for (std::size_t window = batch.windows; window-- > 0;) {
    tally.order[--*place(window)] = static_cast<std::uint32_t>(window);
  }
  return before;
}

// The distinct inputs of a unit's windows, in the order in which they first come; how many.
inline std::size_t windowsTouched(const WindowsBatch& batch, std::size_t unit,
                                  const std::uint32_t* order, std::size_t windows,
                                  const WindowsTally& tally, std::uint32_t* inputs) {
  const std::size_t stride = windowsFloatStride(batch.units);
  std::size_t size = 0;
  for (std::size_t i = 0; i < windows; i++) {
    windowsInputs(batch, order[i], [&](std::size_t input) {
      const std::size_t place = tally.places[input];
      if (place < size && inputs[place] == input) {
        tally.counts[place]++;
        return;
      }
      prefetch(batch.weights + input * stride + unit);
      tally.places[input] = static_cast<std::uint32_t>(size);
      tally.counts[size] = 1;
      inputs[size++] = static_cast<std::uint32_t>(input);
    });
  }
  return size;
}

// The dot product, as dot.inl.h makes it, of a unit's weights and gains.
inline float windowsDecay(const float* weights, const float* gains, std::size_t size) {
  F32x16 sums = broadcast(0.0F);
  for (std::size_t i = 0; i < size; i += 16) {
    const std::size_t width = size - i < 16 ? size - i : 16;
    sums = fma(loadPartial(weights + i, width), loadPartial(gains + i, width), sums);
  }
  return fold(sums);
}

// The largest |gain - decay x weight|, where what is no number does not count.
inline float windowsChange(float decay, const float* weights, const float* gains,
                           std::size_t size) {
  const F32x16 factor = broadcast(-decay);
  F32x16 peak = broadcast(0.0F);
  for (std::size_t i = 0; i < size; i += 16) {
    const std::size_t width = size - i < 16 ? size - i : 16;
    const F32x16 change =
        fma(factor, loadPartial(weights + i, width), loadPartial(gains + i, width));
    peak = maximum(change, peak);
    peak = maximum(subtract(broadcast(0.0F), change), peak);
  }
  return greatest(peak);
}

// The gains and the decay of a unit that has its inputs; the largest change of their weights.
inline float windowsGains(const WindowsBatch& batch, const float* shares, std::size_t unit,
                          const WindowsTally& tally, const WindowsSteps& steps) {
  const float* column = batch.weights + unit;
  const std::size_t stride = windowsFloatStride(batch.units);
  const std::uint32_t* inputs = steps.inputs + steps.starts[unit];
  float* gains = steps.gains + steps.starts[unit];
  const std::size_t size = steps.sizes[unit];
  const float scale = batch.scales[unit];
  for (std::size_t i = 0; i < size; i++) {
    const std::size_t input = inputs[i];
    const std::size_t word = input < batch.vocabulary ? input : input - batch.vocabulary;
    tally.weights[i] = scale * column[input * stride];
    gains[i] = static_cast<float>(tally.counts[i]) * shares[word];
  }
  steps.decays[unit] = windowsDecay(tally.weights, gains, size);
  return windowsChange(steps.decays[unit], tally.weights, gains, size);
}

// What units first .. end - 1 take from their windows. peaks: the largest change of those of a
// unit's weights whose words were there.
inline void windowsLearningSteps(const WindowsBatch& batch, const std::uint32_t* winners,
                                 const float* shares, std::size_t first, std::size_t end,
                                 std::byte* scratch, const WindowsSteps& steps, float* peaks) {
  const WindowsTally tally = windowsTally(batch, scratch);
  const std::size_t before = windowsSort(batch, winners, first, end, tally);
  for (std::size_t unit = first; unit < end; unit++) {
    const std::size_t begin = tally.firsts[unit - first];
    const std::size_t windows = tally.firsts[unit - first + 1] - begin;
    const std::size_t start = (before + begin) * (2 * batch.radius + 1);
    steps.starts[unit] = static_cast<std::uint32_t>(start);
    const std::size_t size =
        windowsTouched(batch, unit, tally.order + begin, windows, tally, steps.inputs + start);
    steps.sizes[unit] = static_cast<std::uint32_t>(size);
    peaks[unit] = windowsGains(batch, shares, unit, tally, steps);
  }
}

// The largest change that a decay makes of a unit's weight of at most that |number|.
inline float windowsDecayed(const WindowsBatch& batch, const WindowsSteps& steps, std::size_t unit,
                            float bound) {
  const float change = steps.decays[unit] * (batch.scales[unit] * bound);
  return change < 0.0F ? -change : change;
}

// The largest change of a unit's weights that no window touched. Also makes the unit's bound exact.
inline float windowsUntouched(const WindowsBatch& batch, const WindowsSteps& steps,
                              std::size_t unit, std::uint32_t* places) {
  const std::size_t stride = windowsFloatStride(batch.units);
  const std::uint32_t* inputs = steps.inputs + steps.starts[unit];
  const std::size_t size = steps.sizes[unit];
  for (std::size_t i = 0; i < size; i++) places[inputs[i]] = static_cast<std::uint32_t>(i);
  float bound = 0.0F;
  float most = 0.0F;
  for (std::size_t input = 0; input < 2 * batch.vocabulary; input++) {
    const float number = batch.weights[input * stride + unit];
    const float magnitude = number < 0.0F ? -number : number;
    if (magnitude > bound) bound = magnitude;
    if (!(magnitude > most)) continue;
    const std::size_t place = places[input];
    if (place >= size || inputs[place] != input) most = magnitude;
  }
  steps.bounds[unit] = bound;
  return windowsDecayed(batch, steps, unit, most);
}

// The largest change of any weight in the batch: exactly, whatever bounds promise too much. places
// has room for all inputs; peaks are used up.
inline float windowsLearningPeak(const WindowsBatch& batch, const WindowsSteps& steps, float* peaks,
                                 std::uint32_t* places) {
  float peak = 0.0F;
  for (std::size_t unit = 0; unit < batch.units; unit++) {
    if (peaks[unit] > peak) peak = peaks[unit];
  }
  for (;;) {
    std::size_t first = batch.units;
    float most = peak;
    for (std::size_t unit = 0; unit < batch.units; unit++) {
      if (steps.sizes[unit] == 0 || peaks[unit] < 0.0F) continue;
      const float change = windowsDecayed(batch, steps, unit, steps.bounds[unit]);
      if (!(change > most)) continue;
      most = change;
      first = unit;
    }
    if (first == batch.units) return peak;
    const float change = windowsUntouched(batch, steps, first, places);
    if (change > peak) peak = change;
    peaks[first] = -1.0F;
  }
}

// Folds the scales of a group of units into their numbers.
inline void windowsFold(const WindowsBatch& batch, const WindowsSteps& steps, std::size_t first,
                        std::size_t width) {
  const std::size_t stride = windowsFloatStride(batch.units);
  const F32x16 scales = loadPartial(batch.scales + first, width);
  for (std::size_t input = 0; input < 2 * batch.vocabulary; input++) {
    float* numbers = batch.weights + input * stride + first;
    storePartial(numbers, multiply(loadPartial(numbers, width), scales), width);
  }
  for (std::size_t unit = first; unit < first + width; unit++) {
    const float scale = batch.scales[unit];
    const float bound = steps.bounds[unit] * (scale < 0.0F ? -scale : scale);
    steps.bounds[unit] = bound == bound ? bound : INFINITY;  // an unknown one times 0
    batch.scales[unit] = 1.0F;
  }
}

// Scales within these limits are left as they are.
inline constexpr float WINDOWS_LEAST_SCALE = 0x1p-64F;
inline constexpr float WINDOWS_MOST_SCALE = 0x1p64F;

// The decay of a group of units, at most WINDOWS_UNITS from first on.
inline void windowsDecayGroup(const WindowsBatch& batch, const WindowsSteps& steps, float rate,
                              std::size_t first, std::size_t width) {
  F32x16 factor = fma(broadcast(-rate), loadPartial(steps.decays + first, width), broadcast(1.0F));
  storePartial(batch.scales + first, multiply(loadPartial(batch.scales + first, width), factor),
               width);
  bool isWithin = true;
  for (std::size_t unit = first; unit < first + width; unit++) {
    const float scale = batch.scales[unit];
    const float magnitude = scale < 0.0F ? -scale : scale;
    isWithin &= magnitude >= WINDOWS_LEAST_SCALE && magnitude <= WINDOWS_MOST_SCALE;
  }
  if (!isWithin) windowsFold(batch, steps, first, width);
}

// How many of a unit's inputs ahead their numbers are fetched.
inline constexpr std::size_t WINDOWS_MOVES_AHEAD = 16;

// Adds share x gain to the numbers of a unit's inputs.
inline void windowsMove(const WindowsBatch& batch, const WindowsSteps& steps, std::size_t unit,
                        float share) {
  const std::size_t stride = windowsFloatStride(batch.units);
  const std::uint32_t* inputs = steps.inputs + steps.starts[unit];
  const float* gains = steps.gains + steps.starts[unit];
  const std::size_t size = steps.sizes[unit];
  float* column = batch.weights + unit;
  F32x16 bound = broadcast(steps.bounds[unit]);
  for (std::size_t i = 0; i < size; i += 16) {
    const std::size_t width = size - i < 16 ? size - i : 16;
    float numbers[16] = {};
    for (std::size_t j = 0; j < width; j++) {
      if (i + j + WINDOWS_MOVES_AHEAD < size) {
        prefetch(column + inputs[i + j + WINDOWS_MOVES_AHEAD] * stride);
      }
      numbers[j] = column[inputs[i + j] * stride];
    }
    const F32x16 moved = fma(loadPartial(gains + i, width), broadcast(share), load(numbers));
    bound = maximum(moved, bound);
    bound = maximum(subtract(broadcast(0.0F), moved), bound);
    store(numbers, moved);
    for (std::size_t j = 0; j < width; j++) column[inputs[i + j] * stride] = numbers[j];
  }
  steps.bounds[unit] = greatest(bound);
}

// Whether a unit's inputs are what windowsLearningSteps writes: nothing else may be touched.
inline bool windowsKnown(const WindowsBatch& batch, const WindowsSteps& steps, std::size_t unit) {
  const std::size_t capacity = batch.windows * (2 * batch.radius + 1);
  const std::size_t start = steps.starts[unit];
  const std::size_t size = steps.sizes[unit];
  if (start > capacity || size > capacity - start) return false;
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < size; i++) {
    const std::uint32_t input = steps.inputs[start + i];
    most = input > most ? input : most;
  }
  return size == 0 || most < 2 * batch.vocabulary;
}

// Moves units first .. end - 1, first a multiple of WINDOWS_UNITS, by rate x their steps.
inline void windowsLearningMoves(const WindowsBatch& batch, const WindowsSteps& steps, float rate,
                                 std::size_t first, std::size_t end) {
  for (std::size_t group = first; group < end; group += WINDOWS_UNITS) {
    const std::size_t width = end - group < WINDOWS_UNITS ? end - group : WINDOWS_UNITS;
    windowsDecayGroup(batch, steps, rate, group, width);
    for (std::size_t unit = group; unit < group + width; unit++) {
      if (!windowsKnown(batch, steps, unit)) continue;
      windowsMove(batch, steps, unit, rate / batch.scales[unit]);
    }
  }
}
