// Blocks of eight doubles on arm64 NEON: four registers each. Every block-*-double.h defines the
// same names. Included by isa/neon.cc, never elsewhere.

struct F64x8 {
  float64x2_t v[4];
};

template <typename Operation>
inline F64x8 doublePairs(Operation operation) {
  return {operation(0), operation(1), operation(2), operation(3)};
}

inline F64x8 load(const double* from) {
  return doublePairs([&](int i) { return vld1q_f64(from + 2 * i); });
}

inline void store(double* to, F64x8 a) {
  for (int i = 0; i < 4; i++) vst1q_f64(to + 2 * i, a.v[i]);
}

inline F64x8 broadcast(double value) {
  return doublePairs([&](int) { return vdupq_n_f64(value); });
}

// a * b + c, where a * b is exact.
inline F64x8 multiplyAdd(F64x8 a, F64x8 b, F64x8 c) {
  return doublePairs([&](int i) { return vfmaq_f64(c.v[i], a.v[i], b.v[i]); });
}
