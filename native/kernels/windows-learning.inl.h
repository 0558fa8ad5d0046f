// The rule of FlyVec (Liang et al. 2021) on mini-batches of windows, in float32: the winner of each
// window by the weights of the batch's beginning, what the winners take from their windows, and the
// step. A unit's weights are its scale times its numbers, so that the decay of all its weights is
// one multiplication, and only the weights of words that were there are touched. docs/numerics.md
// says every rounding; units belong to whoever steps them, so threads never show.

inline std::size_t windowsFloatStride(std::size_t units) { return (units + 15) / 16 * 16; }

// Blocks of units whose sums are made side by side: enough chains to cover the latency of an add.
inline constexpr std::size_t WINDOWS_CHAINS = 5;

// How many windows ahead rows are fetched.
inline constexpr std::size_t WINDOWS_BATCH_AHEAD = 8;

// The words of the window of a position: inputs in the order of their sums, words of the context
// first, then vocabulary + the middle. Calls use(input).
template <typename Use>
[[gnu::always_inline]] inline void windowsInputs(const WindowsBatch& batch, std::size_t window,
                                                 Use use) {
  const std::size_t at = batch.positions[window];
  if (at >= batch.count || batch.tokens[at] == WINDOWS_PARAGRAPH) return;
  std::size_t begin = at;
  while (begin > 0 && at - begin < batch.radius && batch.tokens[begin - 1] != WINDOWS_PARAGRAPH) {
    begin--;
  }
  for (std::size_t i = begin; i < batch.count && i <= at + batch.radius; i++) {
    const std::int32_t token = batch.tokens[i];
    if (token == WINDOWS_PARAGRAPH) break;
    if (i != at && windowsIsWord(token, batch.vocabulary)) use(static_cast<std::size_t>(token));
  }
  const std::int32_t middle = batch.tokens[at];
  if (windowsIsWord(middle, batch.vocabulary)) {
    use(batch.vocabulary + static_cast<std::size_t>(middle));
  }
}

// Memory for the scales and the activations of all units, and for the rows of one window.
struct WindowsContest {
  std::size_t stride;
  float* scales;
  float* activations;
  const float** rows;
};

inline std::size_t windowsLearningScratchBytes(const WindowsBatch& batch) {
  return ALIGNMENT_BYTES + windowsFloatStride(batch.units) * 2 * sizeof(float) +
         (2 * batch.radius + 1) * sizeof(float*);
}

inline WindowsContest windowsContest(const WindowsBatch& batch, std::byte* scratch) {
  const std::size_t stride = windowsFloatStride(batch.units);
  auto* const scales = reinterpret_cast<float*>(alignedScratch(scratch));
  std::memcpy(scales, batch.scales, batch.units * sizeof(float));
  for (std::size_t u = batch.units; u < stride; u++) scales[u] = 0.0F;
  return {stride, scales, scales + stride, reinterpret_cast<const float**>(scales + 2 * stride)};
}

// Activations of a few blocks of units: the sum of the rows, in their order, times the scale.
template <std::size_t BLOCKS>
[[gnu::always_inline]] inline void windowsActivate(const WindowsContest& contest, std::size_t count,
                                                   std::size_t unit) {
  F32x16 sums[BLOCKS];
  for (F32x16& sum : sums) sum = broadcast(0.0F);
  for (std::size_t row = 0; row < count; row++) {
    const float* from = contest.rows[row] + unit;
    for (std::size_t b = 0; b < BLOCKS; b++) sums[b] = add(sums[b], load(from + b * 16));
  }
  for (std::size_t b = 0; b < BLOCKS; b++) {
    const F32x16 scale = load(contest.scales + unit + b * 16);
    store(contest.activations + unit + b * 16, known(multiply(scale, sums[b])));
  }
}

// Fetches the rows that a later window brings: of its last word, and of its middle.
inline void windowsFetch(const WindowsBatch& batch, std::size_t window, std::size_t stride) {
  const std::size_t at = batch.positions[window];
  const auto fetch = [&](std::size_t from, std::size_t block) {
    if (from >= batch.count || !windowsIsWord(batch.tokens[from], batch.vocabulary)) return;
    const std::size_t input =
        block * batch.vocabulary + static_cast<std::size_t>(batch.tokens[from]);
    const float* row = batch.weights + input * stride;
    for (std::size_t i = 0; i < stride; i += 16) prefetch(row + i);
  };
  fetch(at + batch.radius, 0);
  fetch(at, 1);
}

// The units of largest activation for windows first .. end - 1, ties to the smaller unit; nobody
// for windows without a word.
inline void windowsLearningWinners(const WindowsBatch& batch, std::size_t first, std::size_t end,
                                   std::byte* scratch, std::uint32_t* winners) {
  const WindowsContest contest = windowsContest(batch, scratch);
  const std::size_t stride = contest.stride;
  for (std::size_t window = first; window < end; window++) {
    if (window + WINDOWS_BATCH_AHEAD < end) {
      windowsFetch(batch, window + WINDOWS_BATCH_AHEAD, stride);
    }
    std::size_t count = 0;
    windowsInputs(batch, window, [&](std::size_t input) {
      contest.rows[count++] = batch.weights + input * stride;
    });
    winners[window] = WINDOWS_NOBODY;
    if (count == 0) continue;
    std::size_t unit = 0;
    for (; unit + 16 * WINDOWS_CHAINS <= stride; unit += 16 * WINDOWS_CHAINS) {
      windowsActivate<WINDOWS_CHAINS>(contest, count, unit);
    }
    for (; unit < stride; unit += 16) windowsActivate<1>(contest, count, unit);
    for (std::size_t u = batch.units; u < stride; u++) contest.activations[u] = -INFINITY;
    winners[window] = competitionWinner(contest.activations, stride);
  }
}
