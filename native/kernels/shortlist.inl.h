// Shortlists of codes: the k nearest rows of a query by a few words of their codes, as a set, and
// the k nearest of a given list by whole codes. A scan wants many neighbours (hundreds), so that
// moving the bound step by step would cost more than counting bits: it begins with a bound that a
// sample of the rows suggests, and repeats without one when that was too low, so that the result
// never depends on the sample. Exact: smaller distance first, then smaller row.

// Codes whose cache lines are asked for before they are compared.
inline constexpr std::size_t SHORTLIST_AHEAD = 16;

// Empties a list, so that distances below bound enter it.
inline void shortlistReset(HammingNearest& list, std::uint64_t bound) {
  std::memset(list.counts, 0, bound * sizeof(std::uint32_t));
  list.size = 0;
  list.within = 0;
  list.bound = bound;
}

// Takes the rows of a group that are among `nearer` and still below the bound.
inline void shortlistKeep(HammingNearest& list, unsigned nearer, U64x8 sums, std::size_t group) {
  std::uint64_t lanes[8];
  store(lanes, sums);
  for (; nearer != 0; nearer &= nearer - 1) {
    const std::size_t i = trailingZeros(nearer);
    if (lanes[i] < list.bound) {
      hammingKeep(list, lanes[i], static_cast<std::uint32_t>(group * 8 + i));
    }
  }
}

// Calls use(query, group, distances) for groups begin .. end - 1 and QUERIES queries, stride words
// apart. WORDS is codes.words, or 0 for any.
template <std::size_t WORDS, std::size_t QUERIES, typename Use>
[[gnu::always_inline]] inline void shortlistDistances(const ShortlistCodes& codes,
                                                      std::size_t begin, std::size_t end,
                                                      const std::uint64_t* queries,
                                                      std::size_t stride, Use use) {
  const std::size_t words = WORDS != 0 ? WORDS : codes.words;
  for (std::size_t g = begin; g < end; g++) {
    const std::uint64_t* group = codes.store + g * words * 8;
    U64x8 sums[QUERIES];
    const U64x8 first = load(group);
    for (std::size_t q = 0; q < QUERIES; q++) {
      sums[q] = popcount(exclusiveOr(first, broadcast(queries[q * stride])));
    }
    prefetch(reinterpret_cast<const char*>(group) + HAMMING_BLOCK_BYTES);
    for (std::size_t w = 1; w < words; w++) {
      prefetch(reinterpret_cast<const char*>(group + w * 8) + HAMMING_BLOCK_BYTES);
      const U64x8 word = load(group + w * 8);
      for (std::size_t q = 0; q < QUERIES; q++) {
        sums[q] = add(sums[q], popcount(exclusiveOr(word, broadcast(queries[q * stride + w]))));
      }
    }
    for (std::size_t q = 0; q < QUERIES; q++) use(q, g, sums[q]);
  }
}

// Offers groups begin .. end - 1 to the lists of QUERIES queries.
template <std::size_t WORDS, std::size_t QUERIES>
inline void shortlistTiles(const ShortlistCodes& codes, std::size_t begin, std::size_t end,
                           const std::uint64_t* queries, std::size_t stride,
                           HammingNearest* lists) {
  shortlistDistances<WORDS, QUERIES>(
      codes, begin, end, queries, stride, [&](std::size_t q, std::size_t group, U64x8 sums) {
        const unsigned nearer = less(sums, broadcast(lists[q].bound));
        if (nearer == 0) return;
        shortlistKeep(lists[q], nearer & shortlistAllowed(codes, group), sums, group);
      });
}

// The rows after the last whole group, which lie in tail.
inline void shortlistTail(const ShortlistCodes& codes, const std::uint64_t* query,
                          HammingNearest& list) {
  const std::size_t group = codes.rows / 8;
  const U64x8 sums = shortlistGroup(codes.tail, query, codes.words);
  const unsigned real = (1U << codes.rows % 8) - 1U;
  shortlistKeep(list, real & shortlistAllowed(codes, group), sums, group);
}

// Takes the rows of 64 distances in bytes, of groups from `group` on, that are below the bound.
inline void shortlistTake(const ShortlistCodes& codes, const std::uint8_t* bytes, std::size_t group,
                          std::size_t groups, HammingNearest& list) {
  std::uint64_t nearer = lanesBelow(loadBytes(bytes), list.bound);
  if (groups < 8) nearer &= (std::uint64_t{1} << groups * 8) - 1;
  if (codes.allowed != nullptr && nearer != 0) {
    nearer &= reverseBytesBits(loadWordPartial(codes.allowed + group, groups < 8 ? groups : 8));
  }
  for (; nearer != 0; nearer &= nearer - 1) {
    const std::size_t i = trailingZeros(nearer);
    if (bytes[i] < list.bound) {
      hammingKeep(list, bytes[i], static_cast<std::uint32_t>(group * 8 + i));
    }
  }
}

// As shortlistTiles for codes of at most SHORTLIST_BYTE_WORDS words and bounds below 256: first the
// distances of a block of rows, as bytes that saturate, then a look at 64 of them at a time. Many
// rows enter a list, and this way few branches are unforeseen.
template <std::size_t WORDS, std::size_t QUERIES>
inline void shortlistBytes(const ShortlistCodes& codes, std::size_t begin, std::size_t end,
                           const std::uint64_t* queries, std::size_t stride,
                           HammingNearest* lists) {
  std::uint8_t bytes[QUERIES][SHORTLIST_BLOCK_ROWS];
  shortlistDistances<WORDS, QUERIES>(codes, begin, end, queries, stride,
                                     [&](std::size_t q, std::size_t group, U64x8 sums) {
                                       storeBytes(bytes[q] + (group - begin) * 8, sums);
                                     });
  for (std::size_t q = 0; q < QUERIES; q++) {
    for (std::size_t g = begin; g < end; g += 8) {
      shortlistTake(codes, bytes[q] + (g - begin) * 8, g, end - g, lists[q]);
    }
  }
}

template <std::size_t WORDS, std::size_t QUERIES>
inline void shortlistBlock(const ShortlistCodes& codes, std::size_t begin, std::size_t end,
                           const std::uint64_t* queries, std::size_t stride,
                           HammingNearest* lists) {
  bool fits = codes.words <= SHORTLIST_BYTE_WORDS;
  for (std::size_t q = 0; q < QUERIES; q++) fits &= lists[q].bound < 256;
  if (fits) return shortlistBytes<WORDS, QUERIES>(codes, begin, end, queries, stride, lists);
  shortlistTiles<WORDS, QUERIES>(codes, begin, end, queries, stride, lists);
}

// All rows for all queries, in blocks of rows that stay in the first-level cache.
template <std::size_t WORDS>
inline void shortlistPass(const ShortlistCodes& codes, const std::uint64_t* queries,
                          std::size_t stride, std::size_t queryCount, HammingNearest* lists) {
  const std::size_t groups = codes.rows / 8;
  const std::size_t fitting = HAMMING_BLOCK_BYTES / (codes.words * 64) / 8 * 8;
  const std::size_t step = fitting == 0 ? 8 : fitting;
  for (std::size_t begin = 0; begin < groups; begin += step) {
    const std::size_t end = groups - begin < step ? groups : begin + step;
    std::size_t q = 0;
    for (; q + 4 <= queryCount; q += 4) {
      shortlistBlock<WORDS, 4>(codes, begin, end, queries + q * stride, stride, lists + q);
    }
    for (; q < queryCount; q++) {
      shortlistBlock<WORDS, 1>(codes, begin, end, queries + q * stride, stride, lists + q);
    }
  }
  if (codes.rows % 8 == 0) return;
  for (std::size_t q = 0; q < queryCount; q++) {
    shortlistTail(codes, queries + q * stride, lists[q]);
  }
}

inline void shortlistAll(const ShortlistCodes& codes, const std::uint64_t* queries,
                         std::size_t stride, std::size_t queryCount, HammingNearest* lists) {
  if (codes.words == 4) return shortlistPass<4>(codes, queries, stride, queryCount, lists);
  if (codes.words == 16) return shortlistPass<16>(codes, queries, stride, queryCount, lists);
  shortlistPass<0>(codes, queries, stride, queryCount, lists);
}

// The list's k nearest rows of each query, ascending in lists[q].entries; queries are stride words
// apart. Lists come with memory, k and capacity; counts hold words x 64 + 1 places.
inline void shortlistScan(const ShortlistCodes& codes, const std::uint64_t* queries,
                          std::size_t stride, std::size_t queryCount, HammingNearest* lists) {
  for (std::size_t q = 0; q < queryCount; q++) {
    const std::uint64_t* query = queries + q * stride;
    shortlistReset(lists[q], codes.words <= SHORTLIST_BYTE_WORDS
                                 ? shortlistByteBound(codes, query, lists[q].k)
                                 : shortlistBound(codes, query, lists[q]));
  }
  shortlistAll(codes, queries, stride, queryCount, lists);
  for (std::size_t q = 0; q < queryCount; q++) {
    HammingNearest& list = lists[q];
    hammingCompact(list);
    if (list.size >= list.k || list.size >= codes.live) continue;
    shortlistReset(list, codes.words * 64 + 1);
    shortlistAll(codes, queries + q * stride, stride, 1, &list);
    hammingCompact(list);
  }
}

// The distance of two codes that lie in one piece each.
inline std::uint64_t shortlistDistance(const std::uint64_t* code, const std::uint64_t* query,
                                       std::size_t words) {
  U64x8 sum = broadcast(std::uint64_t{0});
  std::size_t w = 0;
  for (; w + 8 <= words; w += 8) {
    sum = add(sum, popcount(exclusiveOr(load(code + w), load(query + w))));
  }
  std::uint64_t lanes[8];
  store(lanes, sum);
  std::uint64_t total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
                        ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
  for (; w < words; w++) total += static_cast<std::uint64_t>(std::popcount(code[w] ^ query[w]));
  return total;
}

// The list's k nearest of the rows in ids, which ascend, by codes [rows][words] in one piece each;
// ids that are no rows are passed over. Sorted by hammingSort afterwards.
inline void shortlistRefine(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                            const std::uint64_t* query, const std::uint32_t* ids, std::size_t count,
                            HammingNearest& list) {
  shortlistReset(list, words * 64 + 1);
  for (std::size_t i = 0; i < count; i++) {
    if (i + SHORTLIST_AHEAD < count && ids[i + SHORTLIST_AHEAD] < rows) {
      const std::uint64_t* next = codes + ids[i + SHORTLIST_AHEAD] * words;
      for (std::size_t w = 0; w < words; w += 8) prefetch(next + w);
    }
    const std::uint32_t id = ids[i];
    if (id >= rows) continue;
    const std::uint64_t distance = shortlistDistance(codes + id * words, query, words);
    if (distance < list.bound) hammingKeep(list, distance, id);
  }
}
