// Sums of products of bytes (native/kernels/rerank.inl.h) and distances as bytes
// (native/kernels/shortlist.inl.h) on AVX-512: see block-scalar-rerank.h for
// what each operation promises. Included by isa/avx512.cc after the block header.

struct ByteSums {
  __m512i v;
};

inline ByteSums noByteSums() { return {_mm512_setzero_si512()}; }

// 32 bytes as lanes of 16 bits.
inline __m512i widened(const std::int8_t* from) {
  return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

inline ByteSums addProducts(ByteSums sums, const std::int8_t* a, const std::int8_t* b) {
  return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(widened(a), widened(b)))};
}

inline std::int32_t total(ByteSums sums) { return _mm512_reduce_add_epi32(sums.v); }

inline void storeBytes(std::uint8_t* to, U64x8 a) {
  _mm_storeu_si64(to, _mm512_cvtusepi64_epi8(a.v));
}
