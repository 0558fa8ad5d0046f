// The 64-byte blocks on arm64 NEON (the baseline of that architecture): four registers each.
// Every block-*.h defines the same names with the same results, bit for bit; only the registers
// differ. Included by isa/neon.cc inside its namespace, never elsewhere.

struct F32x16 {
  float32x4_t v[4];
};

struct U64x8 {
  uint64x2_t v[4];
};

// Register tile of the dense product: 5 rows x 4 registers, of 32.
inline constexpr std::size_t TILE_ROWS = 5;
inline constexpr std::size_t TILE_BLOCKS = 1;

// Blocks that one pass of the Hadamard transform holds in registers: a power of two.
inline constexpr std::size_t BUTTERFLY_BLOCKS = 4;

template <typename Operation>
inline F32x16 quarters(Operation operation) {
  return {operation(0), operation(1), operation(2), operation(3)};
}

// --- F32x16: memory

inline F32x16 load(const float* from) {
  return quarters([&](int i) { return vld1q_f32(from + 4 * i); });
}

// The first count (0..16) lanes from memory, the rest zero; reads nothing past them.
inline F32x16 loadPartial(const float* from, std::size_t count) {
  float lanes[16] = {};
  for (std::size_t i = 0; i < count; i++) lanes[i] = from[i];
  return load(lanes);
}

inline void store(float* to, F32x16 a) {
  for (int i = 0; i < 4; i++) vst1q_f32(to + 4 * i, a.v[i]);
}

// The first count (0..16) lanes to memory; writes nothing past them.
inline void storePartial(float* to, F32x16 a, std::size_t count) {
  float lanes[16];
  store(lanes, a);
  for (std::size_t i = 0; i < count; i++) to[i] = lanes[i];
}

inline F32x16 broadcast(float value) {
  return quarters([&](int) { return vdupq_n_f32(value); });
}

// --- F32x16: arithmetic (each one IEEE float32 rounding)

inline F32x16 add(F32x16 a, F32x16 b) {
  return quarters([&](int i) { return vaddq_f32(a.v[i], b.v[i]); });
}
inline F32x16 subtract(F32x16 a, F32x16 b) {
  return quarters([&](int i) { return vsubq_f32(a.v[i], b.v[i]); });
}
inline F32x16 multiply(F32x16 a, F32x16 b) {
  return quarters([&](int i) { return vmulq_f32(a.v[i], b.v[i]); });
}
inline F32x16 divide(F32x16 a, F32x16 b) {
  return quarters([&](int i) { return vdivq_f32(a.v[i], b.v[i]); });
}
inline F32x16 squareRoot(F32x16 a) {
  return quarters([&](int i) { return vsqrtq_f32(a.v[i]); });
}

// a * b + c, rounded once.
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return quarters([&](int i) { return vfmaq_f32(c.v[i], a.v[i], b.v[i]); });
}

// a > b ? a : b in each lane: b where either is NaN (vmaxq would answer NaN).
inline F32x16 maximum(F32x16 a, F32x16 b) {
  return quarters([&](int i) { return vbslq_f32(vcgtq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]); });
}
inline F32x16 minimum(F32x16 a, F32x16 b) {
  return quarters([&](int i) { return vbslq_f32(vcltq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]); });
}

// --- F32x16: lanes (bit i of a mask is lane i)

// One bit a lane from four all-ones-or-zero lanes a quarter.
template <typename Compare>
inline std::uint16_t maskOf(Compare compare) {
  const uint32x4_t weights = {1, 2, 4, 8};
  unsigned mask = 0;
  for (int i = 0; i < 4; i++) mask |= vaddvq_u32(vandq_u32(compare(i), weights)) << (4 * i);
  return static_cast<std::uint16_t>(mask);
}
inline std::uint16_t greater(F32x16 a, F32x16 b) {
  return maskOf([&](int i) { return vcgtq_f32(a.v[i], b.v[i]); });
}
inline std::uint16_t greaterEqual(F32x16 a, F32x16 b) {
  return maskOf([&](int i) { return vcgeq_f32(a.v[i], b.v[i]); });
}
inline std::uint16_t equal(F32x16 a, F32x16 b) {
  return maskOf([&](int i) { return vceqq_f32(a.v[i], b.v[i]); });
}

