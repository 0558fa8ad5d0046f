// The 64-byte blocks in plain C++: the specification of every operation, and the level for any
// processor. Every block-*.h defines the same names with the same results, bit for bit; only the
// registers differ. Included by isa/scalar.cc inside its namespace, never elsewhere.

struct F32x16 {
  float v[16];
};

struct U64x8 {
  std::uint64_t v[8];
};

inline constexpr std::size_t TILE_ROWS = 2;
inline constexpr std::size_t TILE_BLOCKS = 1;

// Blocks that one pass of the Hadamard transform holds in registers: a power of two.
inline constexpr std::size_t BUTTERFLY_BLOCKS = 4;

template <typename Operation>
inline F32x16 lanes(Operation operation) {
  F32x16 result;
  for (std::size_t i = 0; i < 16; i++) result.v[i] = operation(i);
  return result;
}

template <typename Predicate>
inline std::uint16_t maskOf(Predicate predicate) {
  unsigned mask = 0;
  for (std::size_t i = 0; i < 16; i++) mask |= static_cast<unsigned>(predicate(i)) << i;
  return static_cast<std::uint16_t>(mask);
}

// --- F32x16: memory

inline F32x16 load(const float* from) {
  return lanes([&](std::size_t i) { return from[i]; });
}

// The first count (0..16) lanes from memory, the rest zero; reads nothing past them.
inline F32x16 loadPartial(const float* from, std::size_t count) {
  return lanes([&](std::size_t i) { return i < count ? from[i] : 0.0F; });
}

inline void store(float* to, const F32x16& a) {
  for (std::size_t i = 0; i < 16; i++) to[i] = a.v[i];
}

// The first count (0..16) lanes to memory; writes nothing past them.
inline void storePartial(float* to, const F32x16& a, std::size_t count) {
  for (std::size_t i = 0; i < count; i++) to[i] = a.v[i];
}

inline F32x16 broadcast(float value) {
  return lanes([&](std::size_t) { return value; });
}

// --- F32x16: arithmetic (each one IEEE float32 rounding)

inline F32x16 add(const F32x16& a, const F32x16& b) {
  return lanes([&](std::size_t i) { return a.v[i] + b.v[i]; });
}
inline F32x16 subtract(const F32x16& a, const F32x16& b) {
  return lanes([&](std::size_t i) { return a.v[i] - b.v[i]; });
}
inline F32x16 multiply(const F32x16& a, const F32x16& b) {
  return lanes([&](std::size_t i) { return a.v[i] * b.v[i]; });
}
inline F32x16 divide(const F32x16& a, const F32x16& b) {
  return lanes([&](std::size_t i) { return a.v[i] / b.v[i]; });
}
inline F32x16 squareRoot(const F32x16& a) {
  return lanes([&](std::size_t i) { return std::sqrt(a.v[i]); });
}

// a * b + c, rounded once.
inline F32x16 fma(const F32x16& a, const F32x16& b, const F32x16& c) {
  return lanes([&](std::size_t i) { return std::fma(a.v[i], b.v[i], c.v[i]); });
}

// a > b ? a : b in each lane: b where either is NaN.
inline F32x16 maximum(const F32x16& a, const F32x16& b) {
  return lanes([&](std::size_t i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline F32x16 minimum(const F32x16& a, const F32x16& b) {
  return lanes([&](std::size_t i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}

// --- F32x16: lanes (bit i of a mask is lane i)

inline std::uint16_t greater(const F32x16& a, const F32x16& b) {
  return maskOf([&](std::size_t i) { return a.v[i] > b.v[i]; });
}
inline std::uint16_t greaterEqual(const F32x16& a, const F32x16& b) {
  return maskOf([&](std::size_t i) { return a.v[i] >= b.v[i]; });
}
inline std::uint16_t equal(const F32x16& a, const F32x16& b) {
  return maskOf([&](std::size_t i) { return a.v[i] == b.v[i]; });
}

// Lanes that are neither infinite nor NaN.
inline std::uint16_t finite(const F32x16& a) {
  return maskOf([&](std::size_t i) { return std::isfinite(a.v[i]); });
}

// The fixed fold of the law: 16 -> 8 -> 4 -> 2 -> 1, lane i with lane i + half.
inline float fold(F32x16 a) {
  for (std::size_t half = 8; half >= 1; half /= 2) {
    for (std::size_t i = 0; i < half; i++) a.v[i] = a.v[i] + a.v[i + half];
  }
  return a.v[0];
}

// Flips the signs of the lanes whose word is 0x80000000; the other words are 0.
[[gnu::always_inline]] inline F32x16 flipSigns(const F32x16& a, const std::uint32_t* signs) {
  return lanes([&](std::size_t i) {
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(a.v[i]) ^ signs[i]);
  });
}

// The Hadamard butterflies (a, b) -> (a + b, a - b) inside the block, at the strides 8, 4, 2, 1.
// REVERSED: lane i receives what would be in lane i ^ 7, so that a compare mask is the
// most-significant-first byte pair.
template <bool REVERSED>
[[gnu::always_inline]] inline F32x16 butterflies(F32x16 a) {
  for (std::size_t stride = 8; stride >= 1; stride /= 2) {
    a = lanes([&](std::size_t i) {
      const float low = a.v[i & ~stride];
      const float high = a.v[i | stride];
      return (i & stride) == 0 ? low + high : low - high;
    });
  }
  return REVERSED ? lanes([&](std::size_t i) { return a.v[i ^ 7]; }) : a;
}

// --- U64x8

template <typename Operation>
inline U64x8 words(Operation operation) {
  U64x8 result;
  for (std::size_t i = 0; i < 8; i++) result.v[i] = operation(i);
  return result;
}

inline U64x8 load(const std::uint64_t* from) {
  return words([&](std::size_t i) { return from[i]; });
}
inline void store(std::uint64_t* to, const U64x8& a) {
  for (std::size_t i = 0; i < 8; i++) to[i] = a.v[i];
}
inline U64x8 broadcast(std::uint64_t value) {
  return words([&](std::size_t) { return value; });
}
inline U64x8 exclusiveOr(const U64x8& a, const U64x8& b) {
  return words([&](std::size_t i) { return a.v[i] ^ b.v[i]; });
}
inline U64x8 add(const U64x8& a, const U64x8& b) {
  return words([&](std::size_t i) { return a.v[i] + b.v[i]; });
}

// Population count without the instruction: the x86-64 baseline has none.
inline std::uint64_t popcountWord(std::uint64_t a) {
  a -= (a >> 1) & 0x5555555555555555U;
  a = (a & 0x3333333333333333U) + ((a >> 2) & 0x3333333333333333U);
  a = (a + (a >> 4)) & 0x0f0f0f0f0f0f0f0fU;
  return (a * 0x0101010101010101U) >> 56;
}
inline U64x8 popcount(const U64x8& a) {
  return words([&](std::size_t i) { return popcountWord(a.v[i]); });
}

// a < b in each lane; both below 2^63.
inline std::uint8_t less(const U64x8& a, const U64x8& b) {
  unsigned mask = 0;
  for (std::size_t i = 0; i < 8; i++) mask |= static_cast<unsigned>(a.v[i] < b.v[i]) << i;
  return static_cast<std::uint8_t>(mask);
}
