// Moving lanes about on AVX2: the 16 x 16 transpose as four of 8 x 8, packing by a permutation looked up in a
// table of 256 masks, and lane-wise counters. Beside block-avx2.h; the same names exist for every level.

struct Counts16 {
  __m256i v[2];
};

// Units of a sparse sum that are added up side by side (4 or 8): enough chains to cover the latency of an add.
inline constexpr std::size_t SUM_CHAINS = 8;

// to[i][j] = from[j][i] for 8 x 8 floats.
inline void transpose8(const float* from, std::size_t stride, float* to, std::size_t toStride) {
  __m256 a[8];
  __m256 b[8];
  for (std::size_t i = 0; i < 8; i++) a[i] = _mm256_loadu_ps(from + i * stride);
  for (std::size_t i = 0; i < 8; i += 2) {
    b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
    b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
  }
  for (std::size_t i = 0; i < 8; i += 4) {
    a[i] = _mm256_shuffle_ps(b[i], b[i + 2], 0x44);
    a[i + 1] = _mm256_shuffle_ps(b[i], b[i + 2], 0xee);
    a[i + 2] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0x44);
    a[i + 3] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0xee);
  }
  for (std::size_t i = 0; i < 4; i++) {
    _mm256_storeu_ps(to + i * toStride, _mm256_permute2f128_ps(a[i], a[i + 4], 0x20));
    _mm256_storeu_ps(to + (i + 4) * toStride, _mm256_permute2f128_ps(a[i], a[i + 4], 0x31));
  }
}

// to[i][j] = from[j][i]: rows of 16 floats, stride elements apart, to 16 contiguous rows of 16.
inline void transpose16(const float* from, std::size_t stride, float* to) {
  for (std::size_t i = 0; i < 16; i += 8) {
    for (std::size_t j = 0; j < 16; j += 8) {
      transpose8(from + j * stride + i, stride, to + i * 16 + j, 16);
    }
  }
}

// For each mask of 8 lanes: the numbers of its set lanes, in order, then zeros.
struct PackTable {
  alignas(64) std::uint8_t lanes[256][8];
};
constexpr PackTable makePackTable() {
  PackTable table{};
  for (unsigned mask = 0; mask < 256; mask++) {
    std::size_t count = 0;
    for (unsigned lane = 0; lane < 8; lane++) {
      if ((mask >> lane & 1U) != 0) table.lanes[mask][count++] = static_cast<std::uint8_t>(lane);
    }
  }
  return table;
}
inline constexpr PackTable PACK_TABLE = makePackTable();

inline __m256i packing(unsigned mask) {
  return _mm256_cvtepu8_epi32(
      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(PACK_TABLE.lanes[mask])));
}

// Writes the lanes of v chosen by mask, in order, with their indices first + lane; returns their number.
// All 16 places of both targets may be written.
inline std::size_t packLanes(float* values, std::uint32_t* indices, F32x16 v, std::uint32_t first,
                             std::uint16_t mask) {
  const __m256i low = packing(mask & 0xffU);
  const __m256i high = packing(static_cast<unsigned>(mask) >> 8);
  const __m256i from = _mm256_set1_epi32(static_cast<int>(first));
  const __m256i next = _mm256_set1_epi32(static_cast<int>(first + 8));
  const std::size_t count = static_cast<std::size_t>(_mm_popcnt_u32(mask & 0xffU));
  _mm256_storeu_ps(values, _mm256_permutevar8x32_ps(v.v[0], low));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices), _mm256_add_epi32(low, from));
  _mm256_storeu_ps(values + count, _mm256_permutevar8x32_ps(v.v[1], high));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices + count), _mm256_add_epi32(high, next));
  return static_cast<std::size_t>(_mm_popcnt_u32(mask));
}

