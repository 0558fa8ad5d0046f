// Moving lanes about on NEON: the 16 x 16 transpose as sixteen of 4 x 4, packing lane by lane, and lane-wise
// counters. Beside block-neon.h; the same names exist for every level.

struct Counts16 {
  uint32x4_t v[4];
};

// Units of a sparse sum that are added up side by side (4 or 8): enough chains to cover the latency of an add.
inline constexpr std::size_t SUM_CHAINS = 4;

// to[i][j] = from[j][i] for 4 x 4 floats.
inline void transpose4(const float* from, std::size_t stride, float* to, std::size_t toStride) {
  float32x4_t rows[4];
  for (std::size_t i = 0; i < 4; i++) rows[i] = vld1q_f32(from + i * stride);
  const float32x4x2_t first = vtrnq_f32(rows[0], rows[1]);
  const float32x4x2_t second = vtrnq_f32(rows[2], rows[3]);
  for (std::size_t i = 0; i < 2; i++) {
    vst1q_f32(to + i * toStride,
              vcombine_f32(vget_low_f32(first.val[i]), vget_low_f32(second.val[i])));
    vst1q_f32(to + (i + 2) * toStride,
              vcombine_f32(vget_high_f32(first.val[i]), vget_high_f32(second.val[i])));
  }
}

// to[i][j] = from[j][i]: rows of 16 floats, stride elements apart, to 16 contiguous rows of 16.
inline void transpose16(const float* from, std::size_t stride, float* to) {
  for (std::size_t i = 0; i < 16; i += 4) {
    for (std::size_t j = 0; j < 16; j += 4) {
      transpose4(from + j * stride + i, stride, to + i * 16 + j, 16);
    }
  }
}

// Writes the lanes of v chosen by mask, in order, with their indices first + lane; returns their number.
// All 16 places of both targets may be written.
inline std::size_t packLanes(float* values, std::uint32_t* indices, F32x16 v, std::uint32_t first,
                             std::uint16_t mask) {
  float lanes[16];
  store(lanes, v);
  std::size_t count = 0;
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
    const std::size_t lane = static_cast<std::size_t>(std::countr_zero(rest));
    values[count] = lanes[lane];
    indices[count++] = first + static_cast<std::uint32_t>(lane);
  }
  return count;
}

// The same with the indices given; the targets may be the sources or lie before them.
inline std::size_t packPairs(float* values, std::uint32_t* indices, F32x16 v,
                             const std::uint32_t* from, std::uint16_t mask) {
  float lanes[16];
  store(lanes, v);
  std::size_t count = 0;
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
    const std::size_t lane = static_cast<std::size_t>(std::countr_zero(rest));
    values[count] = lanes[lane];
    indices[count++] = from[lane];
  }
  return count;
}

// The least and the greatest lane; none is NaN.
inline float smallest(F32x16 a) {
  return vminvq_f32(vminq_f32(vminq_f32(a.v[0], a.v[1]), vminq_f32(a.v[2], a.v[3])));
}
inline float greatest(F32x16 a) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(a.v[0], a.v[1]), vmaxq_f32(a.v[2], a.v[3])));
}

// The least of v's lanes at or above the limit, and least itself; the greatest below it likewise.
inline F32x16 leastFrom(F32x16 least, F32x16 v, F32x16 limit) {
  return quarters([&](int i) {
    const uint32x4_t chosen =
        vandq_u32(vcgeq_f32(v.v[i], limit.v[i]), vcltq_f32(v.v[i], least.v[i]));
    return vbslq_f32(chosen, v.v[i], least.v[i]);
  });
}
inline F32x16 greatestBelow(F32x16 greatest, F32x16 v, F32x16 limit) {
  return quarters([&](int i) {
    const uint32x4_t chosen =
        vandq_u32(vcltq_f32(v.v[i], limit.v[i]), vcgtq_f32(v.v[i], greatest.v[i]));
    return vbslq_f32(chosen, v.v[i], greatest.v[i]);
  });
}

// --- Counts16

template <typename Operation>
inline Counts16 quarterCounts(Operation operation) {
  return {operation(0), operation(1), operation(2), operation(3)};
}

inline Counts16 noCounts() {
  return quarterCounts([](int) { return vdupq_n_u32(0); });
}

// One more in each lane where the comparison holds.
inline Counts16 countGreater(Counts16 counts, F32x16 a, F32x16 b) {
  return quarterCounts(
      [&](int i) { return vsubq_u32(counts.v[i], vcgtq_f32(a.v[i], b.v[i])); });
}
inline Counts16 countGreaterEqual(Counts16 counts, F32x16 a, F32x16 b) {
  return quarterCounts(
      [&](int i) { return vsubq_u32(counts.v[i], vcgeq_f32(a.v[i], b.v[i])); });
}
// One more in each lane whose bit is set.
inline Counts16 countMask(Counts16 counts, std::uint16_t mask) {
  const uint32x4_t bits = {1, 2, 4, 8};
  return quarterCounts([&](int i) {
    const uint32x4_t quarter = vdupq_n_u32(static_cast<unsigned>(mask) >> (4 * i));
    return vsubq_u32(counts.v[i], vtstq_u32(quarter, bits));
  });
}

inline void store(std::uint32_t* to, Counts16 counts) {
  for (int i = 0; i < 4; i++) vst1q_u32(to + 4 * i, counts.v[i]);
}
inline std::size_t total(Counts16 counts) {
  return vaddvq_u32(
      vaddq_u32(vaddq_u32(counts.v[0], counts.v[1]), vaddq_u32(counts.v[2], counts.v[3])));
}
