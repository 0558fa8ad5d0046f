// Bags of words by sums of 16-bit weights (windows.inl.h): documents, contexts, single words, and
// groups of windows around one word. Sums are exact: 32 bits hold those of 65,535 rows, and longer
// bags are added up in 64 bits.

// Rows that a bag adds up before its sums go to 64 bits, and the largest weight of one row.
inline constexpr std::size_t WINDOWS_RUN = 32768;
inline constexpr std::int32_t WINDOWS_FACTOR = 32767;

// Rows are added up by so many at a time.
inline constexpr std::size_t WINDOWS_PENDING = 4;

// Sums of a bag: 32 bits in the level's order, and what may go beyond them in that of the units.
struct WindowsBag {
  std::size_t units;
  std::size_t stride;
  std::int32_t* sums;
  std::int64_t* wide;
  std::int16_t* zeros;
  const std::int16_t* pending[WINDOWS_PENDING];
  std::size_t waiting;
};

inline std::size_t windowsBagBytes(std::size_t units) {
  const std::size_t each = sizeof(std::int32_t) + sizeof(std::int64_t) + sizeof(std::int16_t);
  return ALIGNMENT_BYTES + windowsStride(units) * each;
}

inline WindowsBag windowsBagOf(std::size_t units, std::byte* scratch) {
  const std::size_t stride = windowsStride(units);
  auto* const wide = reinterpret_cast<std::int64_t*>(alignedScratch(scratch));
  auto* const sums = reinterpret_cast<std::int32_t*>(wide + stride);
  auto* const zeros = reinterpret_cast<std::int16_t*>(sums + stride);
  std::memset(zeros, 0, stride * sizeof *zeros);
  return {units, stride, sums, wide, zeros, {zeros, zeros, zeros, zeros}, 0};
}

inline void windowsClear(WindowsBag& bag) {
  std::memset(bag.sums, 0, bag.stride * sizeof *bag.sums);
  bag.waiting = 0;
}

// Adds a x first + b x second.
inline void windowsAddPair(WindowsBag& bag, const std::int16_t* a, const std::int16_t* b,
                           WeightPair pair) {
  for (std::size_t unit = 0; unit < bag.stride; unit += 32) {
    const I32x32 own = loadBoth(bag.sums + unit);
    storeBoth(bag.sums + unit, addWeighed(own, a + unit, b + unit, pair));
  }
}

// Adds the rows that wait.
inline void windowsFlush(WindowsBag& bag) {
  if (bag.waiting == 0) return;
  for (std::size_t i = bag.waiting; i < WINDOWS_PENDING; i++) bag.pending[i] = bag.zeros;
  bag.waiting = 0;
  const WeightPair ones = weightPair(1, 1);
  const std::int16_t* const* rows = bag.pending;
  for (std::size_t unit = 0; unit < bag.stride; unit += 32) {
    const I32x32 own = addWeighed(loadBoth(bag.sums + unit), rows[0] + unit, rows[1] + unit, ones);
    storeBoth(bag.sums + unit, addWeighed(own, rows[2] + unit, rows[3] + unit, ones));
  }
}

inline void windowsAdd(WindowsBag& bag, const std::int16_t* row) {
  for (std::size_t unit = 0; unit < bag.stride; unit += 32) prefetch(row + unit);
  bag.pending[bag.waiting++] = row;
  if (bag.waiting == WINDOWS_PENDING) windowsFlush(bag);
}

// Puts the sums in the order of the units, with the least integers beyond the last of them.
inline void windowsSettle(WindowsBag& bag) {
  windowsFlush(bag);
  for (std::size_t unit = 0; unit < bag.stride; unit += 32) {
    storeBoth(bag.sums + unit, inOrder(loadBoth(bag.sums + unit)));
  }
  for (std::size_t unit = bag.units; unit < bag.stride; unit++) bag.sums[unit] = INT32_MIN;
}

// The unit of the largest sum, the smallest of equals, of settled sums.
inline std::uint32_t windowsFirstGreatest(const WindowsBag& bag) {
  I32x16 best = load(bag.sums);
  for (std::size_t u = 16; u < bag.stride; u += 16) best = maximum(best, load(bag.sums + u));
  const I32x16 top = broadcast(greatest(best));
  for (std::size_t u = 0; u < bag.stride; u += 16) {
    const unsigned found = greaterEqual(load(bag.sums + u), top);
    if (found != 0) return static_cast<std::uint32_t>(u + trailingZeros(found));
  }
  return 0;
}

// Adds the context in one direction from a place, up to the end of its paragraph; how many words.
inline std::size_t windowsAddSide(const WindowsText& text, std::size_t at, std::size_t steps,
                                  std::ptrdiff_t direction, WindowsBag& bag) {
  const std::int32_t* token = text.tokens + at;
  std::size_t words = 0;
  for (std::size_t step = 0; step < steps; step++) {
    token += direction;
    if (*token == WINDOWS_PARAGRAPH) break;
    if (!windowsIsWord(*token, text.vocabulary)) continue;
    windowsAdd(bag, text.context + static_cast<std::size_t>(*token) * bag.stride);
    words++;
  }
  return words;
}

// The winners of the groups of windows around words first .. end - 1: each word's places are cut
// into runs of groupSize, and the winner of a run stands at each of its positions.
inline void windowsGroups(const WindowsText& text, const WindowsPlaces& places,
                          std::size_t groupSize, std::size_t first, std::size_t end,
                          std::byte* scratch, std::uint32_t* winners) {
  WindowsBag bag = windowsBagOf(text.units, scratch);
  const auto one = [&](std::size_t word, std::size_t begin, std::size_t stop) {
    windowsClear(bag);
    std::size_t words = 0;
    std::size_t windows = 0;
    for (std::size_t i = begin; i < stop; i++) {
      const std::size_t at = places.positions[i];
      if (at >= text.count) continue;
      windows++;
      const std::size_t after = text.count - 1 - at;
      words += windowsAddSide(text, at, at < text.radius ? at : text.radius, -1, bag);
      words += windowsAddSide(text, at, after < text.radius ? after : text.radius, 1, bag);
    }
    windowsFlush(bag);
    const auto weight = static_cast<std::int32_t>(windows * text.targetWeight);
    windowsAddPair(bag, text.target + word * bag.stride, bag.zeros, weightPair(weight, 0));
    windowsSettle(bag);
    const bool counts = words > 0 || weight > 0;
    const std::uint32_t winner = counts ? windowsFirstGreatest(bag) : WINDOWS_NOBODY;
    for (std::size_t i = begin; i < stop; i++) {
      const std::size_t at = places.positions[i];
      if (at < text.count) winners[at] = winner;
    }
  };
  for (std::size_t word = first; word < end; word++) {
    const WindowsList list = windowsList(places, word);
    for (std::size_t i = list.begin; i < list.end; i += groupSize) {
      one(word, i, list.end - i < groupSize ? list.end : i + groupSize);
    }
  }
}

// What stands at positions first .. end - 1 that are no words: they are in no group.
inline void windowsUngrouped(const WindowsText& text, std::size_t first, std::size_t end,
                             std::uint32_t* winners) {
  for (std::size_t at = first; at < end; at++) {
    const std::int32_t token = text.tokens[at];
    if (windowsIsWord(token, text.vocabulary)) continue;
    winners[at] = token == WINDOWS_PARAGRAPH ? WINDOWS_END : WINDOWS_NOBODY;
  }
}
