// Integers of 32 bits in blocks of 16, and rows of 16-bit weights that are added up in them
// (native/kernels/windows.inl.h) on AVX-512: see block-scalar-windows.h for what each operation
// promises. Included by isa/avx512.cc after the block header.

struct I32x16 {
  __m512i v;
};

// Two rows are interleaved within each 16 bytes, so that one instruction multiplies and adds pairs.
struct I32x32 {
  I32x16 low;
  I32x16 high;
};

struct WeightPair {
  __m512i v;
};

inline I32x16 load(const std::int32_t* from) { return {_mm512_loadu_si512(from)}; }
inline void store(std::int32_t* to, I32x16 a) { _mm512_storeu_si512(to, a.v); }
inline I32x16 broadcast(std::int32_t value) { return {_mm512_set1_epi32(value)}; }
inline I32x16 add(I32x16 a, I32x16 b) { return {_mm512_add_epi32(a.v, b.v)}; }
inline I32x16 maximum(I32x16 a, I32x16 b) { return {_mm512_max_epi32(a.v, b.v)}; }
inline I32x16 minimum(I32x16 a, I32x16 b) { return {_mm512_min_epi32(a.v, b.v)}; }
inline std::int32_t greatest(I32x16 a) { return _mm512_reduce_max_epi32(a.v); }
inline std::int32_t smallest(I32x16 a) { return _mm512_reduce_min_epi32(a.v); }
inline std::uint16_t greaterEqual(I32x16 a, I32x16 b) { return _mm512_cmpge_epi32_mask(a.v, b.v); }
inline Counts16 countGreaterEqual(Counts16 counts, I32x16 a, I32x16 b) {
  return countMask(counts, greaterEqual(a, b));
}

inline WeightPair weightPair(std::int32_t first, std::int32_t second) {
  const std::uint32_t low = static_cast<std::uint16_t>(first);
  const std::uint32_t high = static_cast<std::uint16_t>(second);
  return {_mm512_set1_epi32(static_cast<int>(high << 16 | low))};
}

[[gnu::always_inline]] inline I32x32 weighed(const std::int16_t* a, const std::int16_t* b,
                                             WeightPair pair) {
  const __m512i first = _mm512_loadu_si512(a);
  const __m512i second = _mm512_loadu_si512(b);
  return {{_mm512_madd_epi16(_mm512_unpacklo_epi16(first, second), pair.v)},
          {_mm512_madd_epi16(_mm512_unpackhi_epi16(first, second), pair.v)}};
}

[[gnu::always_inline]] inline I32x32 addWeighed(I32x32 sums, const std::int16_t* a,
                                                const std::int16_t* b, WeightPair pair) {
  const __m512i first = _mm512_loadu_si512(a);
  const __m512i second = _mm512_loadu_si512(b);
  return {{_mm512_dpwssd_epi32(sums.low.v, _mm512_unpacklo_epi16(first, second), pair.v)},
          {_mm512_dpwssd_epi32(sums.high.v, _mm512_unpackhi_epi16(first, second), pair.v)}};
}

inline I32x32 inOrder(I32x32 sums) {
  const __m512i first = _mm512_shuffle_i32x4(sums.low.v, sums.high.v, 0x44);
  const __m512i second = _mm512_shuffle_i32x4(sums.low.v, sums.high.v, 0xee);
  return {{_mm512_shuffle_i32x4(first, first, 0xd8)}, {_mm512_shuffle_i32x4(second, second, 0xd8)}};
}
