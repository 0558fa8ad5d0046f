// Dense product with the sign taken in registers: SimHash (Charikar 2002). Each output is one
// running sum of fused multiply-adds over the input index, ascending, from +0 (docs/numerics.md);
// lanes run across outputs, so tile shapes and blocks change the speed and never a bit. The tile is
// the outer-product kernel of Goto and van de Geijn (2008), kept in registers over the whole input.
//
// Panels: outputs in groups of 16, [group][input][16], and inside each half of a group the columns
// stand in reverse order (7..0, 15..8), so that the compare mask already is the
// most-significant-first byte pair. Thresholds are packed the same way, padding outputs with
// +infinity, whose bits are then zero.

// What works on blocks in registers must be inlined: said outright, since compilers give up in long
// files.

// Rows that visit one panel before the next, about 96: the panel stays in the second-level cache
// meanwhile.
inline constexpr std::size_t PROJECTION_ROWS = 96 / TILE_ROWS * TILE_ROWS;

// Inputs summed before the next rows, so that a panel's part fits the second-level cache at any
// width.
inline constexpr std::size_t PROJECTION_DEPTH = 2048;

// Inputs ahead of which panels are fetched from the second-level cache: without that, the tile
// waits for an eighth of its time (Sapphire Rapids; from 6 to 24 make no difference, 32 do not
// fit).
inline constexpr std::size_t PROJECTION_AHEAD = 8;

struct ProjectionInput {
  const float* vectors;
  std::size_t dim;
  const float* panels;
  const float* ahead = nullptr;  // as many rows, to be fetched while these are worked on; or null
};

// Takes a row's sums of neighbouring groups as code bytes.
struct ProjectionSignOutput {
  const float* thresholds;
  std::size_t bits;
  std::uint8_t* codes;

  template <std::size_t BLOCKS>
  [[gnu::always_inline]] void put(std::size_t row, std::size_t group,
                                  const F32x16 (&sums)[BLOCKS]) const {
    std::uint8_t* code = codes + row * ((bits + 7) / 8) + group * 2;
    const bool lastByte = (group + BLOCKS) * 16 < bits + 8;
    for (std::size_t c = 0; c < BLOCKS; c++) {
      const std::uint16_t mask = greater(sums[c], load(thresholds + (group + c) * 16));
      code[2 * c] = static_cast<std::uint8_t>(mask);
      if (c + 1 < BLOCKS || lastByte) code[2 * c + 1] = static_cast<std::uint8_t>(mask >> 8);
    }
  }
};

// Takes them as floats, back in natural order.
struct ProjectionValueOutput {
  std::size_t outputs;
  float* values;

  template <std::size_t BLOCKS>
  [[gnu::always_inline]] void put(std::size_t row, std::size_t group,
                                  const F32x16 (&sums)[BLOCKS]) const {
    float packed[BLOCKS * 16];
    for (std::size_t c = 0; c < BLOCKS; c++) store(packed + c * 16, sums[c]);
    float* value = values + row * outputs + group * 16;
    const std::size_t rest = outputs - group * 16;
    const std::size_t count = rest < BLOCKS * 16 ? rest : BLOCKS * 16;
    for (std::size_t lane = 0; lane < count; lane++) value[lane] = packed[lane ^ 7];
  }
};

