// The 64-byte blocks on AVX-512 (F, BW, DQ, VL, VBMI2, VNNI, VPOPCNTDQ): one register each.
// Every block-*.h defines the same names with the same results, bit for bit; only the registers
// differ. Included by isa/avx512.cc inside its namespace and its target region, never elsewhere.

struct F32x16 {
  __m512 v;
};

struct U64x8 {
  __m512i v;
};

// Register tile of the dense product: rows x blocks of 16 outputs kept in registers.
inline constexpr std::size_t TILE_ROWS = 6;
inline constexpr std::size_t TILE_BLOCKS = 4;

// Blocks that one pass of the Hadamard transform holds in registers: a power of two.
inline constexpr std::size_t BUTTERFLY_BLOCKS = 8;

// --- F32x16: memory

inline F32x16 load(const float* from) { return {_mm512_loadu_ps(from)}; }

// The first count (0..16) lanes from memory, the rest zero; reads nothing past them.
inline F32x16 loadPartial(const float* from, std::size_t count) {
  return {_mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << count) - 1U), from)};
}

inline void store(float* to, F32x16 a) { _mm512_storeu_ps(to, a.v); }

// The first count (0..16) lanes to memory; writes nothing past them.
inline void storePartial(float* to, F32x16 a, std::size_t count) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << count) - 1U), a.v);
}

inline F32x16 broadcast(float value) { return {_mm512_set1_ps(value)}; }

// --- F32x16: arithmetic (each one IEEE float32 rounding)

inline F32x16 add(F32x16 a, F32x16 b) { return {_mm512_add_ps(a.v, b.v)}; }
inline F32x16 subtract(F32x16 a, F32x16 b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline F32x16 multiply(F32x16 a, F32x16 b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline F32x16 divide(F32x16 a, F32x16 b) { return {_mm512_div_ps(a.v, b.v)}; }
inline F32x16 squareRoot(F32x16 a) { return {_mm512_sqrt_ps(a.v)}; }

// a * b + c, rounded once.
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }

// a > b ? a : b in each lane: b where either is NaN.
inline F32x16 maximum(F32x16 a, F32x16 b) { return {_mm512_max_ps(a.v, b.v)}; }
inline F32x16 minimum(F32x16 a, F32x16 b) { return {_mm512_min_ps(a.v, b.v)}; }

// --- F32x16: lanes (bit i of a mask is lane i)

inline std::uint16_t greater(F32x16 a, F32x16 b) {
  return _mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ);
}
inline std::uint16_t greaterEqual(F32x16 a, F32x16 b) {
  return _mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ);
}
inline std::uint16_t equal(F32x16 a, F32x16 b) { return _mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ); }

// Lanes that are neither infinite nor NaN.
inline std::uint16_t finite(F32x16 a) {
  return static_cast<std::uint16_t>(~_mm512_fpclass_ps_mask(a.v, 0x99));
}

// The fixed fold of the law: 16 -> 8 -> 4 -> 2 -> 1, lane i with lane i + half.
inline float fold(F32x16 a) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a.v), _mm512_extractf32x8_ps(a.v, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// Flips the signs of the lanes whose word is 0x80000000; the other words are 0.
[[gnu::always_inline]] inline F32x16 flipSigns(F32x16 a, const std::uint32_t* signs) {
  return {
      _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(a.v), _mm512_loadu_si512(signs)))};
}

// One Hadamard stage: other + own in the lower lanes of each pair, other - own in the upper ones;
// swapped, the lower lanes take the difference. A product with 1 or -1 is exact, so fusing it
// rounds as the sum does.
template <bool SWAPPED>
[[gnu::always_inline]] inline __m512 butterflyStage(__m512 own, __m512 other, __mmask16 upper) {
  const __m512 one = _mm512_set1_ps(1.0F);
  const __m512 sign = _mm512_mask_blend_ps(upper, one, _mm512_set1_ps(-1.0F));
  return SWAPPED ? _mm512_fnmadd_ps(other, sign, own) : _mm512_fmadd_ps(own, sign, other);
}

// The Hadamard butterflies (a, b) -> (a + b, a - b) inside the block, at the strides 8, 4, 2, 1.
// REVERSED: lane i receives what would be in lane i ^ 7, so that a compare mask is the
// most-significant-first byte pair.
template <bool REVERSED>
[[gnu::always_inline]] inline F32x16 butterflies(F32x16 a) {
  __m512 v = a.v;
  v = butterflyStage<false>(v, _mm512_shuffle_f32x4(v, v, 0x4e), 0xff00);
  v = butterflyStage<REVERSED>(v, _mm512_shuffle_f32x4(v, v, 0xb1), 0xf0f0);
  v = butterflyStage<REVERSED>(v, _mm512_permute_ps(v, 0x4e), 0xcccc);
  return {butterflyStage<REVERSED>(v, _mm512_permute_ps(v, 0xb1), 0xaaaa)};
}

// --- U64x8

inline U64x8 load(const std::uint64_t* from) { return {_mm512_loadu_si512(from)}; }
inline void store(std::uint64_t* to, U64x8 a) { _mm512_storeu_si512(to, a.v); }
inline U64x8 broadcast(std::uint64_t value) {
  return {_mm512_set1_epi64(static_cast<long long>(value))};
}
inline U64x8 exclusiveOr(U64x8 a, U64x8 b) { return {_mm512_xor_si512(a.v, b.v)}; }
inline U64x8 add(U64x8 a, U64x8 b) { return {_mm512_add_epi64(a.v, b.v)}; }
inline U64x8 popcount(U64x8 a) { return {_mm512_popcnt_epi64(a.v)}; }
inline std::uint8_t less(U64x8 a, U64x8 b) { return _mm512_cmplt_epu64_mask(a.v, b.v); }
