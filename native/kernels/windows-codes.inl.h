// Codes of bags of words: the units of largest sum, ascending, ties to the smaller unit; and the
// sums themselves. The least sum that is still among the active ones is found by halving the
// interval of the sums, which branches on no sum.

// A bag's sums: false where they went to 64 bits, in the order of the units.
inline bool windowsBagSums(const WindowsBags& bags, std::size_t index, WindowsBag& bag) {
  const std::size_t stop = bags.starts[index + 1];
  const std::size_t end = stop < bags.wordCount ? stop : bags.wordCount;
  std::size_t at = bags.starts[index];
  const std::int32_t target = bags.targets == nullptr ? -1 : bags.targets[index];
  const bool hasTarget = windowsIsWord(target, bags.vocabulary);
  const std::int32_t weight = hasTarget ? bags.weights[index] : 0;
  const bool isNarrow = (at >= end || end - at <= WINDOWS_RUN) && weight <= WINDOWS_FACTOR &&
                        weight >= -WINDOWS_FACTOR;
  const auto run = [&](std::size_t last) {
    windowsClear(bag);
    for (; at < last; at++) {
      const std::int32_t word = bags.words[at];
      if (!windowsIsWord(word, bags.vocabulary)) continue;
      windowsAdd(bag, bags.table + static_cast<std::size_t>(word) * bag.stride);
    }
  };
  const std::int16_t* row =
      hasTarget ? bags.targetTable + static_cast<std::size_t>(target) * bag.stride : bag.zeros;
  if (isNarrow) {
    run(end);
    windowsFlush(bag);
    if (weight != 0) windowsAddPair(bag, row, bag.zeros, weightPair(weight, 0));
    windowsSettle(bag);
    return true;
  }
  for (std::size_t u = 0; u < bag.units; u++) bag.wide[u] = std::int64_t{weight} * row[u];
  while (at < end) {
    run(end - at < WINDOWS_RUN ? end : at + WINDOWS_RUN);
    windowsSettle(bag);
    for (std::size_t u = 0; u < bag.units; u++) bag.wide[u] += bag.sums[u];
  }
  return false;
}

// The sums of bags first .. end - 1: bags x units.
inline void windowsSums(const WindowsBags& bags, std::size_t first, std::size_t end,
                        std::byte* scratch, double* sums) {
  WindowsBag bag = windowsBagOf(bags.units, scratch);
  for (std::size_t index = first; index < end; index++) {
    double* row = sums + index * bags.units;
    const bool isNarrow = windowsBagSums(bags, index, bag);
    for (std::size_t u = 0; u < bags.units; u++) {
      row[u] = static_cast<double>(isNarrow ? bag.sums[u] : bag.wide[u]);
    }
  }
}

// Which sums reach a limit, and between what limits they are.
struct WindowsNarrow {
  const std::int32_t* sums;
  std::size_t units;
  std::size_t stride;

  std::size_t reaching(std::int64_t limit) const {
    const I32x16 least = broadcast(static_cast<std::int32_t>(limit));
    Counts16 counts = noCounts();
    for (std::size_t u = 0; u < stride; u += 16) {
      counts = countGreaterEqual(counts, load(sums + u), least);
    }
    return total(counts);
  }
  std::int64_t most() const {
    I32x16 best = load(sums);
    for (std::size_t u = 16; u < stride; u += 16) best = maximum(best, load(sums + u));
    return greatest(best);
  }
  std::int64_t least() const {
    std::int32_t result = sums[0];
    std::size_t u = 0;
    I32x16 worst = broadcast(result);
    for (; u + 16 <= units; u += 16) worst = minimum(worst, load(sums + u));
    result = smallest(worst);
    for (; u < units; u++) result = sums[u] < result ? sums[u] : result;
    return result;
  }
};
struct WindowsWide {
  const std::int64_t* sums;
  std::size_t units;

  std::size_t reaching(std::int64_t limit) const {
    std::size_t count = 0;
    for (std::size_t u = 0; u < units; u++) count += sums[u] >= limit ? 1 : 0;
    return count;
  }
  std::int64_t most() const {
    std::int64_t result = sums[0];
    for (std::size_t u = 1; u < units; u++) result = sums[u] > result ? sums[u] : result;
    return result;
  }
  std::int64_t least() const {
    std::int64_t result = sums[0];
    for (std::size_t u = 1; u < units; u++) result = sums[u] < result ? sums[u] : result;
    return result;
  }
};

// Writes the active units of largest sum: those above a limit that at least so many sums reach, and
// the first of those at it. It branches on no sum.
template <typename Sums>
inline void windowsChoose(const Sums& of, std::size_t active, std::uint32_t* indices) {
  std::int64_t limit = of.least();
  std::int64_t most = of.most();
  std::size_t reached = of.units;
  while (limit < most && reached > active) {
    const std::int64_t middle = most - (most - limit) / 2;
    const std::size_t found = of.reaching(middle);
    if (found < active) {
      most = middle - 1;
    } else {
      limit = middle;
      reached = found;
    }
  }
  std::size_t ties = active - (reached == active ? 0 : of.reaching(limit + 1));
  std::size_t size = 0;
  for (std::size_t u = 0; u < of.units && size < active; u++) {
    const bool isTied = of.sums[u] == limit && ties != 0;
    indices[size] = static_cast<std::uint32_t>(u);
    size += of.sums[u] > limit || isTied ? 1 : 0;
    ties -= isTied ? 1 : 0;
  }
}

// The active units of bags first .. end - 1: bags x active, 1 <= active <= units.
inline void windowsCodes(const WindowsBags& bags, std::size_t first, std::size_t end,
                         std::size_t active, std::byte* scratch, std::uint32_t* indices) {
  WindowsBag bag = windowsBagOf(bags.units, scratch);
  for (std::size_t index = first; index < end; index++) {
    std::uint32_t* code = indices + index * active;
    if (windowsBagSums(bags, index, bag)) {
      windowsChoose(WindowsNarrow{bag.sums, bag.units, bag.stride}, active, code);
    } else {
      windowsChoose(WindowsWide{bag.wide, bag.units}, active, code);
    }
  }
}
