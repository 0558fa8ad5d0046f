// Moving lanes about on AVX-512: the 16 x 16 transpose in registers, packing by vpcompressd (to a register, then
// one whole store: the form with a memory target is microcoded on Zen), and lane-wise counters.
// Beside block-avx512.h; the same names exist for every level.

struct Counts16 {
  __m512i v;
};

// Units of a sparse sum that are added up side by side (4 or 8): enough chains to cover the latency of an add.
inline constexpr std::size_t SUM_CHAINS = 8;

// to[i][j] = from[j][i]: rows of 16 floats, stride elements apart, to 16 contiguous rows of 16.
inline void transpose16(const float* from, std::size_t stride, float* to) {
  __m512 a[16];
  __m512 b[16];
  for (std::size_t i = 0; i < 16; i++) b[i] = _mm512_loadu_ps(from + i * stride);
  for (std::size_t i = 0; i < 16; i += 2) {
    a[i] = _mm512_unpacklo_ps(b[i], b[i + 1]);
    a[i + 1] = _mm512_unpackhi_ps(b[i], b[i + 1]);
  }
  for (std::size_t i = 0; i < 16; i += 4) {
    for (std::size_t j = 0; j < 2; j++) {
      const __m512d low = _mm512_castps_pd(a[i + j]);
      const __m512d high = _mm512_castps_pd(a[i + j + 2]);
      b[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
      b[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
    }
  }
  for (std::size_t i = 0; i < 16; i += 8) {
    for (std::size_t j = 0; j < 4; j++) {
      a[i + j] = _mm512_shuffle_f32x4(b[i + j], b[i + j + 4], 0x88);
      a[i + j + 4] = _mm512_shuffle_f32x4(b[i + j], b[i + j + 4], 0xdd);
    }
  }
  for (std::size_t j = 0; j < 8; j++) {
    _mm512_storeu_ps(to + j * 16, _mm512_shuffle_f32x4(a[j], a[j + 8], 0x88));
    _mm512_storeu_ps(to + (j + 8) * 16, _mm512_shuffle_f32x4(a[j], a[j + 8], 0xdd));
  }
}

// Writes the lanes of v chosen by mask, in order, with their indices first + lane; returns their number.
// All 16 places of both targets may be written.
inline std::size_t packLanes(float* values, std::uint32_t* indices, F32x16 v, std::uint32_t first,
                             std::uint16_t mask) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i all = _mm512_add_epi32(lanes, _mm512_set1_epi32(static_cast<int>(first)));
  _mm512_storeu_ps(values, _mm512_maskz_compress_ps(mask, v.v));
  _mm512_storeu_si512(indices, _mm512_maskz_compress_epi32(mask, all));
  return static_cast<std::size_t>(_mm_popcnt_u32(mask));
}

// The same with the indices given; the targets may be the sources or lie before them.
inline std::size_t packPairs(float* values, std::uint32_t* indices, F32x16 v,
                             const std::uint32_t* from, std::uint16_t mask) {
  const __m512i all = _mm512_loadu_si512(from);
  _mm512_storeu_ps(values, _mm512_maskz_compress_ps(mask, v.v));
  _mm512_storeu_si512(indices, _mm512_maskz_compress_epi32(mask, all));
  return static_cast<std::size_t>(_mm_popcnt_u32(mask));
}

// The least and the greatest lane; none is NaN.
inline float smallest(F32x16 a) { return _mm512_reduce_min_ps(a.v); }
inline float greatest(F32x16 a) { return _mm512_reduce_max_ps(a.v); }

// The least of v's lanes at or above the limit, and least itself; the greatest below it likewise.
inline F32x16 leastFrom(F32x16 least, F32x16 v, F32x16 limit) {
  return {_mm512_mask_min_ps(least.v, greaterEqual(v, limit), v.v, least.v)};
}
inline F32x16 greatestBelow(F32x16 greatest, F32x16 v, F32x16 limit) {
  return {_mm512_mask_max_ps(greatest.v, greater(limit, v), v.v, greatest.v)};
}

// --- Counts16

inline Counts16 noCounts() { return {_mm512_setzero_si512()}; }

// One more in each lane whose bit is set.
inline Counts16 countMask(Counts16 counts, std::uint16_t mask) {
  return {_mm512_mask_sub_epi32(counts.v, mask, counts.v, _mm512_set1_epi32(-1))};
}
// One more in each lane where the comparison holds.
inline Counts16 countGreater(Counts16 counts, F32x16 a, F32x16 b) {
  return countMask(counts, greater(a, b));
}
inline Counts16 countGreaterEqual(Counts16 counts, F32x16 a, F32x16 b) {
  return countMask(counts, greaterEqual(a, b));
}

inline void store(std::uint32_t* to, Counts16 counts) { _mm512_storeu_si512(to, counts.v); }
inline std::size_t total(Counts16 counts) {
  return static_cast<std::size_t>(static_cast<unsigned>(_mm512_reduce_add_epi32(counts.v)));
}
