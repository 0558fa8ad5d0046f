// Hamming search of many queries where bits are not counted natively: a block of codes is turned
// once into nibble planes (plane j holds nibble j of 64 codes, one byte each), and every query
// looks the distance of each nibble up in its own 16-entry tables (the idea is Andre, Kermarrec and
// Le Scouarnec's for product quantisation, VLDB 2015). Two operations count four bits of 64 codes.
// Exact: bytes count up to 255, saturating, and serve only bounds up to 255; longer codes are
// summed in 16 bits for bounds up to 65,535. Other bounds take the direct path.

// Longest codes in words: their planes of a smallest block stay in the second-level cache.
inline constexpr std::size_t HAMMING_PLANES_WORDS = 64;
inline constexpr std::size_t HAMMING_PLANES_BYTES = 32768;

// Queries that one pass over 64 codes holds in registers; their tables lie side by side.
inline constexpr std::size_t HAMMING_PLANES_QUERIES = 4;

// Words whose nibbles a byte lane can sum without overflow.
inline constexpr std::size_t HAMMING_BYTE_WORDS = 3;

// Codes in a block.
inline std::size_t hammingPlanesCodes(std::size_t words) {
  const std::size_t codes = HAMMING_PLANES_BYTES / (words * 16) / 64 * 64;
  return codes == 0 ? 64 : codes;
}

inline std::size_t hammingScratchBytes(std::size_t words, std::size_t queryCount) {
  if (queryCount < HAMMING_PLANES_FROM || words > HAMMING_PLANES_WORDS) return 0;
  return hammingPlanesCodes(words) * words * 16 + queryCount * words * 256;
}

// rows[a][b]: bits in which the nibbles a and b differ.
inline void hammingNibbles(std::uint8_t (&rows)[16][16]) {
  for (unsigned a = 0; a < 16; a++) {
    for (unsigned b = 0; b < 16; b++) {
      const unsigned x = a ^ b;
      rows[a][b] = static_cast<std::uint8_t>((x & 1) + (x >> 1 & 1) + (x >> 2 & 1) + (x >> 3));
    }
  }
}

// tables[nibble][query][16]: for each nibble of four queries, its distance to every nibble.
inline void hammingTables(const std::uint64_t* queries, std::size_t words,
                          const std::uint8_t (&rows)[16][16], std::uint8_t* tables) {
  for (std::size_t j = 0; j < words * 16; j++) {
    for (std::size_t q = 0; q < HAMMING_PLANES_QUERIES; q++) {
      const std::uint64_t nibble = queries[q * words + j / 16] >> (j % 16 * 4) & 15;
      std::memcpy(tables + (j * HAMMING_PLANES_QUERIES + q) * 16, rows[nibble], 16);
    }
  }
}

// Exchanges the high half of every 2 x BITS bits of a with the low half of b.
template <int BITS>
inline void exchangeHalves(U64x8& a, U64x8& b, const U64x8& low) {
  const U64x8 different = bitAnd(exclusiveOr(shiftRight<BITS>(a), b), low);
  b = exclusiveOr(b, different);
  a = exclusiveOr(a, shiftLeft<BITS>(different));
}

// One word of eight groups (64 codes) into 16 planes of 64 bytes: each lane is an 8 x 8
// transposition of bytes. Byte 8 l + g of a plane belongs to code l of group g.
inline void hammingPlanesWord(const std::uint64_t* codes, std::size_t words,
                              std::uint64_t* planes) {
  U64x8 r[8];
  for (std::size_t g = 0; g < 8; g++) {
    prefetch(reinterpret_cast<const char*>(codes + g * words * 8) + HAMMING_BLOCK_BYTES);
    r[g] = load(codes + g * words * 8);
  }
  const U64x8 halves = broadcast(std::uint64_t{0x00000000ffffffffU});
  for (std::size_t i = 0; i < 4; i++) exchangeHalves<32>(r[i], r[i + 4], halves);
  const U64x8 quarters = broadcast(0x0000ffff0000ffffU);
  for (std::size_t i = 0; i < 8; i += i % 2 == 0 ? 1 : 3)
    exchangeHalves<16>(r[i], r[i + 2], quarters);
  const U64x8 eighths = broadcast(0x00ff00ff00ff00ffU);
  for (std::size_t i = 0; i < 8; i += 2) exchangeHalves<8>(r[i], r[i + 1], eighths);
  const U64x8 nibbles = broadcast(0x0f0f0f0f0f0f0f0fU);
  for (std::size_t b = 0; b < 8; b++) {
    store(planes + b * 16, bitAnd(r[b], nibbles));
    store(planes + b * 16 + 8, bitAnd(shiftRight<4>(r[b]), nibbles));
  }
}

