// Blocks of eight doubles in plain C++, for sums of products of float32 numbers, which are exact in
// double: a product and a sum round once, fused or not. Every block-*-double.h defines the same
// names. Included by isa/scalar.cc, never elsewhere.

struct F64x8 {
  double v[8];
};

inline F64x8 load(const double* from) {
  F64x8 result;
  for (std::size_t i = 0; i < 8; i++) result.v[i] = from[i];
  return result;
}

inline void store(double* to, const F64x8& a) {
  for (std::size_t i = 0; i < 8; i++) to[i] = a.v[i];
}

inline F64x8 broadcast(double value) {
  F64x8 result;
  for (std::size_t i = 0; i < 8; i++) result.v[i] = value;
  return result;
}

// a * b + c, where a * b is exact.
inline F64x8 multiplyAdd(const F64x8& a, const F64x8& b, const F64x8& c) {
  F64x8 result;
  for (std::size_t i = 0; i < 8; i++) result.v[i] = a.v[i] * b.v[i] + c.v[i];
  return result;
}
