// The unit that wins each window of a text (FlyVec; Liang et al. 2021), by sums of 16-bit weights:
// the rows of the words around the middle, and a multiple of the middle's row of a second table.
// Sums of integers are exact in any order, so a window slides: one row comes, one goes, and the
// middle's own row is exchanged. Two rows at a time are interleaved, multiplied and added, which
// needs no wider table of differences; the multiplier also makes room for the number of the unit
// below each sum, so that one maximum finds the winner and gives ties to the smaller unit.
//
// Tokens of any content are safe: what is no word of the vocabulary counts as masked, -2 ends a
// paragraph.

inline std::size_t windowsStride(std::size_t units) { return (units + 31) / 32 * 32; }

// A vocabulary is smaller than 2^31.
inline bool windowsIsWord(std::int32_t token, std::size_t vocabulary) {
  return static_cast<std::uint32_t>(token) < vocabulary;
}
inline constexpr std::int32_t WINDOWS_PARAGRAPH = -2;

// How far ahead rows are fetched: measured, 4 to 16 are alike.
inline constexpr std::size_t WINDOWS_AHEAD = 8;

inline I32x32 loadBoth(const std::int32_t* from) { return {load(from), load(from + 16)}; }
inline void storeBoth(std::int32_t* to, const I32x32& a) {
  store(to, a.low);
  store(to + 16, a.high);
}
inline I32x32 maximumBoth(const I32x32& a, const I32x32& b) {
  return {maximum(a.low, b.low), maximum(a.high, b.high)};
}

// Sums in the level's order, above the numbers of units: sum x 2^shift + (2^shift - 1 - unit), for
// tiles of 2^shift units. 2 (radius + targetWeight) x 2^shift is at most 32,767, so that factors
// fit 16 bits and sums stay below 2^30.
struct WindowsSums {
  std::size_t units;
  std::size_t stride;
  unsigned shift;
  WeightPair slide;   // incoming, outgoing
  WeightPair centre;  // target's row, the middle's own
  std::int32_t* sums;
  std::int32_t* begin;  // sums of nothing
  std::int16_t* zeros;  // a row
  I32x32 cap;           // the least integers in the lanes beyond the last unit, else the largest
};

inline std::size_t windowsScratchBytes(std::size_t units) {
  return ALIGNMENT_BYTES + windowsStride(units) * (2 * sizeof(std::int32_t) + sizeof(std::int16_t));
}

// Sums of nothing, and the cap.
inline void windowsBegin(WindowsSums& sums) {
  const std::size_t tile = std::size_t{1} << sums.shift;
  std::memset(sums.zeros, 0, sums.stride * sizeof(std::int16_t));
  std::int16_t row[32];
  for (std::size_t u = 0; u < sums.stride; u += 32) {
    for (std::size_t i = 0; i < 32; i++) {
      row[i] = static_cast<std::int16_t>(tile - 1 - (u + i) % tile);
    }
    storeBoth(sums.begin + u, weighed(row, sums.zeros, weightPair(1, 0)));
  }
  for (std::size_t i = 0; i < 32; i++) row[i] = i < sums.units % 32 ? 32767 : -32768;
  sums.cap = weighed(row, row, weightPair(32767, 32767));
}

inline WindowsSums windowsSumsOf(const WindowsText& text, std::byte* scratch) {
  const std::size_t reach = 2 * (text.radius + text.targetWeight);
  unsigned shift = 14;
  while (reach << shift > 32767) shift--;
  const auto one = static_cast<std::int32_t>(1U << shift);
  const auto weight = static_cast<std::int32_t>(text.targetWeight << shift);
  const std::size_t stride = windowsStride(text.units);
  auto* const memory = reinterpret_cast<std::int32_t*>(alignedScratch(scratch));
  WindowsSums sums{.units = text.units,
                   .stride = stride,
                   .shift = shift,
                   .slide = weightPair(one, -one),
                   .centre = weightPair(weight, -one),
                   .sums = memory,
                   .begin = memory + stride,
                   .zeros = reinterpret_cast<std::int16_t*>(memory + 2 * stride),
                   .cap = {}};
  windowsBegin(sums);
  return sums;
}

// The rows that one position needs, and those that are fetched for later ones.
struct WindowsRows {
  const std::int16_t* incoming;
  const std::int16_t* outgoing;
  const std::int16_t* target;
  const std::int16_t* own;
  const std::int16_t* laterContext;
  const std::int16_t* laterTarget;
};

// The row of a word, or zeros. Chosen by arithmetic: every other token is masked, and a branch
// would be guessed wrong as often.
[[gnu::always_inline]] inline const std::int16_t* windowsRow(const std::int16_t* table,
                                                             std::int32_t token, bool isWord,
                                                             const WindowsSums& sums) {
  const auto zeros = reinterpret_cast<std::uintptr_t>(sums.zeros);
  const std::uintptr_t offset = static_cast<std::uint32_t>(token) * sums.stride;
  const std::uintptr_t row = reinterpret_cast<std::uintptr_t>(table) + offset * sizeof *table;
  const std::uintptr_t mask = std::uintptr_t{0} - static_cast<std::uintptr_t>(isWord);
  return reinterpret_cast<const std::int16_t*>(zeros ^ ((zeros ^ row) & mask));
}