// Adds the distances of nibbles begin .. end - 1 of 64 codes to the byte sums of four queries;
// begin and end are multiples of four.
inline void hammingLookups(const std::uint8_t* planes, const std::uint8_t* tables,
                           std::size_t begin, std::size_t end,
                           U8x64 (&sums)[HAMMING_PLANES_QUERIES]) {
  for (std::size_t j = begin; j < end; j += 4) {
    for (std::size_t i = j; i < j + 4; i++) {
      const U8x64 codes = loadBytes(planes + i * 64);
      for (std::size_t q = 0; q < HAMMING_PLANES_QUERIES; q++) {
        const U8x64 table = loadTable(tables + (i * HAMMING_PLANES_QUERIES + q) * 16);
        sums[q] = addSaturating(sums[q], lookup(table, codes));
      }
    }
  }
}

// Which of 64 codes are nearer than each query's bound, for codes of at most 4 words and bounds
// below 256.
inline void hammingNearerShort(const std::uint8_t* planes, const std::uint8_t* tables,
                               std::size_t words, const HammingNearest* lists,
                               std::uint64_t (&nearer)[HAMMING_PLANES_QUERIES]) {
  U8x64 sums[HAMMING_PLANES_QUERIES] = {};
  hammingLookups(planes, tables, 0, words * 16, sums);
  for (std::size_t q = 0; q < HAMMING_PLANES_QUERIES; q++)
    nearer[q] = lanesBelow(sums[q], lists[q].bound);
}

// The same for longer codes, and bounds below 65,536.
inline void hammingNearerLong(const std::uint8_t* planes, const std::uint8_t* tables,
                              std::size_t words, const HammingNearest* lists,
                              std::uint64_t (&nearer)[HAMMING_PLANES_QUERIES]) {
  const std::size_t nibbles = words * 16;
  const std::size_t step = HAMMING_BYTE_WORDS * 16;
  U16x64 wide[HAMMING_PLANES_QUERIES] = {};
  for (std::size_t j = 0; j < nibbles; j += step) {
    U8x64 sums[HAMMING_PLANES_QUERIES] = {};
    hammingLookups(planes, tables, j, nibbles - j < step ? nibbles : j + step, sums);
    for (std::size_t q = 0; q < HAMMING_PLANES_QUERIES; q++) wide[q] = addWide(wide[q], sums[q]);
  }
  for (std::size_t q = 0; q < HAMMING_PLANES_QUERIES; q++)
    nearer[q] = lanesBelow(wide[q], lists[q].bound);
}

// Offers the groups that hold a nearer code, in order of rows.
inline void hammingOfferPlanes(std::uint64_t nearer, const std::uint64_t* codes,
                               const std::uint64_t* query, std::size_t words,
                               std::uint32_t firstRow, HammingNearest& list) {
  for (std::size_t half = 32; half >= 8; half /= 2) nearer |= nearer >> half;
  for (std::uint64_t groups = nearer & 0xff; groups != 0; groups &= groups - 1) {
    const std::size_t g = trailingZeros(groups);
    hammingOffer(codes + g * words * 8, query, words, 8,
                 firstRow + static_cast<std::uint32_t>(g * 8), list);
  }
}

