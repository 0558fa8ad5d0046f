// Integers of 32 bits in blocks of 16, and rows of 16-bit weights that are added up in them
// (native/kernels/windows.inl.h) on AVX2: see block-scalar-windows.h for what each operation
// promises. Included by isa/avx2.cc after the block header.

struct I32x16 {
  __m256i v[2];
};

// Two rows are interleaved within each 16 bytes, so that one instruction multiplies and adds pairs.
struct I32x32 {
  I32x16 low;
  I32x16 high;
};

struct WeightPair {
  __m256i v;
};

inline I32x16 load(const std::int32_t* from) {
  const auto* registers = reinterpret_cast<const __m256i*>(from);
  return {_mm256_loadu_si256(registers), _mm256_loadu_si256(registers + 1)};
}
inline void store(std::int32_t* to, I32x16 a) {
  auto* registers = reinterpret_cast<__m256i*>(to);
  _mm256_storeu_si256(registers, a.v[0]);
  _mm256_storeu_si256(registers + 1, a.v[1]);
}
inline I32x16 broadcast(std::int32_t value) {
  return {_mm256_set1_epi32(value), _mm256_set1_epi32(value)};
}
inline I32x16 add(I32x16 a, I32x16 b) {
  return {_mm256_add_epi32(a.v[0], b.v[0]), _mm256_add_epi32(a.v[1], b.v[1])};
}
inline I32x16 maximum(I32x16 a, I32x16 b) {
  return {_mm256_max_epi32(a.v[0], b.v[0]), _mm256_max_epi32(a.v[1], b.v[1])};
}
inline I32x16 minimum(I32x16 a, I32x16 b) {
  return {_mm256_min_epi32(a.v[0], b.v[0]), _mm256_min_epi32(a.v[1], b.v[1])};
}
inline std::int32_t greatest(I32x16 a) {
  const __m256i eight = _mm256_max_epi32(a.v[0], a.v[1]);
  __m128i four = _mm_max_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  four = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  return _mm_cvtsi128_si32(_mm_max_epi32(four, _mm_shuffle_epi32(four, 0xb1)));
}
inline std::int32_t smallest(I32x16 a) {
  const __m256i eight = _mm256_min_epi32(a.v[0], a.v[1]);
  __m128i four = _mm_min_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  four = _mm_min_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  return _mm_cvtsi128_si32(_mm_min_epi32(four, _mm_shuffle_epi32(four, 0xb1)));
}
// a < b in each lane, as all ones.
inline F32x16 lessLanes(I32x16 a, I32x16 b) {
  return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(b.v[0], a.v[0])),
          _mm256_castsi256_ps(_mm256_cmpgt_epi32(b.v[1], a.v[1]))};
}
inline std::uint16_t greaterEqual(I32x16 a, I32x16 b) {
  const F32x16 less = lessLanes(a, b);
  return static_cast<std::uint16_t>(~signs(less.v[0], less.v[1]));
}
inline Counts16 countGreaterEqual(Counts16 counts, I32x16 a, I32x16 b) {
  const __m256i ones = _mm256_set1_epi32(-1);
  const F32x16 less = lessLanes(a, b);
  return {_mm256_sub_epi32(counts.v[0], _mm256_xor_si256(_mm256_castps_si256(less.v[0]), ones)),
          _mm256_sub_epi32(counts.v[1], _mm256_xor_si256(_mm256_castps_si256(less.v[1]), ones))};
}

inline WeightPair weightPair(std::int32_t first, std::int32_t second) {
  const std::uint32_t low = static_cast<std::uint16_t>(first);
  const std::uint32_t high = static_cast<std::uint16_t>(second);
  return {_mm256_set1_epi32(static_cast<int>(high << 16 | low))};
}

[[gnu::always_inline]] inline I32x32 weighed(const std::int16_t* a, const std::int16_t* b,
                                             WeightPair pair) {
  const auto* left = reinterpret_cast<const __m256i*>(a);
  const auto* right = reinterpret_cast<const __m256i*>(b);
  const __m256i a0 = _mm256_loadu_si256(left);
  const __m256i b0 = _mm256_loadu_si256(right);
  const __m256i a1 = _mm256_loadu_si256(left + 1);
  const __m256i b1 = _mm256_loadu_si256(right + 1);
  return {{_mm256_madd_epi16(_mm256_unpacklo_epi16(a0, b0), pair.v),
           _mm256_madd_epi16(_mm256_unpacklo_epi16(a1, b1), pair.v)},
          {_mm256_madd_epi16(_mm256_unpackhi_epi16(a0, b0), pair.v),
           _mm256_madd_epi16(_mm256_unpackhi_epi16(a1, b1), pair.v)}};
}

inline I32x32 addWeighed(I32x32 sums, const std::int16_t* a, const std::int16_t* b,
                         WeightPair pair) {
  const I32x32 own = weighed(a, b, pair);
  return {add(sums.low, own.low), add(sums.high, own.high)};
}

inline I32x32 inOrder(I32x32 sums) {
  const auto sixteen = [&](int i) -> I32x16 {
    return {_mm256_permute2x128_si256(sums.low.v[i], sums.high.v[i], 0x20),
            _mm256_permute2x128_si256(sums.low.v[i], sums.high.v[i], 0x31)};
  };
  return {sixteen(0), sixteen(1)};
}
