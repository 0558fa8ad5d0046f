// Overlaps of sparse codes by posting lists: a block of rows has for each unit the list of its
// rows, as offsets of 16 bits within the block, and the lists of a query's units are counted in
// counters that stay in the first-level cache. Two lists are counted side by side, which hides what
// the end of a list costs. Rows that changed since the lists were made are summed from their codes.
//
// Neighbours are kept by hamming-nearest.inl.h, at the distance "units of the query less overlap".
// Any content of the arrays is safe: offsets of 16 bits cannot leave the counters, starts are cut
// to the lists, units are compared with their number, and overlaps with the units of the query.

inline constexpr std::size_t POSTINGS_COUNTERS = std::size_t{1} << 16;

// Most units of a query that counters of a byte can count.
inline constexpr std::size_t POSTINGS_BYTE_UNITS = 255;

// Counters, and a flag for each unit. The owner zeroes them once; every search leaves them so.
inline std::size_t postingsScratchBytes(std::size_t units) {
  return POSTINGS_COUNTERS * sizeof(std::uint16_t) + units;
}

// Which of the 64 rows from row on (a multiple of eight) exist and are allowed; bit i is row + i.
inline std::uint64_t allowedRows(const std::uint8_t* allowed, std::size_t row, std::size_t rows) {
  const std::size_t rest = rows - row;
  const std::uint64_t existing = rest >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << rest) - 1;
  if (allowed == nullptr) return existing;
  const std::uint8_t* from = allowed + row / 8;
  const std::uint64_t bits = rest > 56 ? loadWord(from) : loadWordPartial(from, (rest + 7) / 8);
  return reverseBytesBits(bits) & existing;
}

// One list of a unit: the part of a block's offsets between its starts.
struct PostingsList {
  const std::uint16_t* offsets;
  std::size_t count;
};

inline PostingsList postingsList(const PostingsBlock& block, std::uint32_t unit) {
  const std::size_t start = block.starts[unit];
  const std::size_t end = block.starts[std::size_t{unit} + 1];
  const std::size_t last = end < block.postings ? end : block.postings;
  return {block.offsets + (start < last ? start : last), start < last ? last - start : 0};
}

[[gnu::always_inline]] inline void postingsFetch(const PostingsList& list) {
  for (std::size_t i = 0; i < list.count; i += 32) prefetch(list.offsets + i);
}

template <typename Counter>
[[gnu::always_inline]] inline void postingsCount(const std::uint16_t* offsets, std::size_t count,
                                                 Counter* counters) {
  for (std::size_t i = 0; i < count; i++) counters[offsets[i]]++;
}

// Counts two lists side by side.
template <typename Counter>
[[gnu::always_inline]] inline void postingsCountTwo(const PostingsList& a, const PostingsList& b,
                                                    Counter* counters) {
  const std::size_t both = (a.count < b.count ? a.count : b.count) / 4 * 4;
  for (std::size_t i = 0; i < both; i += 4) {
    for (std::size_t j = i; j < i + 4; j++) {
      counters[a.offsets[j]]++;
      counters[b.offsets[j]]++;
    }
  }
  postingsCount(a.offsets + both, a.count - both, counters);
  postingsCount(b.offsets + both, b.count - both, counters);
}

// Counts all lists of a query, fetching the next two meanwhile.
template <typename Counter>
[[gnu::noinline]] inline void postingsCountQuery(const PostingsBlock& block,
                                                 const std::uint32_t* units, std::size_t active,
                                                 Counter* counters) {
  PostingsList next[2];
  const auto take = [&](std::size_t i) {
    for (std::size_t j = 0; j < 2; j++) {
      next[j] = i + j < active ? postingsList(block, units[i + j]) : PostingsList{block.offsets, 0};
      postingsFetch(next[j]);
    }
  };
  take(0);
  for (std::size_t i = 0; i < active; i += 2) {
    const PostingsList a = next[0];
    const PostingsList b = next[1];
    if (i + 2 < active) take(i + 2);
    postingsCountTwo(a, b, counters);
  }
}

