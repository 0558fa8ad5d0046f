// Register tiles of pair distances (native/kernels/dot.inl.h) on AVX2: see block-scalar-dot.h for
// what each operation promises. Two passes of 8 lanes, because 12 sums, 3 rows and a query just
// fill the 16 registers. Included by isa/avx2.cc after the block header.

struct DotLanes {
  __m256 v;
};
inline constexpr std::size_t DOT_LANES = 8;

inline constexpr std::size_t DOT_QUERIES = 4;
constexpr std::size_t dotTileRows(std::size_t queries) {
  return queries == 4 ? 3 : queries == 2 ? 4 : 8;
}
inline constexpr std::size_t DOT_SPILL = 1;

inline DotLanes loadLanes(const float* from) { return {_mm256_loadu_ps(from)}; }

inline DotLanes subtract(DotLanes a, DotLanes b) { return {_mm256_sub_ps(a.v, b.v)}; }

inline DotLanes fma(DotLanes a, DotLanes b, DotLanes c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }

inline void placeLanes(F32x16& sums, std::size_t pass, DotLanes lanes) { sums.v[pass] = lanes.v; }

// Folds of a, c, e, g, then of b, d, f, h: transposed as they are folded, so that no lane is
// wasted.
inline __m256 foldEight(const F32x16& a, const F32x16& b, const F32x16& c, const F32x16& d,
                        const F32x16& e, const F32x16& f, const F32x16& g, const F32x16& h) {
  const auto toFour = [&](const F32x16& x, const F32x16& y) {  // x's lanes, then y's
    const __m256 low = _mm256_add_ps(x.v[0], x.v[1]);
    const __m256 high = _mm256_add_ps(y.v[0], y.v[1]);
    return _mm256_add_ps(_mm256_permute2f128_ps(low, high, 0x20),
                         _mm256_permute2f128_ps(low, high, 0x31));
  };
  const auto toTwo = [&](__m256 x, __m256 y) {  // in each half: x's lanes, then y's
    return _mm256_add_ps(_mm256_shuffle_ps(x, y, 0x44), _mm256_shuffle_ps(x, y, 0xee));
  };
  const __m256 x = toTwo(toFour(a, b), toFour(c, d));
  const __m256 y = toTwo(toFour(e, f), toFour(g, h));
  return _mm256_add_ps(_mm256_shuffle_ps(x, y, 0x88), _mm256_shuffle_ps(x, y, 0xdd));
}

template <std::size_t QUERIES, std::size_t ROWS>
inline void foldTile(const F32x16 (&sums)[QUERIES * ROWS], float* results, std::size_t stride) {
  if constexpr (QUERIES == 1) {
    static_assert(ROWS == 8);
    _mm256_storeu_ps(
        results, foldEight(sums[0], sums[4], sums[1], sums[5], sums[2], sums[6], sums[3], sums[7]));
  } else {
    for (std::size_t q = 0; q < QUERIES; q += 2) {
      const F32x16* a = sums + q * ROWS;
      const F32x16* b = a + ROWS;
      const __m256 both = foldEight(a[0], b[0], a[1], b[1], a[2], b[2], a[ROWS - 1], b[ROWS - 1]);
      _mm_storeu_ps(results + q * stride, _mm256_castps256_ps128(both));
      _mm_storeu_ps(results + (q + 1) * stride, _mm256_extractf128_ps(both, 1));
    }
  }
}
