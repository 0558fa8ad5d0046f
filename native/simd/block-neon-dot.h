// Register tiles of pair distances (native/kernels/dot.inl.h) on NEON: see block-scalar-dot.h for
// what each operation promises. Four passes of 4 lanes: 16 sums, 4 rows and a query fit the 32
// registers. Included by isa/neon.cc after the block header.

struct DotLanes {
  float32x4_t v;
};
inline constexpr std::size_t DOT_LANES = 4;

inline constexpr std::size_t DOT_QUERIES = 4;
constexpr std::size_t dotTileRows(std::size_t queries) { return queries == 4 ? 4 : 8; }
inline constexpr std::size_t DOT_SPILL = 0;

inline DotLanes loadLanes(const float* from) { return {vld1q_f32(from)}; }

inline DotLanes subtract(DotLanes a, DotLanes b) { return {vsubq_f32(a.v, b.v)}; }

inline DotLanes fma(DotLanes a, DotLanes b, DotLanes c) { return {vfmaq_f32(c.v, a.v, b.v)}; }

inline void placeLanes(F32x16& sums, std::size_t pass, DotLanes lanes) { sums.v[pass] = lanes.v; }

// Four sums at a time.
template <std::size_t QUERIES, std::size_t ROWS>
inline void foldTile(const F32x16 (&sums)[QUERIES * ROWS], float* results, std::size_t stride) {
  static_assert(ROWS % 4 == 0);
  const auto toFour = [&](const F32x16& a) {
    return vaddq_f32(vaddq_f32(a.v[0], a.v[2]), vaddq_f32(a.v[1], a.v[3]));
  };
  const auto toTwo = [&](const F32x16& a, const F32x16& b) {
    const float32x4_t x = toFour(a);
    const float32x4_t y = toFour(b);
    return vcombine_f32(vadd_f32(vget_low_f32(x), vget_high_f32(x)),
                        vadd_f32(vget_low_f32(y), vget_high_f32(y)));
  };
  for (std::size_t q = 0; q < QUERIES; q++) {
    for (std::size_t r = 0; r < ROWS; r += 4) {
      const F32x16* four = sums + q * ROWS + r;
      vst1q_f32(results + q * stride + r,
                vpaddq_f32(toTwo(four[0], four[1]), toTwo(four[2], four[3])));
    }
  }
}
