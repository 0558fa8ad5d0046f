// What posting bitmaps ask of AVX2: whole blocks of bits added up
// side by side. Every block-*-postings.h defines the same names. Included by isa/avx2.cc after
// block-avx2-hamming.h, never elsewhere.

inline U64x8 bitOr(U64x8 a, U64x8 b) {
  return {_mm256_or_si256(a.v[0], b.v[0]), _mm256_or_si256(a.v[1], b.v[1])};
}

// The two bits of a + b + c in each place: the low one, and the carry.
inline U64x8 sumBit(U64x8 a, U64x8 b, U64x8 c) { return exclusiveOr(exclusiveOr(a, b), c); }
inline U64x8 carryBit(U64x8 a, U64x8 b, U64x8 c) {
  return bitOr(bitAnd(a, b), bitAnd(c, exclusiveOr(a, b)));
}

// Whether any bit is set.
inline bool anyBit(U64x8 a) {
  const __m256i all = _mm256_or_si256(a.v[0], a.v[1]);
  return _mm256_testz_si256(all, all) == 0;
}

// Fetches memory into the second-level cache.
[[gnu::always_inline]] inline void prefetchSecond(const void* address) {
  _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T1);
}
