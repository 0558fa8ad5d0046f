// Blocks of eight doubles on AVX-512: one register each. Every block-*-double.h defines the same
// names. Included by isa/avx512.cc, never elsewhere.

struct F64x8 {
  __m512d v;
};

inline F64x8 load(const double* from) { return {_mm512_loadu_pd(from)}; }
inline void store(double* to, F64x8 a) { _mm512_storeu_pd(to, a.v); }
inline F64x8 broadcast(double value) { return {_mm512_set1_pd(value)}; }

// a * b + c, where a * b is exact.
inline F64x8 multiplyAdd(F64x8 a, F64x8 b, F64x8 c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }
