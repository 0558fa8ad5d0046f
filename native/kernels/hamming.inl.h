// Hamming distances between binary codes, and the exact nearest codes of queries.
//
// The store holds codes interleaved by eight: [ceil(rows / 8)][words][8] words of 64 bits, so that
// a block is one word of eight codes, each lane sums one code, and no step goes across lanes. Word
// w of a code is its bytes 8 w .. 8 w + 7, little end first, zero-filled; queries are plain rows of
// words. Codes are visited in blocks that stay in the first-level cache while all queries pass; the
// first query fetches the next block ahead.

inline constexpr std::size_t HAMMING_BLOCK_BYTES = 16384;

// Writes rows of codeBytes bytes each into the store from row firstRow on. The rest of each last
// word is zeroed.
inline void hammingInterleave(const std::uint8_t* codes, std::size_t rows, std::size_t codeBytes,
                              std::size_t firstRow, std::uint64_t* store) {
  const std::size_t words = (codeBytes + 7) / 8;
  for (std::size_t r = 0; r < rows; r++) {
    const std::size_t row = firstRow + r;
    const std::uint8_t* code = codes + r * codeBytes;
    std::uint64_t* to = store + row / 8 * words * 8 + row % 8;
    for (std::size_t w = 0; w < words; w++) {
      const std::size_t rest = codeBytes - w * 8;
      to[w * 8] = rest >= 8 ? loadWord(code + w * 8) : loadWordPartial(code + w * 8, rest);
    }
  }
}

// The reverse: rows of codeBytes bytes from row firstRow of the store on.
inline void hammingDeinterleave(const std::uint64_t* store, std::size_t firstRow, std::size_t rows,
                                std::size_t codeBytes, std::uint8_t* codes) {
  const std::size_t words = (codeBytes + 7) / 8;
  for (std::size_t r = 0; r < rows; r++) {
    const std::size_t row = firstRow + r;
    const std::uint64_t* from = store + row / 8 * words * 8 + row % 8;
    std::uint8_t* code = codes + r * codeBytes;
    for (std::size_t w = 0; w < words; w++) {
      const std::size_t rest = codeBytes - w * 8;
      std::memcpy(code + w * 8, from + w * 8, rest < 8 ? rest : 8);
    }
  }
}

// The distances of the eight codes of a group.
template <std::size_t WORDS>
inline U64x8 hammingGroup(const std::uint64_t* group, const std::uint64_t* query,
                          std::size_t words) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  U64x8 sums = popcount(exclusiveOr(load(group), broadcast(query[0])));
  for (std::size_t w = 1; w < count; w++) {
    sums = add(sums, popcount(exclusiveOr(load(group + w * 8), broadcast(query[w]))));
  }
  return sums;
}

// queryCount x rows distances.
inline void hammingDistances(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                             const std::uint64_t* queries, std::size_t queryCount,
                             std::uint32_t* distances) {
  for (std::size_t q = 0; q < queryCount; q++) {
    for (std::size_t row = 0; row < rows; row += 8) {
      std::uint64_t lanes[8];
      store(lanes, hammingGroup<0>(codes + row * words, queries + q * words, words));
      for (std::size_t i = 0; i < 8 && row + i < rows; i++) {
        distances[q * rows + row + i] = static_cast<std::uint32_t>(lanes[i]);
      }
    }
  }
}

// Offers the first count codes of a group to a list. Out of the hot loop: few groups hold a
// neighbour.
inline void hammingOffer(const std::uint64_t* group, const std::uint64_t* query, std::size_t words,
                         std::size_t count, std::uint32_t firstRow, HammingNearest& list) {
  const U64x8 sums = hammingGroup<0>(group, query, words);
  std::uint64_t lanes[8];
  store(lanes, sums);
  unsigned nearer = less(sums, broadcast(list.bound)) & ((1U << count) - 1U);
  if (list.allowed != nullptr) {
    const unsigned entering = nearer & reverseBits(list.allowed[firstRow / 8]);
    list.vain += nearer != 0 && entering == 0;
    nearer = entering;
  }
  for (; nearer != 0; nearer &= nearer - 1) {
    const std::size_t i = trailingZeros(nearer);
    if (lanes[i] < list.bound)
      hammingKeep(list, lanes[i], firstRow + static_cast<std::uint32_t>(i));
  }
}

// One query against whole groups.
template <std::size_t WORDS>
inline void hammingScan(const std::uint64_t* codes, std::size_t groups, std::size_t words,
                        std::uint32_t firstRow, const std::uint64_t* query, HammingNearest& list) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  for (std::size_t g = 0; g < groups; g++) {
    g = nextNearer<WORDS, HAMMING_BLOCK_BYTES>(codes, g, groups, query, words, list.bound);
    if (g == groups) return;
    hammingOffer(codes + g * count * 8, query, words, 8,
                 firstRow + static_cast<std::uint32_t>(g * 8), list);
  }
}

// The distances of a tile of queries to a tile of groups, fetching ahead.
template <std::size_t WORDS>
inline void hammingTile(const std::uint64_t* codes, const std::uint64_t* queries, std::size_t words,
                        U64x8 (&sums)[HAMMING_TILE_QUERIES][HAMMING_TILE_GROUPS]) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  for (std::size_t w = 0; w < count; w++) {
    for (std::size_t g = 0; g < HAMMING_TILE_GROUPS; g++) {
      const std::uint64_t* group = codes + (g * count + w) * 8;
      prefetch(reinterpret_cast<const char*>(group) + HAMMING_BLOCK_BYTES);
      const U64x8 word = load(group);
      for (std::size_t q = 0; q < HAMMING_TILE_QUERIES; q++) {
        const U64x8 different = popcount(exclusiveOr(word, broadcast(queries[q * count + w])));
        sums[q][g] = w == 0 ? different : add(sums[q][g], different);
      }
    }
  }
}

// A tile of queries against tiles of groups; groups is a multiple of HAMMING_TILE_GROUPS.
template <std::size_t WORDS>
inline void hammingScanTile(const std::uint64_t* codes, std::size_t groups, std::size_t words,
                            std::uint32_t firstRow, const std::uint64_t* queries,
                            HammingNearest* lists) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  U64x8 bounds[HAMMING_TILE_QUERIES];
  for (std::size_t q = 0; q < HAMMING_TILE_QUERIES; q++) bounds[q] = broadcast(lists[q].bound);
  for (std::size_t g = 0; g < groups; g += HAMMING_TILE_GROUPS) {
    U64x8 sums[HAMMING_TILE_QUERIES][HAMMING_TILE_GROUPS];
    hammingTile<WORDS>(codes + g * count * 8, queries, words, sums);
    unsigned nearer[HAMMING_TILE_QUERIES];
    unsigned any = 0;
    for (std::size_t q = 0; q < HAMMING_TILE_QUERIES; q++) {
      U64x8 least = sums[q][0];
      for (std::size_t i = 1; i < HAMMING_TILE_GROUPS; i++) least = minimum(least, sums[q][i]);
      nearer[q] = less(least, bounds[q]);
      any |= nearer[q];
    }
    if (any == 0) continue;
    for (std::size_t q = 0; q < HAMMING_TILE_QUERIES; q++) {
      if (nearer[q] == 0) continue;
      for (std::size_t i = g; i < g + HAMMING_TILE_GROUPS; i++) {
        hammingOffer(codes + i * count * 8, queries + q * count, words, 8,
                     firstRow + static_cast<std::uint32_t>(i * 8), lists[q]);
      }
      bounds[q] = broadcast(lists[q].bound);
    }
  }
}

template <std::size_t WORDS>
inline void hammingBlock(const std::uint64_t* codes, std::size_t groups, std::size_t words,
                         std::uint32_t firstRow, const std::uint64_t* queries,
                         std::size_t queryCount, HammingNearest* lists) {
  std::size_t q = 0;
  if (queryCount >= HAMMING_TILE_QUERIES && HAMMING_TILE_QUERIES > 1) {
    const std::size_t tiled = groups / HAMMING_TILE_GROUPS * HAMMING_TILE_GROUPS;
    for (; q + HAMMING_TILE_QUERIES <= queryCount; q += HAMMING_TILE_QUERIES) {
      hammingScanTile<WORDS>(codes, tiled, words, firstRow, queries + q * words, lists + q);
    }
    for (std::size_t p = 0; p < q; p++) {
      hammingScan<WORDS>(codes + tiled * words * 8, groups - tiled, words,
                         firstRow + static_cast<std::uint32_t>(tiled * 8), queries + p * words,
                         lists[p]);
    }
  }
  for (; q < queryCount; q++) {
    hammingScan<WORDS>(codes, groups, words, firstRow, queries + q * words, lists[q]);
  }
}

template <std::size_t WORDS>
inline void hammingBlocksOf(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                            std::uint32_t firstRow, const std::uint64_t* queries,
                            std::size_t queryCount, HammingNearest* lists) {
  const std::size_t groups = rows / 8;
  std::size_t step = HAMMING_BLOCK_BYTES / (words * 64);
  step = step / HAMMING_TILE_GROUPS * HAMMING_TILE_GROUPS;
  if (step < HAMMING_TILE_GROUPS) step = HAMMING_TILE_GROUPS;
  if (queryCount == 1) step = groups;
  for (std::size_t g = 0; g < groups; g += step) {
    const std::size_t some = groups - g < step ? groups - g : step;
    hammingBlock<WORDS>(codes + g * words * 8, some, words,
                        firstRow + static_cast<std::uint32_t>(g * 8), queries, queryCount, lists);
  }
  if (rows % 8 == 0) return;
  for (std::size_t q = 0; q < queryCount; q++) {
    hammingOffer(codes + groups * words * 8, queries + q * words, words, rows % 8,
                 firstRow + static_cast<std::uint32_t>(groups * 8), lists[q]);
  }
}

// Offers the codes of rows firstRow .. firstRow + rows - 1, which begin at a group of the store, to
// each query's list, by counting bits directly.
inline void hammingBlocks(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                          std::uint32_t firstRow, const std::uint64_t* queries,
                          std::size_t queryCount, HammingNearest* lists) {
  switch (words) {
    case 1:
      return hammingBlocksOf<1>(codes, rows, words, firstRow, queries, queryCount, lists);
    case 2:
      return hammingBlocksOf<2>(codes, rows, words, firstRow, queries, queryCount, lists);
    case 4:
      return hammingBlocksOf<4>(codes, rows, words, firstRow, queries, queryCount, lists);
    case 16:
      return hammingBlocksOf<16>(codes, rows, words, firstRow, queries, queryCount, lists);
    default:
      return hammingBlocksOf<0>(codes, rows, words, firstRow, queries, queryCount, lists);
  }
}
