// What posting bitmaps ask of AVX-512: a ternary logic instruction adds three
// bits: whole blocks of bits added up
// side by side. Every block-*-postings.h defines the same names. Included by isa/avx512.cc after
// block-avx512-hamming.h, never elsewhere.

inline U64x8 bitOr(U64x8 a, U64x8 b) { return {_mm512_or_si512(a.v, b.v)}; }

// The two bits of a + b + c in each place: the low one, and the carry.
inline U64x8 sumBit(U64x8 a, U64x8 b, U64x8 c) {
  return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0x96)};
}
inline U64x8 carryBit(U64x8 a, U64x8 b, U64x8 c) {
  return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0xe8)};
}

// Whether any bit is set.
inline bool anyBit(U64x8 a) { return _mm512_test_epi64_mask(a.v, a.v) != 0; }

// Fetches memory into the second-level cache.
[[gnu::always_inline]] inline void prefetchSecond(const void* address) {
  _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T1);
}
