// The 64-byte blocks on AVX2 with FMA, POPCNT and BMI2: two registers each.
// Every block-*.h defines the same names with the same results, bit for bit; only the registers
// differ. Included by isa/avx2.cc inside its namespace and its target region, never elsewhere.

struct F32x16 {
  __m256 v[2];
};

struct U64x8 {
  __m256i v[2];
};

// Register tile of the dense product: 6 rows x 2 registers cover the latency of both FMA units.
inline constexpr std::size_t TILE_ROWS = 6;
inline constexpr std::size_t TILE_BLOCKS = 1;

// Blocks that one pass of the Hadamard transform holds in registers: a power of two.
inline constexpr std::size_t BUTTERFLY_BLOCKS = 4;

// --- F32x16: memory

inline F32x16 load(const float* from) { return {_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)}; }

// All ones in the first count (0..8) lanes.
inline __m256i firstLanes(std::size_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

// The first count (0..16) lanes from memory, the rest zero; reads nothing past them.
inline F32x16 loadPartial(const float* from, std::size_t count) {
  const std::size_t low = count < 8 ? count : 8;
  return {_mm256_maskload_ps(from, firstLanes(low)),
          _mm256_maskload_ps(from + 8, firstLanes(count - low))};
}

inline void store(float* to, F32x16 a) {
  _mm256_storeu_ps(to, a.v[0]);
  _mm256_storeu_ps(to + 8, a.v[1]);
}

// The first count (0..16) lanes to memory; writes nothing past them.
inline void storePartial(float* to, F32x16 a, std::size_t count) {
  const std::size_t low = count < 8 ? count : 8;
  _mm256_maskstore_ps(to, firstLanes(low), a.v[0]);
  _mm256_maskstore_ps(to + 8, firstLanes(count - low), a.v[1]);
}

inline F32x16 broadcast(float value) { return {_mm256_set1_ps(value), _mm256_set1_ps(value)}; }

// --- F32x16: arithmetic (each one IEEE float32 rounding)

inline F32x16 add(F32x16 a, F32x16 b) {
  return {_mm256_add_ps(a.v[0], b.v[0]), _mm256_add_ps(a.v[1], b.v[1])};
}
inline F32x16 subtract(F32x16 a, F32x16 b) {
  return {_mm256_sub_ps(a.v[0], b.v[0]), _mm256_sub_ps(a.v[1], b.v[1])};
}
inline F32x16 multiply(F32x16 a, F32x16 b) {
  return {_mm256_mul_ps(a.v[0], b.v[0]), _mm256_mul_ps(a.v[1], b.v[1])};
}
inline F32x16 divide(F32x16 a, F32x16 b) {
  return {_mm256_div_ps(a.v[0], b.v[0]), _mm256_div_ps(a.v[1], b.v[1])};
}
inline F32x16 squareRoot(F32x16 a) { return {_mm256_sqrt_ps(a.v[0]), _mm256_sqrt_ps(a.v[1])}; }

// a * b + c, rounded once.
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return {_mm256_fmadd_ps(a.v[0], b.v[0], c.v[0]), _mm256_fmadd_ps(a.v[1], b.v[1], c.v[1])};
}

// a > b ? a : b in each lane: b where either is NaN.
inline F32x16 maximum(F32x16 a, F32x16 b) {
  return {_mm256_max_ps(a.v[0], b.v[0]), _mm256_max_ps(a.v[1], b.v[1])};
}
inline F32x16 minimum(F32x16 a, F32x16 b) {
  return {_mm256_min_ps(a.v[0], b.v[0]), _mm256_min_ps(a.v[1], b.v[1])};
}

// --- F32x16: lanes (bit i of a mask is lane i)

inline std::uint16_t signs(__m256 low, __m256 high) {
  return static_cast<std::uint16_t>(_mm256_movemask_ps(low) | _mm256_movemask_ps(high) << 8);
}
inline std::uint16_t greater(F32x16 a, F32x16 b) {
  return signs(_mm256_cmp_ps(a.v[0], b.v[0], _CMP_GT_OQ),
               _mm256_cmp_ps(a.v[1], b.v[1], _CMP_GT_OQ));
}
inline std::uint16_t greaterEqual(F32x16 a, F32x16 b) {
  return signs(_mm256_cmp_ps(a.v[0], b.v[0], _CMP_GE_OQ),
               _mm256_cmp_ps(a.v[1], b.v[1], _CMP_GE_OQ));
}
inline std::uint16_t equal(F32x16 a, F32x16 b) {
  return signs(_mm256_cmp_ps(a.v[0], b.v[0], _CMP_EQ_OQ),
               _mm256_cmp_ps(a.v[1], b.v[1], _CMP_EQ_OQ));
}

