// What Hamming search asks of AVX-512 beyond the plain blocks: it counts bits natively, so that
// whole tiles of queries and codes stay in registers and no other form is needed. Every
// block-*-hamming.h defines the same names. Included by isa/avx512.cc after block-avx512.h, never
// elsewhere.

// Queries x groups of eight codes that one pass holds in registers: 16 sums and 4 words of codes.
inline constexpr std::size_t HAMMING_TILE_QUERIES = 4;
inline constexpr std::size_t HAMMING_TILE_GROUPS = 4;

// About the time of one word of a code against one query of a batch, for the size of blocks of
// work.
inline constexpr double HAMMING_WORD_NANOSECONDS = 0.031;

// The number of queries from which nibble planes pay: never, bits are counted natively.
inline constexpr std::size_t HAMMING_PLANES_FROM = SIZE_MAX;

[[gnu::always_inline]] inline void prefetch(const void* address) {
  _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T0);
}

// Whether one of the eight codes of a group is nearer than bound. WORDS is words, or 0 for any.
template <std::size_t WORDS>
inline bool anyNearer(const std::uint64_t* group, const std::uint64_t* query, std::size_t words,
                      std::uint64_t bound) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  U64x8 even = popcount(exclusiveOr(load(group), broadcast(query[0])));
  U64x8 odd = broadcast(std::uint64_t{0});
  std::size_t w = 1;
  for (; w + 2 <= count; w += 2) {
    odd = add(odd, popcount(exclusiveOr(load(group + w * 8), broadcast(query[w]))));
    even = add(even, popcount(exclusiveOr(load(group + w * 8 + 8), broadcast(query[w + 1]))));
  }
  if (w < count) odd = add(odd, popcount(exclusiveOr(load(group + w * 8), broadcast(query[w]))));
  return less(add(even, odd), broadcast(bound)) != 0;
}

// A group from begin on before which no code is nearer to the query than bound, or end if there is
// none at all. Fetches AHEAD bytes ahead.
template <std::size_t WORDS, std::size_t AHEAD>
inline std::size_t nextNearer(const std::uint64_t* codes, std::size_t begin, std::size_t end,
                              const std::uint64_t* query, std::size_t words, std::uint64_t bound) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  for (std::size_t g = begin; g < end; g++) {
    const std::uint64_t* group = codes + g * count * 8;
    for (std::size_t w = 0; w < count; w++) {
      prefetch(reinterpret_cast<const char*>(group + w * 8) + AHEAD);
    }
    if (anyNearer<WORDS>(group, query, words, bound)) return g;
  }
  return end;
}

inline U64x8 bitAnd(U64x8 a, U64x8 b) { return {_mm512_and_si512(a.v, b.v)}; }
template <int COUNT>
inline U64x8 shiftLeft(U64x8 a) {
  return {_mm512_slli_epi64(a.v, COUNT)};
}
template <int COUNT>
inline U64x8 shiftRight(U64x8 a) {
  return {_mm512_srli_epi64(a.v, COUNT)};
}

inline U64x8 minimum(U64x8 a, U64x8 b) { return {_mm512_min_epu64(a.v, b.v)}; }

// --- U8x64 and U16x64: one lane a code

struct U8x64 {
  __m512i v;
};

struct U16x64 {
  __m512i low, high;
};

inline U8x64 loadBytes(const std::uint8_t* from) { return {_mm512_loadu_si512(from)}; }

// The same 16-entry table in every 16 lanes, as lookup wants it.
inline U8x64 loadTable(const std::uint8_t* from) {
  return {_mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)))};
}

// table[indices] in each lane; indices below 16.
inline U8x64 lookup(U8x64 table, U8x64 indices) {
  return {_mm512_shuffle_epi8(table.v, indices.v)};
}
inline U8x64 add(U8x64 a, U8x64 b) { return {_mm512_add_epi8(a.v, b.v)}; }
inline U8x64 addSaturating(U8x64 a, U8x64 b) { return {_mm512_adds_epu8(a.v, b.v)}; }

// Lanes below bound (0..255).
inline std::uint64_t lanesBelow(U8x64 a, std::uint64_t bound) {
  return _mm512_cmplt_epu8_mask(a.v, _mm512_set1_epi8(static_cast<char>(bound)));
}

inline U16x64 addWide(U16x64 sums, U8x64 a) {
  const __m512i zero = _mm512_setzero_si512();
  return {_mm512_add_epi16(sums.low, _mm512_unpacklo_epi8(a.v, zero)),
          _mm512_add_epi16(sums.high, _mm512_unpackhi_epi8(a.v, zero))};
}

// Lanes below bound (0..65535), in the order of the bytes that were added.
inline std::uint64_t lanesBelow(U16x64 a, std::uint64_t bound) {
  const __m512i limit = _mm512_set1_epi16(static_cast<short>(bound));
  const __m512i low = _mm512_movm_epi16(_mm512_cmplt_epu16_mask(a.low, limit));
  const __m512i high = _mm512_movm_epi16(_mm512_cmplt_epu16_mask(a.high, limit));
  return _mm512_movepi8_mask(_mm512_packs_epi16(low, high));
}
