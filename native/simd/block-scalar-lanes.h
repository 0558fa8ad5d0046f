// Moving lanes about, in plain C++ (the specification): the 16 x 16 transpose, the packing of chosen lanes to
// the front, and lane-wise counters. Beside block-scalar.h; the same names exist for every level.

struct Counts16 {
  std::uint32_t v[16];
};

// Units of a sparse sum that are added up side by side (4 or 8): enough chains to cover the latency of an add.
inline constexpr std::size_t SUM_CHAINS = 4;

// to[i][j] = from[j][i]: rows of 16 floats, stride elements apart, to 16 contiguous rows of 16.
inline void transpose16(const float* from, std::size_t stride, float* to) {
  for (std::size_t row = 0; row < 16; row++) {
    for (std::size_t i = 0; i < 16; i++) to[i * 16 + row] = from[row * stride + i];
  }
}

// Writes the lanes of v chosen by mask, in order, with their indices first + lane; returns their number.
// All 16 places of both targets may be written.
inline std::size_t packLanes(float* values, std::uint32_t* indices, const F32x16& v,
                             std::uint32_t first, std::uint16_t mask) {
  std::size_t count = 0;
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
    const std::size_t lane = static_cast<std::size_t>(std::countr_zero(rest));
    values[count] = v.v[lane];
    indices[count++] = first + static_cast<std::uint32_t>(lane);
  }
  return count;
}

// The same with the indices given; the targets may be the sources or lie before them.
inline std::size_t packPairs(float* values, std::uint32_t* indices, const F32x16& v,
                             const std::uint32_t* from, std::uint16_t mask) {
  std::size_t count = 0;
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
    const std::size_t lane = static_cast<std::size_t>(std::countr_zero(rest));
    values[count] = v.v[lane];
    indices[count++] = from[lane];
  }
  return count;
}

// The least and the greatest lane; none is NaN.
inline float smallest(const F32x16& a) {
  float result = a.v[0];
  for (const float lane : a.v) result = lane < result ? lane : result;
  return result;
}
inline float greatest(const F32x16& a) {
  float result = a.v[0];
  for (const float lane : a.v) result = lane > result ? lane : result;
  return result;
}

// The least of v's lanes at or above the limit, and least itself; the greatest below it likewise.
inline F32x16 leastFrom(const F32x16& least, const F32x16& v, const F32x16& limit) {
  return lanes([&](std::size_t i) {
    return v.v[i] >= limit.v[i] && v.v[i] < least.v[i] ? v.v[i] : least.v[i];
  });
}
inline F32x16 greatestBelow(const F32x16& greatest, const F32x16& v, const F32x16& limit) {
  return lanes([&](std::size_t i) {
    return v.v[i] < limit.v[i] && v.v[i] > greatest.v[i] ? v.v[i] : greatest.v[i];
  });
}

// --- Counts16

inline Counts16 noCounts() { return {}; }

// One more in each lane where the comparison holds.
inline Counts16 countGreater(Counts16 counts, const F32x16& a, const F32x16& b) {
  for (std::size_t i = 0; i < 16; i++) counts.v[i] += a.v[i] > b.v[i] ? 1U : 0U;
  return counts;
}
inline Counts16 countGreaterEqual(Counts16 counts, const F32x16& a, const F32x16& b) {
  for (std::size_t i = 0; i < 16; i++) counts.v[i] += a.v[i] >= b.v[i] ? 1U : 0U;
  return counts;
}
// One more in each lane whose bit is set.
inline Counts16 countMask(Counts16 counts, std::uint16_t mask) {
  for (std::size_t i = 0; i < 16; i++) counts.v[i] += (static_cast<unsigned>(mask) >> i) & 1U;
  return counts;
}

inline void store(std::uint32_t* to, const Counts16& counts) {
  for (std::size_t i = 0; i < 16; i++) to[i] = counts.v[i];
}
inline std::size_t total(const Counts16& counts) {
  std::size_t sum = 0;
  for (const std::uint32_t lane : counts.v) sum += lane;
  return sum;
}