// Lanes that are neither infinite nor NaN.
inline std::uint16_t finite(F32x16 a) {
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  const __m256 infinity = _mm256_castsi256_ps(_mm256_set1_epi32(0x7f800000));
  return signs(_mm256_cmp_ps(_mm256_and_ps(a.v[0], magnitude), infinity, _CMP_LT_OQ),
               _mm256_cmp_ps(_mm256_and_ps(a.v[1], magnitude), infinity, _CMP_LT_OQ));
}

// The fixed fold of the law: 16 -> 8 -> 4 -> 2 -> 1, lane i with lane i + half.
inline float fold(F32x16 a) {
  const __m256 eight = _mm256_add_ps(a.v[0], a.v[1]);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// Flips the signs of the lanes whose word is 0x80000000; the other words are 0.
[[gnu::always_inline]] inline F32x16 flipSigns(F32x16 a, const std::uint32_t* signs) {
  const auto* words = reinterpret_cast<const __m256i*>(signs);
  return {_mm256_xor_ps(a.v[0], _mm256_castsi256_ps(_mm256_loadu_si256(words))),
          _mm256_xor_ps(a.v[1], _mm256_castsi256_ps(_mm256_loadu_si256(words + 1)))};
}

// One Hadamard stage: other + own in the lower lanes of each pair, other - own in the upper ones;
// swapped, the lower lanes take the difference. A product with 1 or -1 is exact, so fusing it
// rounds as the sum does.
template <bool SWAPPED>
[[gnu::always_inline]] inline __m256 butterflyStage(__m256 own, __m256 other, __m256 sign) {
  return SWAPPED ? _mm256_fnmadd_ps(other, sign, own) : _mm256_fmadd_ps(own, sign, other);
}
template <bool SWAPPED>
[[gnu::always_inline]] inline __m256 butterflyLanes(__m256 v) {
  v = butterflyStage<SWAPPED>(v, _mm256_permute2f128_ps(v, v, 1),
                              _mm256_setr_ps(1, 1, 1, 1, -1, -1, -1, -1));
  v = butterflyStage<SWAPPED>(v, _mm256_permute_ps(v, 0x4e),
                              _mm256_setr_ps(1, 1, -1, -1, 1, 1, -1, -1));
  return butterflyStage<SWAPPED>(v, _mm256_permute_ps(v, 0xb1),
                                 _mm256_setr_ps(1, -1, 1, -1, 1, -1, 1, -1));
}

// The Hadamard butterflies (a, b) -> (a + b, a - b) inside the block, at the strides 8, 4, 2, 1.
// REVERSED: lane i receives what would be in lane i ^ 7, so that a compare mask is the
// most-significant-first byte pair.
template <bool REVERSED>
[[gnu::always_inline]] inline F32x16 butterflies(F32x16 a) {
  return {butterflyLanes<REVERSED>(_mm256_add_ps(a.v[0], a.v[1])),
          butterflyLanes<REVERSED>(_mm256_sub_ps(a.v[0], a.v[1]))};
}

// --- U64x8

inline U64x8 load(const std::uint64_t* from) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 4))};
}
inline void store(std::uint64_t* to, U64x8 a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), a.v[0]);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 4), a.v[1]);
}
inline U64x8 broadcast(std::uint64_t value) {
  const __m256i all = _mm256_set1_epi64x(static_cast<long long>(value));
  return {all, all};
}
inline U64x8 exclusiveOr(U64x8 a, U64x8 b) {
  return {_mm256_xor_si256(a.v[0], b.v[0]), _mm256_xor_si256(a.v[1], b.v[1])};
}
inline U64x8 add(U64x8 a, U64x8 b) {
  return {_mm256_add_epi64(a.v[0], b.v[0]), _mm256_add_epi64(a.v[1], b.v[1])};
}

// Population count of four 64-bit lanes by nibble lookup (Mula).
inline __m256i popcountLanes(__m256i a) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i nibble = _mm256_set1_epi8(0x0f);
  const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(a, nibble));
  const __m256i high =
      _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(a, 4), nibble));
  return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}
inline U64x8 popcount(U64x8 a) { return {popcountLanes(a.v[0]), popcountLanes(a.v[1])}; }

// a < b in each lane; both below 2^63.
inline std::uint8_t less(U64x8 a, U64x8 b) {
  const auto lanes = [](__m256i x, __m256i y) {
    return _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(y, x)));
  };
  return static_cast<std::uint8_t>(lanes(a.v[0], b.v[0]) | lanes(a.v[1], b.v[1]) << 4);
}
