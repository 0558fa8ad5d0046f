// The k largest of a stream of floats with their indices, exactly: what fly's winners and topK share. Values
// at or above a threshold are appended; when the store is nearly full it is cut to a little over k and the threshold
// rises. So each value is compared once, few are kept, and any input (ties, sorted, constant) costs about the same.
//
// Order is the law's: larger value first, then smaller index; -0 equals +0. Entries come and stay in ascending
// index, so a later value equal to the k-th never enters. Values must not be NaN (see known()).

struct Reservoir {
  float* values;
  std::uint32_t* indices;
  std::size_t count;
  float threshold;  // only values at or above it can still be among the k largest
};

// Entries a reservoir holds between two checks; its memory has RESERVOIR_SLACK places more.
inline constexpr std::size_t RESERVOIR_SLACK = 96;
inline std::size_t reservoirCapacity(std::size_t k, std::size_t n) {
  const std::size_t enough = 2 * k + 256;
  return enough < n ? enough : n;
}
// How many entries a cut may leave: any lower bound of the k-th value is good enough.
inline std::size_t reservoirRest(std::size_t k) { return k + k / 4 + 16; }

// NaN becomes -infinity, so that every value has its place in the order. Input is checked above; this keeps
// the kernels' counts right when memory changes under them.
inline F32x16 known(F32x16 v) { return maximum(v, broadcast(-INFINITY)); }

// Integers in the order of the floats; neighbours differ by one. -0 counts as +0.
inline std::int64_t orderedKey(float value) {
  const float unsignedZero = value + 0.0F;
  std::int32_t bits;
  std::memcpy(&bits, &unsignedZero, sizeof bits);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}
inline float orderedFloat(std::int64_t key) {
  const std::int32_t low = static_cast<std::int32_t>(key);
  const std::int32_t bits = low ^ ((low >> 31) & 0x7fffffff);
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
// The next larger float; NaN after +infinity, which nothing reaches.
inline float nextFloat(float value) { return orderedFloat(orderedKey(value) + 1); }

inline std::size_t countAtLeast(const float* values, std::size_t count, float threshold) {
  const F32x16 least = broadcast(threshold);
  Counts16 even = noCounts();
  Counts16 odd = noCounts();
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    even = countGreaterEqual(even, load(values + i), least);
    odd = countGreaterEqual(odd, load(values + i + 16), least);
  }
  for (; i < count; i += 16) even = countGreaterEqual(even, load(values + i), least);
  return total(even) + total(odd);
}

// The least of the values at or above a limit, and the greatest below it; +-infinity if there are none.
inline float leastAtOrAbove(const float* values, std::size_t count, float limit) {
  F32x16 least = broadcast(INFINITY);
  for (std::size_t i = 0; i < count; i += 16) {
    least = leastFrom(least, load(values + i), broadcast(limit));
  }
  return smallest(least);
}
inline float greatestUnder(const float* values, std::size_t count, float limit) {
  F32x16 most = broadcast(-INFINITY);
  for (std::size_t i = 0; i < count; i += 16) {
    most = greatestBelow(most, load(values + i), broadcast(limit));
  }
  return greatest(most);
}

// The first steps of a search go by the counts alone, enough for values without ties. Later ones also move
// the end to a value that occurs, so that few distinct values take few steps. The last ones halve the order of
// floats, so that at most 33 more remain whatever the values are.
inline constexpr std::size_t CUT_FREE_STEPS = 5;
inline constexpr std::size_t CUT_VALUE_STEPS = 16;

// An interval of floats, as ordered keys: more than enough values are at or above low, too few at or above high.
struct CutInterval {
  std::int64_t low;
  std::int64_t high;
  double above;  // values at or above low
  double below;  // values at or above high
};