// Slides 32 sums on, and gives what competes.
template <bool WORD>
[[gnu::always_inline]] inline I32x32 windowsBlock(const WindowsSums& sums, const WindowsRows& rows,
                                                  std::size_t unit) {
  prefetch(rows.laterContext + unit);
  prefetch(rows.laterTarget + unit);
  const I32x32 own = addWeighed(loadBoth(sums.sums + unit), rows.incoming + unit,
                                rows.outgoing + unit, sums.slide);
  storeBoth(sums.sums + unit, own);
  if (!WORD) return own;
  return addWeighed(own, rows.target + unit, rows.own + unit, sums.centre);
}

// Slides all sums on; the unit of the largest.
template <bool WORD>
inline std::uint32_t windowsWinner(const WindowsSums& sums, const WindowsRows& rows) {
  const std::size_t tile = std::size_t{1} << sums.shift;
  const std::size_t whole = sums.units / 32 * 32;
  std::int32_t most = 0;
  std::size_t winner = 0;
  for (std::size_t first = 0; first < sums.stride; first += tile) {
    const std::size_t end = sums.stride - first < tile ? sums.stride : first + tile;
    I32x32 best{broadcast(INT32_MIN), broadcast(INT32_MIN)};
    std::size_t unit = first;
    for (; unit < end && unit < whole; unit += 32) {
      best = maximumBoth(best, windowsBlock<WORD>(sums, rows, unit));
    }
    if (unit < end) {
      const I32x32 last = windowsBlock<WORD>(sums, rows, unit);
      best =
          maximumBoth(best, {minimum(last.low, sums.cap.low), minimum(last.high, sums.cap.high)});
    }
    const std::int32_t packed = greatest(maximum(best.low, best.high));
    const std::int32_t value = packed >> sums.shift;
    if (first != 0 && value <= most) continue;
    most = value;
    winner = first + (~static_cast<std::uint32_t>(packed) & (tile - 1));
  }
  return static_cast<std::uint32_t>(winner);
}

// Part of a paragraph: tokens begin .. end - 1, of which those from begin + radius on, or from its
// true beginning, have whole windows to the left.
struct WindowsSpan {
  std::size_t begin;
  std::size_t end;
};

// The winners of positions first .. last - 1 of a span.
inline void windowsSpan(const WindowsText& text, const WindowsSpan& span, std::size_t first,
                        std::size_t last, const WindowsSums& sums, std::uint32_t* winners) {
  const std::size_t radius = text.radius;
  const auto token = [&](std::size_t at, std::size_t end) {
    return at < end ? text.tokens[at] : -1;
  };
  std::memcpy(sums.sums, sums.begin, sums.stride * sizeof *sums.sums);
  std::size_t words = 0;
  for (std::size_t at = span.begin; at < span.end && at < first + radius; at++) {
    if (!windowsIsWord(text.tokens[at], text.vocabulary)) continue;
    words++;
    const std::int16_t* row = windowsRow(text.context, text.tokens[at], true, sums);
    for (std::size_t unit = 0; unit < sums.stride; unit += 32) {
      const I32x32 own = loadBoth(sums.sums + unit);
      storeBoth(sums.sums + unit, addWeighed(own, row + unit, sums.zeros, sums.slide));
    }
  }
  for (std::size_t at = first; at < last; at++) {
    const std::int32_t in = token(at + radius, span.end);
    const std::int32_t out = at > span.begin + radius ? text.tokens[at - radius - 1] : -1;
    const std::int32_t middle = text.tokens[at];
    const std::int32_t later[] = {token(at + radius + WINDOWS_AHEAD, text.count),
                                  token(at + WINDOWS_AHEAD, text.count)};
    const auto row = [&](const std::int16_t* table, std::int32_t of) {
      return windowsRow(table, of, windowsIsWord(of, text.vocabulary), sums);
    };
    const WindowsRows rows{row(text.context, in),       row(text.context, out),
                           row(text.target, middle),    row(text.context, middle),
                           row(text.context, later[0]), row(text.target, later[1])};
    words += windowsIsWord(in, text.vocabulary) ? 1 : 0;
    words -= windowsIsWord(out, text.vocabulary) ? 1 : 0;
    const bool isWord = windowsIsWord(middle, text.vocabulary);
    const std::uint32_t winner =
        isWord ? windowsWinner<true>(sums, rows) : windowsWinner<false>(sums, rows);
    const bool counts = words > (isWord && text.targetWeight == 0 ? 1U : 0U);
    const bool full = at >= span.begin + radius && at + radius < span.end;
    const bool wanted = (full || !text.onlyFull) && (isWord || !text.onlyWords);
    winners[at] = counts && wanted ? winner : WINDOWS_NOBODY;
  }
}

// The winners of positions first .. end - 1, wherever in a paragraph they begin.
inline void windowsWinners(const WindowsText& text, std::size_t first, std::size_t end,
                           std::byte* scratch, std::uint32_t* winners) {
  const WindowsSums sums = windowsSumsOf(text, scratch);
  const std::size_t seen = text.count - end < text.radius ? text.count : end + text.radius;
  for (std::size_t at = first; at < end;) {
    if (text.tokens[at] == WINDOWS_PARAGRAPH) {
      winners[at++] = WINDOWS_END;
      continue;
    }
    WindowsSpan span{at, at};
    while (span.begin > 0 && at - span.begin < text.radius &&
           text.tokens[span.begin - 1] != WINDOWS_PARAGRAPH) {
      span.begin--;
    }
    while (span.end < seen && text.tokens[span.end] != WINDOWS_PARAGRAPH) span.end++;
    const std::size_t last = span.end < end ? span.end : end;
    windowsSpan(text, span, at, last, sums, winners);
    at = last;
  }
}
