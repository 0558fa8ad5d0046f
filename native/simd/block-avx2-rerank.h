// Sums of products of bytes (native/kernels/rerank.inl.h) and distances as bytes
// (native/kernels/shortlist.inl.h) on AVX2: see block-scalar-rerank.h for
// what each operation promises. Included by isa/avx2.cc after the block header.

struct ByteSums {
  __m256i v;
};

inline ByteSums noByteSums() { return {_mm256_setzero_si256()}; }

// 16 bytes as lanes of 16 bits.
inline __m256i widened(const std::int8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

inline ByteSums addProducts(ByteSums sums, const std::int8_t* a, const std::int8_t* b) {
  const __m256i low = _mm256_madd_epi16(widened(a), widened(b));
  const __m256i high = _mm256_madd_epi16(widened(a + 16), widened(b + 16));
  return {_mm256_add_epi32(sums.v, _mm256_add_epi32(low, high))};
}

inline std::int32_t total(ByteSums sums) {
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sums.v), _mm256_extracti128_si256(sums.v, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1)));
}

inline void storeBytes(std::uint8_t* to, U64x8 a) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i words = _mm256_packus_epi32(_mm256_packus_epi32(a.v[0], a.v[1]), zero);
  const __m256i bytes = _mm256_packus_epi16(words, zero);  // lanes 0 1 4 5, then 2 3 6 7
  const __m128i low = _mm256_castsi256_si128(bytes);
  _mm_storeu_si64(to, _mm_unpacklo_epi16(low, _mm256_extracti128_si256(bytes, 1)));
}