// Continues the sums of ROWS rows and BLOCKS groups over the inputs begin..end.
template <std::size_t ROWS, std::size_t BLOCKS>
[[gnu::always_inline]] inline void projectionTile(const ProjectionInput& input, std::size_t row,
                                                  std::size_t group, std::size_t begin,
                                                  std::size_t end, F32x16 (&sums)[ROWS][BLOCKS]) {
  const std::size_t dim = input.dim;
  const float* vectors = input.vectors + row * dim;
  const float* panel = input.panels + group * dim * 16;
  const float* ahead = group == 0 && input.ahead != nullptr ? input.ahead + row * dim : nullptr;
  for (std::size_t i = begin; i < end; i++) {
    if (ahead != nullptr && i % 16 == 0) {
      for (std::size_t r = 0; r < ROWS; r++) prefetchSecond(ahead + r * dim + i);
    }
    F32x16 weights[BLOCKS];
    for (std::size_t c = 0; c < BLOCKS; c++) {
      prefetch(panel + (c * dim + i + PROJECTION_AHEAD) * 16);
      weights[c] = load(panel + (c * dim + i) * 16);
    }
    for (std::size_t r = 0; r < ROWS; r++) {
      const F32x16 value = broadcast(vectors[r * dim + i]);
      for (std::size_t c = 0; c < BLOCKS; c++) sums[r][c] = fma(value, weights[c], sums[r][c]);
    }
  }
}

template <std::size_t ROWS, std::size_t BLOCKS>
[[gnu::always_inline]] inline void projectionCopy(const F32x16 (&from)[ROWS][BLOCKS],
                                                  F32x16 (&to)[ROWS][BLOCKS]) {
  for (std::size_t r = 0; r < ROWS; r++) {
    for (std::size_t c = 0; c < BLOCKS; c++) to[r][c] = from[r][c];
  }
}

template <std::size_t ROWS, std::size_t BLOCKS>
[[gnu::always_inline]] inline void projectionClear(F32x16 (&sums)[ROWS][BLOCKS]) {
  for (std::size_t r = 0; r < ROWS; r++) {
    for (std::size_t c = 0; c < BLOCKS; c++) sums[r][c] = broadcast(0.0F);
  }
}

// Hands the rows of a tile to the output. A recursion, since an array indexed by a loop leaves the
// registers.
template <std::size_t FIRST, std::size_t ROWS, std::size_t BLOCKS, typename Output>
[[gnu::always_inline]] inline void projectionPut(const Output& output, std::size_t row,
                                                 std::size_t group,
                                                 const F32x16 (&sums)[ROWS][BLOCKS]) {
  output.put(row + FIRST, group, sums[FIRST]);
  if constexpr (FIRST + 1 < ROWS) projectionPut<FIRST + 1>(output, row, group, sums);
}

// ROWS rows and all groups from `group` on, BLOCKS at a time, then fewer, each over the whole
// input.
template <std::size_t ROWS, std::size_t BLOCKS, typename Output>
inline void projectionStrip(const ProjectionInput& input, const Output& output, std::size_t row,
                            std::size_t group, std::size_t groups) {
  for (; group + BLOCKS <= groups; group += BLOCKS) {
    F32x16 sums[ROWS][BLOCKS];
    projectionClear(sums);
    projectionTile(input, row, group, 0, input.dim, sums);
    projectionPut<0>(output, row, group, sums);
  }
  if constexpr (BLOCKS > 1) {
    projectionStrip<ROWS, BLOCKS / 2>(input, output, row, group, groups);
  }
}

// The rows after the last full tile. Few rows take more groups at once, to cover the latency of the
// sums.
template <std::size_t ROWS, typename Output>
inline void projectionLastRows(const ProjectionInput& input, const Output& output, std::size_t row,
                               std::size_t rows, std::size_t groups) {
  if constexpr (ROWS > 0) {
    if (rows != ROWS) {
      projectionLastRows<ROWS - 1>(input, output, row, rows, groups);
      return;
    }
    constexpr std::size_t SUMS = TILE_ROWS * TILE_BLOCKS;
    constexpr std::size_t BLOCKS = ROWS * 8 <= SUMS   ? 8
                                   : ROWS * 4 <= SUMS ? 4
                                   : ROWS * 2 <= SUMS ? 2
                                                      : 1;
    projectionStrip<ROWS, BLOCKS>(input, output, row, 0, groups);
  }
}

