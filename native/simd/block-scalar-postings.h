// What posting bitmaps ask of plain C++: the specification of every operation: whole blocks of bits
// added up side by side. Every block-*-postings.h defines the same names. Included by isa/scalar.cc
// after block-scalar-hamming.h, never elsewhere.

inline U64x8 bitOr(const U64x8& a, const U64x8& b) {
  return words([&](std::size_t i) { return a.v[i] | b.v[i]; });
}

// The two bits of a + b + c in each place: the low one, and the carry.
inline U64x8 sumBit(const U64x8& a, const U64x8& b, const U64x8& c) {
  return words([&](std::size_t i) { return a.v[i] ^ b.v[i] ^ c.v[i]; });
}
inline U64x8 carryBit(const U64x8& a, const U64x8& b, const U64x8& c) {
  return words([&](std::size_t i) { return (a.v[i] & b.v[i]) | (c.v[i] & (a.v[i] ^ b.v[i])); });
}

// Whether any bit is set.
inline bool anyBit(const U64x8& a) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < 8; i++) all |= a.v[i];
  return all != 0;
}

// Fetches memory into the second-level cache.
inline void prefetchSecond(const void*) {}
