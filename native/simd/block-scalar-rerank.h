// Sums of products of bytes (native/kernels/rerank.inl.h) in plain C++: the specification of the
// other levels. Integers, so that the order of the sums does not matter. Included by isa/scalar.cc
// after the block header.

struct ByteSums {
  std::int32_t v;
};

inline ByteSums noByteSums() { return {0}; }

// The sums and the products of 32 pairs of bytes.
inline ByteSums addProducts(ByteSums sums, const std::int8_t* a, const std::int8_t* b) {
  for (std::size_t i = 0; i < 32; i++) sums.v += a[i] * b[i];
  return sums;
}

// The sum of the lanes.
inline std::int32_t total(ByteSums sums) { return sums.v; }