// The overlaps of rows whose lists are out of date, from their codes.
template <typename Counter>
inline void postingsCorrect(const PostingsBlock& block, const std::uint32_t* units,
                            std::size_t active, std::uint8_t* flags, Counter* counters) {
  if (block.staleCount == 0) return;
  for (std::size_t i = 0; i < active; i++) flags[units[i]] = 1;
  for (std::size_t s = 0; s < block.staleCount; s++) {
    const std::size_t row = block.stale[s] - block.firstRow;
    const std::uint32_t* code = block.codes + row * block.active;
    std::size_t sum = 0;
    for (std::size_t i = 0; i < block.active; i++) {
      const std::uint32_t unit = code[i];
      sum += unit < block.units ? flags[unit] : 0;
    }
    counters[row] = static_cast<Counter>(sum < active ? sum : active);
  }
  for (std::size_t i = 0; i < active; i++) flags[units[i]] = 0;
}

// Which of 64 counters are at least a number.
inline std::uint64_t postingsAtLeast(const std::uint8_t* counters, std::size_t least) {
  return ~lanesBelow(loadBytes(counters), least);
}
inline std::uint64_t postingsAtLeast(const std::uint16_t* counters, std::size_t least) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < 64; i++) {
    mask |= static_cast<std::uint64_t>(counters[i] >= least) << i;
  }
  return mask;
}

// Offers rows of a group of 64 that may be near enough.
template <typename Counter>
[[gnu::noinline]] inline void postingsOffer(const PostingsBlock& block, std::size_t row,
                                            std::uint64_t nearer, const Counter* counters,
                                            std::size_t active, HammingNearest& list) {
  nearer &= allowedRows(block.allowed, row, block.rows);
  for (; nearer != 0; nearer &= nearer - 1) {
    const std::size_t i = row + trailingZeros(nearer);
    const std::size_t overlap = counters[i] < active ? counters[i] : active;
    const std::uint64_t distance = active - overlap;
    if (distance < list.bound) {
      hammingKeep(list, distance, block.firstRow + static_cast<std::uint32_t>(i));
    }
  }
}

// Offers what was counted, and zeroes the counters.
template <typename Counter>
inline void postingsScan(const PostingsBlock& block, std::size_t active, Counter* counters,
                         HammingNearest& list) {
  for (std::size_t row = 0; row < block.rows; row += 64) {
    const std::size_t least = active + 1 - list.bound;
    const std::uint64_t nearer = list.bound == 0 ? 0 : postingsAtLeast(counters + row, least);
    if (nearer != 0) postingsOffer(block, row, nearer, counters, active, list);
    std::memset(counters + row, 0, 64 * sizeof(Counter));
  }
}

template <typename Counter>
inline void postingsSearchOf(const PostingsBlock& block, const PostingsQueries& queries,
                             HammingNearest* lists, Counter* counters, std::uint8_t* flags) {
  for (std::size_t q = 0; q < queries.count; q++) {
    const std::uint32_t* units = queries.units + q * queries.active;
    if (block.starts != nullptr) postingsCountQuery(block, units, queries.active, counters);
    postingsCorrect(block, units, queries.active, flags, counters);
    postingsScan(block, queries.active, counters, lists[q]);
  }
}

// Offers the rows of a block to the list of each query; list.bound is at most the query's units.
inline void postingsSearch(const PostingsBlock& block, const PostingsQueries& queries,
                           HammingNearest* lists, std::byte* scratch) {
  auto* const flags =
      reinterpret_cast<std::uint8_t*>(scratch) + POSTINGS_COUNTERS * sizeof(std::uint16_t);
  if (queries.active <= POSTINGS_BYTE_UNITS) {
    auto* const counters = reinterpret_cast<std::uint8_t*>(scratch);
    return postingsSearchOf(block, queries, lists, counters, flags);
  }
  auto* const counters = reinterpret_cast<std::uint16_t*>(scratch);
  postingsSearchOf(block, queries, lists, counters, flags);
}