// Full tiles of the rows begin..end over BLOCKS groups.
template <std::size_t BLOCKS, typename Output>
inline void projectionPanel(const ProjectionInput& input, const Output& output, std::size_t begin,
                            std::size_t end, std::size_t group) {
  for (std::size_t row = begin; row < end; row += TILE_ROWS) {
    F32x16 sums[TILE_ROWS][BLOCKS];
    projectionClear(sums);
    projectionTile(input, row, group, 0, input.dim, sums);
    projectionPut<0>(output, row, group, sums);
  }
}

// The same for a long input: part after part, with the sums kept between.
template <std::size_t BLOCKS, typename Output>
inline void projectionLongPanel(const ProjectionInput& input, const Output& output,
                                std::size_t begin, std::size_t end, std::size_t group) {
  F32x16 kept[PROJECTION_ROWS / TILE_ROWS][TILE_ROWS][BLOCKS];
  for (auto& sums : kept) projectionClear(sums);
  std::size_t from = 0;
  for (; input.dim - from > PROJECTION_DEPTH; from += PROJECTION_DEPTH) {
    for (std::size_t row = begin; row < end; row += TILE_ROWS) {
      auto& own = kept[(row - begin) / TILE_ROWS];
      F32x16 sums[TILE_ROWS][BLOCKS];
      projectionCopy(own, sums);
      projectionTile(input, row, group, from, from + PROJECTION_DEPTH, sums);
      projectionCopy(sums, own);
    }
  }
  for (std::size_t row = begin; row < end; row += TILE_ROWS) {
    F32x16 sums[TILE_ROWS][BLOCKS];
    projectionCopy(kept[(row - begin) / TILE_ROWS], sums);
    projectionTile(input, row, group, from, input.dim, sums);
    projectionPut<0>(output, row, group, sums);
  }
}

// All groups from `group` on, in panels of BLOCKS, then of fewer. A panel of one group alone waits
// for its sums, so that 4 + 1 groups are taken as 3 + 2.
template <std::size_t BLOCKS, typename Output>
inline void projectionPanels(const ProjectionInput& input, const Output& output, std::size_t begin,
                             std::size_t end, std::size_t group, std::size_t groups) {
  for (; group + BLOCKS <= groups; group += BLOCKS) {
    if (BLOCKS > 2 && groups - group == BLOCKS + 1) break;
    if (input.dim > PROJECTION_DEPTH) {
      projectionLongPanel<BLOCKS>(input, output, begin, end, group);
    } else {
      projectionPanel<BLOCKS>(input, output, begin, end, group);
    }
  }
  if constexpr (BLOCKS > 1) {
    projectionPanels<BLOCKS - 1>(input, output, begin, end, group, groups);
  }
}

template <typename Output>
inline void project(const ProjectionInput& input, const Output& output, std::size_t rows,
                    std::size_t groups) {
  const std::size_t tiled = rows - rows % TILE_ROWS;
  for (std::size_t begin = 0; begin < tiled; begin += PROJECTION_ROWS) {
    const std::size_t end = tiled - begin > PROJECTION_ROWS ? begin + PROJECTION_ROWS : tiled;
    projectionPanels<TILE_BLOCKS>(input, output, begin, end, 0, groups);
  }
  projectionLastRows<TILE_ROWS - 1>(input, output, tiled, rows - tiled, groups);
}

// rows x ceil(bits / 8) bytes of codes; thresholds has ceil(bits / 16) x 16 packed entries.
inline void projectionSigns(const float* vectors, std::size_t rows, std::size_t dim,
                            const float* panels, const float* thresholds, std::size_t bits,
                            std::uint8_t* codes) {
  const ProjectionSignOutput output{thresholds, bits, codes};
  project(ProjectionInput{vectors, dim, panels}, output, rows, (bits + 15) / 16);
}

// rows x outputs values in natural order.
inline void projectionValues(const float* vectors, std::size_t rows, std::size_t dim,
                             const float* panels, std::size_t outputs, float* values) {
  const ProjectionValueOutput output{outputs, values};
  project(ProjectionInput{vectors, dim, panels}, output, rows, (outputs + 15) / 16);
}
