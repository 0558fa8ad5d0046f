// Blocks of eight doubles on AVX2 and FMA: two registers each. Every block-*-double.h defines the
// same names. Included by isa/avx2.cc, never elsewhere.

struct F64x8 {
  __m256d v[2];
};

inline F64x8 load(const double* from) { return {_mm256_loadu_pd(from), _mm256_loadu_pd(from + 4)}; }

inline void store(double* to, F64x8 a) {
  _mm256_storeu_pd(to, a.v[0]);
  _mm256_storeu_pd(to + 4, a.v[1]);
}

inline F64x8 broadcast(double value) { return {_mm256_set1_pd(value), _mm256_set1_pd(value)}; }

// a * b + c, where a * b is exact.
inline F64x8 multiplyAdd(F64x8 a, F64x8 b, F64x8 c) {
  return {_mm256_fmadd_pd(a.v[0], b.v[0], c.v[0]), _mm256_fmadd_pd(a.v[1], b.v[1], c.v[1])};
}