// Lanes that are neither infinite nor NaN.
inline std::uint16_t finite(F32x16 a) {
  const float32x4_t infinity = vreinterpretq_f32_u32(vdupq_n_u32(0x7f800000U));
  return maskOf([&](int i) { return vcltq_f32(vabsq_f32(a.v[i]), infinity); });
}

// The fixed fold of the law: 16 -> 8 -> 4 -> 2 -> 1, lane i with lane i + half.
inline float fold(F32x16 a) {
  const float32x4_t four = vaddq_f32(vaddq_f32(a.v[0], a.v[2]), vaddq_f32(a.v[1], a.v[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

// Flips the signs of the lanes whose word is 0x80000000; the other words are 0.
[[gnu::always_inline]] inline F32x16 flipSigns(F32x16 a, const std::uint32_t* signs) {
  return quarters([&](int i) {
    return vreinterpretq_f32_u32(
        veorq_u32(vreinterpretq_u32_f32(a.v[i]), vld1q_u32(signs + 4 * i)));
  });
}

// The Hadamard butterflies (a, b) -> (a + b, a - b) inside the block, at the strides 8, 4, 2, 1.
// REVERSED: lane i receives what would be in lane i ^ 7, so that a compare mask is the
// most-significant-first byte pair.
template <bool REVERSED>
[[gnu::always_inline]] inline F32x16 butterflies(F32x16 a) {
  const float32x4_t low = vaddq_f32(a.v[0], a.v[2]);
  const float32x4_t middle = vaddq_f32(a.v[1], a.v[3]);
  const float32x4_t third = vsubq_f32(a.v[0], a.v[2]);
  const float32x4_t last = vsubq_f32(a.v[1], a.v[3]);
  a = {vaddq_f32(low, middle), vsubq_f32(low, middle), vaddq_f32(third, last),
       vsubq_f32(third, last)};
  const float32x4_t pairs = {1, 1, -1, -1};
  const float32x4_t odds = {1, -1, 1, -1};
  // A product with 1 or -1 is exact, so the fused operations round once, as the sum and the
  // difference do.
  const auto stage = [](float32x4_t own, float32x4_t other, float32x4_t sign) {
    return REVERSED ? vfmsq_f32(own, other, sign) : vfmaq_f32(other, own, sign);
  };
  return quarters([&](int i) {
    float32x4_t v = a.v[REVERSED ? i ^ 1 : i];
    v = stage(v, vextq_f32(v, v, 2), pairs);
    return stage(v, vrev64q_f32(v), odds);
  });
}

// --- U64x8

template <typename Operation>
inline U64x8 pairs(Operation operation) {
  return {operation(0), operation(1), operation(2), operation(3)};
}

inline U64x8 load(const std::uint64_t* from) {
  return pairs([&](int i) { return vld1q_u64(from + 2 * i); });
}
inline void store(std::uint64_t* to, U64x8 a) {
  for (int i = 0; i < 4; i++) vst1q_u64(to + 2 * i, a.v[i]);
}
inline U64x8 broadcast(std::uint64_t value) {
  return pairs([&](int) { return vdupq_n_u64(value); });
}
inline U64x8 exclusiveOr(U64x8 a, U64x8 b) {
  return pairs([&](int i) { return veorq_u64(a.v[i], b.v[i]); });
}
inline U64x8 add(U64x8 a, U64x8 b) {
  return pairs([&](int i) { return vaddq_u64(a.v[i], b.v[i]); });
}
inline U64x8 popcount(U64x8 a) {
  return pairs([&](int i) {
    const uint8x16_t bytes = vcntq_u8(vreinterpretq_u8_u64(a.v[i]));
    return vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(bytes)));
  });
}

// a < b in each lane; both below 2^63.
inline std::uint8_t less(U64x8 a, U64x8 b) {
  unsigned mask = 0;
  for (int i = 0; i < 4; i++) {
    const uint64x2_t below = vcltq_u64(a.v[i], b.v[i]);
    mask |= static_cast<unsigned>((vgetq_lane_u64(below, 0) & 1) | (vgetq_lane_u64(below, 1) & 2))
            << (2 * i);
  }
  return static_cast<std::uint8_t>(mask);
}
