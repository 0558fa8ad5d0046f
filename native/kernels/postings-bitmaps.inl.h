// Overlaps of sparse codes by posting bitmaps, for units that are active often: a block of 512 rows
// has for each unit one bit a row, [blocks][units][8] words of 64 bits, and the bitmaps of a
// query's units are added up as bit planes: three bits become two by a carry-save adder (Harley and
// Seal's population count; Mula, Kurz and Lemire, "Faster population counts using AVX2
// instructions", 2018), so that one operation counts for 512 rows. Reading memory is the price:
// what the next block needs is fetched ahead, the lines of each query, or all lines where many
// queries share them.
//
// Any content of the bitmaps is safe: an overlap never exceeds the number of bitmaps added.

inline constexpr std::size_t BITMAPS_ROWS = 512;
inline constexpr std::size_t BITMAPS_WORDS = BITMAPS_ROWS / 64;

// Blocks that one query fetches ahead: what memory needs to deliver.
inline constexpr std::size_t BITMAPS_AHEAD = 16;

// Planes of weight 1, 2 and 4, which groups of eight bitmaps fill, and most planes above them.
inline constexpr std::size_t BITMAPS_LOW = 3;
inline constexpr std::size_t BITMAPS_HIGH = 29;

// Adds a and b to the bits of one weight; returns what is carried to the next.
[[gnu::always_inline]] inline U64x8 carrySave(U64x8& sum, const U64x8& a, const U64x8& b) {
  const U64x8 carry = carryBit(sum, a, b);
  sum = sumBit(sum, a, b);
  return carry;
}

// The overlaps of a query with 512 rows, as bit planes.
template <std::size_t HIGH>
struct BitmapsPlanes {
  U64x8 low[BITMAPS_LOW];
  U64x8 high[HIGH];

  [[gnu::always_inline]] void clear(std::size_t count) {
    for (std::size_t i = 0; i < BITMAPS_LOW; i++) low[i] = broadcast(std::uint64_t{0});
    for (std::size_t i = 0; i < count; i++) high[i] = broadcast(std::uint64_t{0});
  }

  // Adds the bitmaps map(0) .. map(7).
  template <typename Map>
  [[gnu::always_inline]] void add(const Map& map, std::size_t count) {
    const U64x8 a = carrySave(low[0], map(0), map(1));
    const U64x8 b = carrySave(low[0], map(2), map(3));
    const U64x8 first = carrySave(low[1], a, b);
    const U64x8 c = carrySave(low[0], map(4), map(5));
    const U64x8 d = carrySave(low[0], map(6), map(7));
    const U64x8 second = carrySave(low[1], c, d);
    U64x8 carry = carrySave(low[2], first, second);
    for (std::size_t i = 0; i < count; i++) {
      const U64x8 next = bitAnd(high[i], carry);
      high[i] = exclusiveOr(high[i], carry);
      carry = next;
    }
  }

  // Which overlaps are at least a number, of as many bits as there are planes.
  [[gnu::always_inline]] U64x8 atLeast(std::size_t least, std::size_t count) const {
    U64x8 result = broadcast(~std::uint64_t{0});
    for (std::size_t i = 0; i < BITMAPS_LOW + count; i++) {
      const U64x8& plane = i < BITMAPS_LOW ? low[i] : high[i - BITMAPS_LOW];
      result = (least >> i & 1) != 0 ? bitAnd(result, plane) : bitOr(result, plane);
    }
    return result;
  }
};

// Offers the rows of a block that may be near enough; words holds their bits, then the planes.
[[gnu::noinline]] inline void bitmapsOffer(const PostingsBitmaps& part, std::size_t firstRow,
                                           const std::uint64_t* words, std::size_t planes,
                                           std::size_t active, HammingNearest& list) {
  for (std::size_t w = 0; w < BITMAPS_WORDS; w++) {
    const std::size_t row = firstRow + w * 64;
    if (words[w] == 0 || row >= part.rows) continue;
    std::uint64_t nearer = words[w] & allowedRows(part.allowed, row, part.rows);
    for (; nearer != 0; nearer &= nearer - 1) {
      const std::size_t bit = trailingZeros(nearer);
      std::size_t overlap = 0;
      for (std::size_t p = 0; p < planes; p++) {
        overlap |= (words[(p + 1) * BITMAPS_WORDS + w] >> bit & 1) << p;
      }
      const std::uint64_t distance = active - overlap;
      if (distance < list.bound) {
        hammingKeep(list, distance, part.firstRow + static_cast<std::uint32_t>(row + bit));
      }
    }
  }
}

