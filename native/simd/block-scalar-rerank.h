// Sums of products of bytes (native/kernels/rerank.inl.h) and distances as bytes
// (native/kernels/shortlist.inl.h) in plain C++: the specification of the
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

// Eight numbers below 2^15 as bytes, 255 for all that are larger.
inline void storeBytes(std::uint8_t* to, const U64x8& a) {
  for (std::size_t i = 0; i < 8; i++)
    to[i] = static_cast<std::uint8_t>(a.v[i] < 255 ? a.v[i] : 255);
}
