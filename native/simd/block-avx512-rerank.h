// Sums of products of bytes (native/kernels/rerank.inl.h) on AVX-512: see block-scalar-rerank.h for
// what each operation promises. Included by isa/avx512.cc after the block header.

struct ByteSums {
  __m512i v;
};

inline ByteSums noByteSums() { return {_mm512_setzero_si512()}; }

inline ByteSums addProducts(ByteSums sums, const std::int8_t* a, const std::int8_t* b) {
  const auto widened = [](const std::int8_t* from) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  };
  return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(widened(a), widened(b)))};
}

inline std::int32_t total(ByteSums sums) { return _mm512_reduce_add_epi32(sums.v); }