// One query against one block. HIGH is the number of planes above the low ones, or 0 for any.
template <std::size_t HIGH>
[[gnu::noinline]] inline void bitmapsBlock(const PostingsBitmaps& part, std::size_t block,
                                           const std::uint32_t* units, std::size_t active,
                                           std::size_t high, HammingNearest& list) {
  const std::uint64_t* base = part.bitmaps + block * part.units * BITMAPS_WORDS;
  const std::size_t count = HIGH != 0 ? HIGH : high;
  BitmapsPlanes<HIGH != 0 ? HIGH : BITMAPS_HIGH> planes;
  planes.clear(count);
  std::size_t i = 0;
  const auto bitmap = [&](std::size_t j) {
    return load(base + std::size_t{units[i + j]} * BITMAPS_WORDS);
  };
  for (; i + 8 <= active; i += 8) planes.add(bitmap, count);
  if (i < active) {
    const auto rest = [&](std::size_t j) {
      return i + j < active ? bitmap(j) : broadcast(std::uint64_t{0});
    };
    planes.add(rest, count);
  }
  const U64x8 nearer = planes.atLeast(active + 1 - list.bound, count);
  if (!anyBit(nearer)) return;
  std::uint64_t words[(1 + BITMAPS_LOW + BITMAPS_HIGH) * BITMAPS_WORDS];
  store(words, nearer);
  for (std::size_t p = 0; p < BITMAPS_LOW; p++)
    store(words + (1 + p) * BITMAPS_WORDS, planes.low[p]);
  for (std::size_t p = 0; p < count; p++) {
    store(words + (1 + BITMAPS_LOW + p) * BITMAPS_WORDS, planes.high[p]);
  }
  bitmapsOffer(part, block * BITMAPS_ROWS, words, BITMAPS_LOW + count, active, list);
}

// Fetches what a query will read, BITMAPS_AHEAD blocks ahead; or, where many queries share a block,
// its part of all lines of the next block. (GCC drops calls that only fetch, unless it inlines them
// first.)
[[gnu::always_inline]] inline void bitmapsFetch(const PostingsBitmaps& part, std::size_t block,
                                                std::size_t blocks, const PostingsQueries& queries,
                                                std::size_t q) {
  const std::size_t units = part.units;
  const bool shared = queries.count * queries.active >= units;
  const std::size_t ahead = block + (shared ? 1 : BITMAPS_AHEAD);
  if (ahead >= blocks) return;
  const std::uint64_t* lines = part.bitmaps + ahead * units * BITMAPS_WORDS;
  if (!shared) {
    const std::uint32_t* wanted = queries.units + q * queries.active;
    for (std::size_t i = 0; i < queries.active; i++) {
      prefetch(lines + std::size_t{wanted[i]} * BITMAPS_WORDS);
    }
    return;
  }
  const std::size_t share = (units + queries.count - 1) / queries.count;
  const std::size_t end = (q + 1) * share < units ? (q + 1) * share : units;
  for (std::size_t unit = q * share; unit < end; unit++) {
    prefetchSecond(lines + unit * BITMAPS_WORDS);
  }
}

template <std::size_t HIGH>
inline void bitmapsSearchOf(const PostingsBitmaps& part, const PostingsQueries& queries,
                            std::size_t high, HammingNearest* lists) {
  const std::size_t blocks = (part.rows + BITMAPS_ROWS - 1) / BITMAPS_ROWS;
  for (std::size_t block = 0; block < blocks; block++) {
    for (std::size_t q = 0; q < queries.count; q++) {
      bitmapsFetch(part, block, blocks, queries, q);
      if (lists[q].bound == 0) continue;
      bitmapsBlock<HIGH>(part, block, queries.units + q * queries.active, queries.active, high,
                         lists[q]);
    }
  }
}

// Offers rows to the list of each query; list.bound is at most the query's units.
inline void postingsBitmapsSearch(const PostingsBitmaps& part, const PostingsQueries& queries,
                                  HammingNearest* lists) {
  std::size_t high = 1;
  while (queries.active >> (BITMAPS_LOW + high) != 0) high++;
  switch (high) {
    case 1:
      return bitmapsSearchOf<1>(part, queries, high, lists);
    case 2:
      return bitmapsSearchOf<2>(part, queries, high, lists);
    case 3:
      return bitmapsSearchOf<3>(part, queries, high, lists);
    case 4:
      return bitmapsSearchOf<4>(part, queries, high, lists);
    case 5:
      return bitmapsSearchOf<5>(part, queries, high, lists);
    default:
      return bitmapsSearchOf<0>(part, queries, high, lists);
  }
}
