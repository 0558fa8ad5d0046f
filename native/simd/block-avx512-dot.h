// Register tiles of pair distances (native/kernels/dot.inl.h) on AVX-512: see block-scalar-dot.h
// for what each operation promises. Included by isa/avx512.cc after the block header.

using DotLanes = F32x16;
inline constexpr std::size_t DOT_LANES = 16;

inline constexpr std::size_t DOT_QUERIES = 4;
constexpr std::size_t dotTileRows(std::size_t queries) { return queries == 4 ? 4 : 8; }
inline constexpr std::size_t DOT_SPILL = 0;

inline DotLanes loadLanes(const float* from) { return load(from); }

inline void placeLanes(F32x16& sums, std::size_t, DotLanes lanes) { sums = lanes; }

// Transposed as they are folded, so that no lane of an addition is wasted.
template <std::size_t QUERIES, std::size_t ROWS>
inline void foldTile(const F32x16 (&sums)[QUERIES * ROWS], float* results, std::size_t stride) {
  const auto sum = [&](std::size_t i) {
    return i < QUERIES * ROWS ? sums[i].v : _mm512_setzero_ps();
  };
  const auto toEight = [&](std::size_t i) {  // the lanes of sum i, then those of sum i + 4
    const __m512 a = sum(i);
    const __m512 b = sum(i + 4);
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
  };
  const auto toFour = [&](std::size_t i) {  // sums i, i + 4, i + 8, i + 12
    const __m512 a = toEight(i);
    const __m512 b = toEight(i + 8);
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
  };
  const auto toTwo =
      [&](std::size_t i) {  // in each quarter: two lanes of toFour(i), two of toFour(i + 1)
        const __m512 a = toFour(i);
        const __m512 b = toFour(i + 1);
        return _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee));
      };
  const __m512 a = toTwo(0);
  const __m512 b = toTwo(2);
  const __m512 all = _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xdd));
  if constexpr (ROWS == 4) {
    _mm_storeu_ps(results, _mm512_castps512_ps128(all));
    _mm_storeu_ps(results + stride, _mm512_extractf32x4_ps(all, 1));
    _mm_storeu_ps(results + 2 * stride, _mm512_extractf32x4_ps(all, 2));
    _mm_storeu_ps(results + 3 * stride, _mm512_extractf32x4_ps(all, 3));
  } else {
    _mm256_storeu_ps(results, _mm512_castps512_ps256(all));
    if constexpr (QUERIES == 2) _mm256_storeu_ps(results + stride, _mm512_extractf32x8_ps(all, 1));
  }
}