// A point inside the interval: in proportion to the counts, or halfway.
inline std::int64_t between(const CutInterval& interval, std::size_t step, double wanted) {
  const std::int64_t half = interval.low + (interval.high - interval.low) / 2;
  if (step >= CUT_VALUE_STEPS) return half;
  const double share =
      step % 2 == 1 ? 0.5 : (interval.above - wanted) / (interval.above - interval.below);
  const double from = static_cast<double>(orderedFloat(interval.low));
  const double to = static_cast<double>(orderedFloat(interval.high));
  const float guess = static_cast<float>(from + (to - from) * share);
  const std::int64_t key = orderedKey(guess);
  return guess == guess && key > interval.low && key < interval.high ? key : half;
}

// The keys of the least and of just past the greatest value.
inline CutInterval wholeInterval(const float* values, std::size_t count) {
  F32x16 least = broadcast(INFINITY);
  F32x16 largest = broadcast(-INFINITY);
  for (std::size_t i = 0; i < count; i += 16) {
    least = minimum(load(values + i), least);
    largest = maximum(load(values + i), largest);
  }
  return {orderedKey(smallest(least)), orderedKey(greatest(largest)) + 1,
          static_cast<double>(count), 0};
}

// Where to cut: k..most values are at or above the threshold; or, when ties leave no such place, it is the k-th value.
struct Cut {
  float threshold;
  bool tied;
};

// values is filled to a multiple of 16 with NaN, and holds more than most >= k > 0 values.
inline Cut findCut(const float* values, std::size_t count, std::size_t k, std::size_t most) {
  const double wanted = static_cast<double>(k + most) / 2;
  CutInterval interval = wholeInterval(values, count);
  for (std::size_t step = 0; interval.high - interval.low > 1; step++) {
    const std::int64_t middle = between(interval, step, wanted);
    const float limit = orderedFloat(middle);
    const std::size_t found = countAtLeast(values, count, limit);
    const bool exact = step >= CUT_FREE_STEPS;
    if (found > most) {
      interval.low = exact ? orderedKey(leastAtOrAbove(values, count, limit)) : middle;
      interval.above = static_cast<double>(found);
    } else if (found < k) {
      interval.high = exact ? orderedKey(greatestUnder(values, count, limit)) + 1 : middle;
      interval.below = static_cast<double>(found);
    } else {
      return {limit, false};
    }
  }
  return {orderedFloat(interval.low), true};
}

// Keeps the k largest and at most most entries (most = k: exactly those), in ascending index, and raises the
// threshold. The reservoir holds at least k entries, k > 0.
inline void cutReservoir(Reservoir& kept, std::size_t k, std::size_t most) {
  const std::size_t count = kept.count;
  store(kept.values + count, broadcast(NAN));
  if (count <= most) return;
  const Cut cut = findCut(kept.values, count, k, most);
  const float next = nextFloat(cut.threshold);
  std::size_t ties = cut.tied ? k - countAtLeast(kept.values, count, next) : count;
  const F32x16 exact = broadcast(cut.threshold);
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; i += 16) {
    const F32x16 v = load(kept.values + i);
    const std::uint16_t over = greater(v, exact);
    const unsigned same = equal(v, exact);
    unsigned late = same;
    for (; late != 0 && ties != 0; ties--) late &= late - 1;
    const std::uint16_t mask = static_cast<std::uint16_t>(over | (same & ~late));
    size += packPairs(kept.values + size, kept.indices + size, v, kept.indices + i, mask);
  }
  kept.count = size;
  kept.threshold = next;
  store(kept.values + size, broadcast(NAN));
}

// Offers 16 values with indices first, first + 1, ...; only lanes of mask count. Room for 16 is the caller's care.
inline void offer(Reservoir& kept, F32x16 v, std::uint32_t first, unsigned lanes) {
  const std::uint16_t mask =
      static_cast<std::uint16_t>(greaterEqual(v, broadcast(kept.threshold)) & lanes);
  kept.count +=
      packLanes(kept.values + kept.count, kept.indices + kept.count, v, first, mask);
}
