// Register tiles of pair distances (native/kernels/dot.inl.h) in plain C++: the specification of
// the other levels. A tile is summed in passes of DOT_LANES of the 16 lanes, as many as leave
// registers for all of its sums. Included by isa/scalar.cc after the block header.

using DotLanes = F32x16;
inline constexpr std::size_t DOT_LANES = 16;

// Queries of the widest tile; narrower ones halve them. Rows of a tile that has so many queries.
inline constexpr std::size_t DOT_QUERIES = 1;
constexpr std::size_t dotTileRows(std::size_t) { return 1; }

// Floats after a query's last result that foldTile may write.
inline constexpr std::size_t DOT_SPILL = 0;

inline DotLanes loadLanes(const float* from) { return load(from); }

// Puts the lanes of a pass where they belong among the 16.
inline void placeLanes(F32x16& sums, std::size_t, const DotLanes& lanes) { sums = lanes; }

// results[q * stride + r] = fold(sums[q * ROWS + r])
template <std::size_t QUERIES, std::size_t ROWS>
inline void foldTile(const F32x16 (&sums)[QUERIES * ROWS], float* results, std::size_t stride) {
  for (std::size_t q = 0; q < QUERIES; q++) {
    for (std::size_t r = 0; r < ROWS; r++) results[q * stride + r] = fold(sums[q * ROWS + r]);
  }
}