// Four queries against a block of codes and its planes.
inline void hammingPlanesScan(const std::uint64_t* codes, const std::uint8_t* planes,
                              std::size_t rows, std::size_t words, std::uint32_t firstRow,
                              const std::uint64_t* queries, const std::uint8_t* tables,
                              HammingNearest* lists) {
  for (std::size_t row = 0; row < rows; row += 64) {
    std::uint64_t nearer[HAMMING_PLANES_QUERIES];
    if (words <= 4) {
      hammingNearerShort(planes + row * words * 16, tables, words, lists, nearer);
    } else {
      hammingNearerLong(planes + row * words * 16, tables, words, lists, nearer);
    }
    std::uint64_t any = 0;
    for (const std::uint64_t mask : nearer) any |= mask;
    if (any == 0) continue;
    for (std::size_t q = 0; q < HAMMING_PLANES_QUERIES; q++) {
      hammingOfferPlanes(nearer[q], codes + row * words, queries + q * words, words,
                         firstRow + static_cast<std::uint32_t>(row), lists[q]);
    }
  }
}

// Whether the byte or 16-bit sums of four queries can tell what is below their bounds.
inline bool hammingPlanesServe(const HammingNearest* lists, std::size_t words) {
  const std::uint64_t most = words <= 4 ? 255 : 65535;
  for (std::size_t q = 0; q < HAMMING_PLANES_QUERIES; q++) {
    if (lists[q].bound > most) return false;
  }
  return true;
}

// As hammingSearch, for whole tiles only: returns how many rows, from the first, were offered to
// all queries.
inline std::size_t hammingPlanesSearch(const std::uint64_t* codes, std::size_t rows,
                                       std::size_t words, std::uint32_t firstRow,
                                       const std::uint64_t* queries, std::size_t queryCount,
                                       HammingNearest* lists, std::uint8_t* scratch) {
  const std::size_t step = hammingPlanesCodes(words);
  std::uint8_t* tables = scratch + step * words * 16;
  std::uint8_t nibbles[16][16];
  hammingNibbles(nibbles);
  for (std::size_t q = 0; q + HAMMING_PLANES_QUERIES <= queryCount; q += HAMMING_PLANES_QUERIES) {
    hammingTables(queries + q * words, words, nibbles, tables + q * words * 256);
  }
  const std::size_t whole = rows / 64 * 64;
  for (std::size_t row = 0; row < whole; row += step) {
    const std::size_t some = whole - row < step ? whole - row : step;
    const std::uint64_t* block = codes + row * words;
    const std::uint32_t blockRow = firstRow + static_cast<std::uint32_t>(row);
    for (std::size_t r = 0; r < some; r += 64) {
      for (std::size_t w = 0; w < words; w++) {
        hammingPlanesWord(block + r * words + w * 8, words,
                          reinterpret_cast<std::uint64_t*>(scratch + r * words * 16 + w * 1024));
      }
    }
    std::size_t q = 0;
    for (; q + HAMMING_PLANES_QUERIES <= queryCount; q += HAMMING_PLANES_QUERIES) {
      if (hammingPlanesServe(lists + q, words)) {
        hammingPlanesScan(block, scratch, some, words, blockRow, queries + q * words,
                          tables + q * words * 256, lists + q);
      } else {
        hammingBlocks(block, some, words, blockRow, queries + q * words, HAMMING_PLANES_QUERIES,
                      lists + q);
      }
    }
    if (q < queryCount) {
      hammingBlocks(block, some, words, blockRow, queries + q * words, queryCount - q, lists + q);
    }
  }
  return whole;
}

// As hammingBlocks, in the form that suits the level and the number of queries.
inline void hammingSearch(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                          std::uint32_t firstRow, const std::uint64_t* queries,
                          std::size_t queryCount, HammingNearest* lists, std::uint8_t* scratch) {
  std::size_t done = 0;
  if (queryCount >= HAMMING_PLANES_FROM && words <= HAMMING_PLANES_WORDS) {
    done = hammingPlanesSearch(codes, rows, words, firstRow, queries, queryCount, lists, scratch);
  }
  hammingBlocks(codes + done * words, rows - done, words,
                firstRow + static_cast<std::uint32_t>(done), queries, queryCount, lists);
}
