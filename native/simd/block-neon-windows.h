// Integers of 32 bits in blocks of 16, and rows of 16-bit weights that are added up in them
// (native/kernels/windows.inl.h) on NEON: see block-scalar-windows.h for what each operation
// promises. Included by isa/neon.cc after the block header.

struct I32x16 {
  int32x4_t v[4];
};

// Here in the order of the weights.
struct I32x32 {
  I32x16 low;
  I32x16 high;
};

struct WeightPair {
  std::int16_t first;
  std::int16_t second;
};

template <typename Operation>
inline I32x16 integerQuarters(Operation operation) {
  return {operation(0), operation(1), operation(2), operation(3)};
}

inline I32x16 load(const std::int32_t* from) {
  return integerQuarters([&](int i) { return vld1q_s32(from + 4 * i); });
}
inline void store(std::int32_t* to, I32x16 a) {
  for (int i = 0; i < 4; i++) vst1q_s32(to + 4 * i, a.v[i]);
}
inline I32x16 broadcast(std::int32_t value) {
  return integerQuarters([&](int) { return vdupq_n_s32(value); });
}
inline I32x16 add(I32x16 a, I32x16 b) {
  return integerQuarters([&](int i) { return vaddq_s32(a.v[i], b.v[i]); });
}
inline I32x16 maximum(I32x16 a, I32x16 b) {
  return integerQuarters([&](int i) { return vmaxq_s32(a.v[i], b.v[i]); });
}
inline I32x16 minimum(I32x16 a, I32x16 b) {
  return integerQuarters([&](int i) { return vminq_s32(a.v[i], b.v[i]); });
}
inline std::int32_t greatest(I32x16 a) {
  return vmaxvq_s32(vmaxq_s32(vmaxq_s32(a.v[0], a.v[1]), vmaxq_s32(a.v[2], a.v[3])));
}
inline std::int32_t smallest(I32x16 a) {
  return vminvq_s32(vminq_s32(vminq_s32(a.v[0], a.v[1]), vminq_s32(a.v[2], a.v[3])));
}
inline std::uint16_t greaterEqual(I32x16 a, I32x16 b) {
  return maskOf([&](int i) { return vcgeq_s32(a.v[i], b.v[i]); });
}
inline Counts16 countGreaterEqual(Counts16 counts, I32x16 a, I32x16 b) {
  return quarterCounts([&](int i) { return vsubq_u32(counts.v[i], vcgeq_s32(a.v[i], b.v[i])); });
}

inline WeightPair weightPair(std::int32_t first, std::int32_t second) {
  return {static_cast<std::int16_t>(first), static_cast<std::int16_t>(second)};
}

inline I32x32 weighed(const std::int16_t* a, const std::int16_t* b, WeightPair pair) {
  const auto half = [&](std::size_t at) {
    return integerQuarters([&](int i) {
      const int16x4_t left = vld1_s16(a + at + 4 * static_cast<std::size_t>(i));
      const int16x4_t right = vld1_s16(b + at + 4 * static_cast<std::size_t>(i));
      return vmlal_n_s16(vmull_n_s16(left, pair.first), right, pair.second);
    });
  };
  return {half(0), half(16)};
}

inline I32x32 addWeighed(I32x32 sums, const std::int16_t* a, const std::int16_t* b,
                         WeightPair pair) {
  const I32x32 own = weighed(a, b, pair);
  return {add(sums.low, own.low), add(sums.high, own.high)};
}

inline I32x32 inOrder(I32x32 sums) { return sums; }