// The same with the indices given; the targets may be the sources or lie before them.
inline std::size_t packPairs(float* values, std::uint32_t* indices, F32x16 v,
                             const std::uint32_t* from, std::uint16_t mask) {
  const __m256i low = packing(mask & 0xffU);
  const __m256i high = packing(static_cast<unsigned>(mask) >> 8);
  const __m256i lowIndices = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  const __m256i highIndices = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 8));
  const std::size_t count = static_cast<std::size_t>(_mm_popcnt_u32(mask & 0xffU));
  _mm256_storeu_ps(values, _mm256_permutevar8x32_ps(v.v[0], low));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices),
                      _mm256_permutevar8x32_epi32(lowIndices, low));
  _mm256_storeu_ps(values + count, _mm256_permutevar8x32_ps(v.v[1], high));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices + count),
                      _mm256_permutevar8x32_epi32(highIndices, high));
  return static_cast<std::size_t>(_mm_popcnt_u32(mask));
}

// The least and the greatest lane; none is NaN.
inline float smallest(F32x16 a) {
  const __m256 eight = _mm256_min_ps(a.v[0], a.v[1]);
  const __m128 four = _mm_min_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_min_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_min_ss(two, _mm_movehdup_ps(two)));
}
inline float greatest(F32x16 a) {
  const __m256 eight = _mm256_max_ps(a.v[0], a.v[1]);
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

// The least of v's lanes at or above the limit, and least itself; the greatest below it likewise.
inline F32x16 leastFrom(F32x16 least, F32x16 v, F32x16 limit) {
  const auto half = [&](int i) {
    const __m256 chosen = _mm256_cmp_ps(v.v[i], limit.v[i], _CMP_GE_OQ);
    return _mm256_blendv_ps(least.v[i], _mm256_min_ps(v.v[i], least.v[i]), chosen);
  };
  return {half(0), half(1)};
}
inline F32x16 greatestBelow(F32x16 greatest, F32x16 v, F32x16 limit) {
  const auto half = [&](int i) {
    const __m256 chosen = _mm256_cmp_ps(v.v[i], limit.v[i], _CMP_LT_OQ);
    return _mm256_blendv_ps(greatest.v[i], _mm256_max_ps(v.v[i], greatest.v[i]), chosen);
  };
  return {half(0), half(1)};
}

// --- Counts16

inline Counts16 noCounts() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }

inline Counts16 countLanes(Counts16 counts, __m256 low, __m256 high) {
  return {_mm256_sub_epi32(counts.v[0], _mm256_castps_si256(low)),
          _mm256_sub_epi32(counts.v[1], _mm256_castps_si256(high))};
}

// One more in each lane where the comparison holds.
inline Counts16 countGreater(Counts16 counts, F32x16 a, F32x16 b) {
  return countLanes(counts, _mm256_cmp_ps(a.v[0], b.v[0], _CMP_GT_OQ),
                    _mm256_cmp_ps(a.v[1], b.v[1], _CMP_GT_OQ));
}
inline Counts16 countGreaterEqual(Counts16 counts, F32x16 a, F32x16 b) {
  return countLanes(counts, _mm256_cmp_ps(a.v[0], b.v[0], _CMP_GE_OQ),
                    _mm256_cmp_ps(a.v[1], b.v[1], _CMP_GE_OQ));
}
// One more in each lane whose bit is set.
inline Counts16 countMask(Counts16 counts, std::uint16_t mask) {
  const __m256i bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  const __m256i low = _mm256_set1_epi32(mask & 0xff);
  const __m256i high = _mm256_set1_epi32(mask >> 8);
  return {_mm256_sub_epi32(counts.v[0], _mm256_cmpeq_epi32(_mm256_and_si256(low, bits), bits)),
          _mm256_sub_epi32(counts.v[1], _mm256_cmpeq_epi32(_mm256_and_si256(high, bits), bits))};
}

inline void store(std::uint32_t* to, Counts16 counts) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), counts.v[0]);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 8), counts.v[1]);
}
inline std::size_t total(Counts16 counts) {
  const __m256i eight = _mm256_add_epi32(counts.v[0], counts.v[1]);
  const __m128i four =
      _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  const __m128i two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
  const __m128i one = _mm_add_epi32(two, _mm_shuffle_epi32(two, 1));
  return static_cast<std::size_t>(static_cast<unsigned>(_mm_cvtsi128_si32(one)));
}
