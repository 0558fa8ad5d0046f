// What Hamming search asks of AVX2 beyond the plain blocks. Bits are not counted natively here: one
// query mixes nibble lookups (Mula) with the scalar POPCNT, which uses other ports; many queries
// share nibble planes. Every block-*-hamming.h defines the same names. Included by isa/avx2.cc
// after block-avx2.h, never elsewhere.

// Queries x groups of eight codes that one pass holds in registers: no tile, see nextNearer.
inline constexpr std::size_t HAMMING_TILE_QUERIES = 1;
inline constexpr std::size_t HAMMING_TILE_GROUPS = 1;

// About the time of one word of a code against one query of a batch, for the size of blocks of
// work.
inline constexpr double HAMMING_WORD_NANOSECONDS = 0.075;

// The number of queries from which transposing a block of codes into nibble planes pays (measured).
inline constexpr std::size_t HAMMING_PLANES_FROM = 12;

[[gnu::always_inline]] inline void prefetch(const void* address) {
  _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T0);
}

// Population counts of 32 bytes. Sums of bytes saturate only because GCC then keeps their order,
// and its registers.
inline __m256i popcountBytes(__m256i a) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i nibble = _mm256_set1_epi8(0x0f);
  const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(a, nibble));
  const __m256i high =
      _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(a, 4), nibble));
  return _mm256_adds_epu8(low, high);
}

// Whether one of the sixteen codes of two groups is nearer than bound: twelve are counted by lookup
// (bytes hold 31 words of 8 bits), four by POPCNT. Of the mixtures this one keeps both kinds of
// ports busy (measured).
template <std::size_t WORDS>
inline bool anyNearerOfTwo(const std::uint64_t* groups, const std::uint64_t* query,
                           std::size_t words, __m256i bound) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  const std::uint64_t* second = groups + count * 8;
  const __m256i zero = _mm256_setzero_si256();
  __m256i sums[3] = {zero, zero, zero};
  // A sum below bound is the one whose sign bit is set in the end.
  const std::uint64_t start = 0 - static_cast<std::uint64_t>(_mm256_extract_epi64(bound, 0));
  std::uint64_t scalar[4] = {start, start, start, start};
  for (std::size_t begin = 0; begin < count; begin += 31) {
    const std::size_t end = count - begin < 31 ? count : begin + 31;
    __m256i bytes[3] = {zero, zero, zero};
    for (std::size_t w = begin; w < end; w++) {
      const std::uint64_t* codes[3] = {groups + w * 8, groups + w * 8 + 4, second + w * 8};
      const __m256i word = _mm256_set1_epi64x(static_cast<long long>(query[w]));
      for (int i = 0; i < 3; i++) {
        const __m256i four = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes[i]));
        bytes[i] = _mm256_adds_epu8(bytes[i], popcountBytes(_mm256_xor_si256(four, word)));
      }
      for (int i = 0; i < 4; i++) {
        scalar[i] += static_cast<std::uint64_t>(_mm_popcnt_u64(second[w * 8 + 4 + i] ^ query[w]));
      }
    }
    for (int i = 0; i < 3; i++) {
      sums[i] = _mm256_add_epi64(sums[i], _mm256_sad_epu8(bytes[i], zero));
    }
  }
  const __m256i least = _mm256_or_si256(
      _mm256_or_si256(_mm256_cmpgt_epi64(bound, sums[0]), _mm256_cmpgt_epi64(bound, sums[1])),
      _mm256_cmpgt_epi64(bound, sums[2]));
  const std::uint64_t signs = scalar[0] | scalar[1] | scalar[2] | scalar[3];
  return _mm256_testz_si256(least, least) == 0 || static_cast<std::int64_t>(signs) < 0;
}

// A group from begin on before which no code is nearer to the query than bound, or end if there is
// none at all. WORDS is words, or 0 for any. Fetches AHEAD bytes ahead. Not inlined, for its
// registers.
template <std::size_t WORDS, std::size_t AHEAD>
[[gnu::noinline]] inline std::size_t nextNearer(const std::uint64_t* codes, std::size_t begin,
                                                std::size_t end, const std::uint64_t* query,
                                                std::size_t words, std::uint64_t bound) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  const __m256i bounds = _mm256_set1_epi64x(static_cast<long long>(bound));
  std::size_t g = begin;
  for (; g + 2 <= end; g += 2) {
    const std::uint64_t* groups = codes + g * count * 8;
    for (std::size_t w = 0; w < count * 2; w++) {
      prefetch(reinterpret_cast<const char*>(groups + w * 8) + AHEAD);
    }
    if (anyNearerOfTwo<WORDS>(groups, query, words, bounds)) return g;
  }
  return g;
}

