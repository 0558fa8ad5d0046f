// Sums of products of bytes (native/kernels/rerank.inl.h) and distances as bytes
// (native/kernels/shortlist.inl.h) on NEON: see block-scalar-rerank.h for
// what each operation promises. Included by isa/neon.cc after the block header.

struct ByteSums {
  int32x4_t v;
};

inline ByteSums noByteSums() { return {vdupq_n_s32(0)}; }

inline ByteSums addProducts(ByteSums sums, const std::int8_t* a, const std::int8_t* b) {
  for (std::size_t i = 0; i < 32; i += 16) {
    const int8x16_t x = vld1q_s8(a + i);
    const int8x16_t y = vld1q_s8(b + i);
    sums.v = vpadalq_s16(sums.v, vmull_s8(vget_low_s8(x), vget_low_s8(y)));
    sums.v = vpadalq_s16(sums.v, vmull_s8(vget_high_s8(x), vget_high_s8(y)));
  }
  return sums;
}

inline std::int32_t total(ByteSums sums) { return vaddvq_s32(sums.v); }

inline void storeBytes(std::uint8_t* to, U64x8 a) {
  const uint32x4_t low = vcombine_u32(vmovn_u64(a.v[0]), vmovn_u64(a.v[1]));
  const uint32x4_t high = vcombine_u32(vmovn_u64(a.v[2]), vmovn_u64(a.v[3]));
  vst1_u8(to, vqmovn_u16(vcombine_u16(vmovn_u32(low), vmovn_u32(high))));
}