inline U64x8 bitAnd(U64x8 a, U64x8 b) {
  return {_mm256_and_si256(a.v[0], b.v[0]), _mm256_and_si256(a.v[1], b.v[1])};
}
template <int COUNT>
inline U64x8 shiftLeft(U64x8 a) {
  return {_mm256_slli_epi64(a.v[0], COUNT), _mm256_slli_epi64(a.v[1], COUNT)};
}
template <int COUNT>
inline U64x8 shiftRight(U64x8 a) {
  return {_mm256_srli_epi64(a.v[0], COUNT), _mm256_srli_epi64(a.v[1], COUNT)};
}

// The smaller of each pair of lanes; both below 2^63.
inline U64x8 minimum(U64x8 a, U64x8 b) {
  return {_mm256_blendv_epi8(a.v[0], b.v[0], _mm256_cmpgt_epi64(a.v[0], b.v[0])),
          _mm256_blendv_epi8(a.v[1], b.v[1], _mm256_cmpgt_epi64(a.v[1], b.v[1]))};
}

// --- U8x64 and U16x64: one lane a code

struct U8x64 {
  __m256i v[2];
};

struct U16x64 {
  __m256i low[2], high[2];
};

inline U8x64 loadBytes(const std::uint8_t* from) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 32))};
}

// The same 16-entry table in every 16 lanes, as lookup wants it.
inline U8x64 loadTable(const std::uint8_t* from) {
  const __m256i table =
      _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  return {table, table};
}

// table[indices] in each lane; indices below 16.
inline U8x64 lookup(U8x64 table, U8x64 indices) {
  return {_mm256_shuffle_epi8(table.v[0], indices.v[0]),
          _mm256_shuffle_epi8(table.v[1], indices.v[1])};
}
inline U8x64 add(U8x64 a, U8x64 b) {
  return {_mm256_add_epi8(a.v[0], b.v[0]), _mm256_add_epi8(a.v[1], b.v[1])};
}
inline U8x64 addSaturating(U8x64 a, U8x64 b) {
  return {_mm256_adds_epu8(a.v[0], b.v[0]), _mm256_adds_epu8(a.v[1], b.v[1])};
}

inline std::uint64_t signsOfBytes(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
}

// Lanes below bound (0..255): not those that a maximum with bound leaves as they are.
inline std::uint64_t lanesBelow(U8x64 a, std::uint64_t bound) {
  const __m256i limit = _mm256_set1_epi8(static_cast<char>(bound));
  return ~signsOfBytes(_mm256_cmpeq_epi8(_mm256_max_epu8(a.v[0], limit), a.v[0]),
                       _mm256_cmpeq_epi8(_mm256_max_epu8(a.v[1], limit), a.v[1]));
}

inline U16x64 addWide(U16x64 sums, U8x64 a) {
  const __m256i zero = _mm256_setzero_si256();
  for (int i = 0; i < 2; i++) {
    sums.low[i] = _mm256_add_epi16(sums.low[i], _mm256_unpacklo_epi8(a.v[i], zero));
    sums.high[i] = _mm256_add_epi16(sums.high[i], _mm256_unpackhi_epi8(a.v[i], zero));
  }
  return sums;
}

// Lanes below bound (0..65535), in the order of the bytes that were added.
inline std::uint64_t lanesBelow(U16x64 a, std::uint64_t bound) {
  const __m256i limit = _mm256_set1_epi16(static_cast<short>(bound));
  const auto atLeast = [&](__m256i x) { return _mm256_cmpeq_epi16(_mm256_max_epu16(x, limit), x); };
  return ~signsOfBytes(_mm256_packs_epi16(atLeast(a.low[0]), atLeast(a.high[0])),
                       _mm256_packs_epi16(atLeast(a.low[1]), atLeast(a.high[1])));
}
