// The Gram matrix of the columns of a tall matrix of float32 numbers, in double: each entry is one
// running sum of products over the rows, ascending, from +0; a product of two float32 numbers is
// exact in double, so that it matters to nobody whether sums are fused. A part owns GRAM_PART
// columns against themselves and all later ones, and mirrors what it finds. Rows are widened to
// double some at a time; the tile is that of projection.inl.h.

inline constexpr std::size_t GRAM_ROWS = 64;
inline constexpr std::size_t GRAM_LEFTS = (GRAM_PART + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
inline constexpr std::size_t GRAM_TILE = TILE_BLOCKS * 8;

// Columns of a part from its first on, with zeros until tiles of both shapes fit.
inline std::size_t gramStride(std::size_t columns) {
  const std::size_t least = columns < GRAM_LEFTS ? GRAM_LEFTS : columns;
  return (least + GRAM_TILE - 1) / GRAM_TILE * GRAM_TILE;
}

inline std::size_t gramScratchBytes(std::size_t columns) {
  return ALIGNMENT_BYTES + gramStride(columns) * (GRAM_ROWS + GRAM_LEFTS) * sizeof(double);
}

// Rows of `stride` doubles from float32 rows of `columns`, of which `own` are taken.
inline void gramWiden(const float* vectors, std::size_t rows, std::size_t columns, std::size_t own,
                      std::size_t stride, double* to) {
  for (std::size_t row = 0; row < rows; row++) {
    const float* from = vectors + row * columns;
    double* wide = to + row * stride;
    for (std::size_t i = 0; i < own; i++) wide[i] = static_cast<double>(from[i]);
    for (std::size_t i = own; i < stride; i++) wide[i] = 0.0;
  }
}

// Continues the sums of TILE_ROWS columns with TILE_BLOCKS x 8 others over some rows.
inline void gramTile(const double* wide, std::size_t rows, std::size_t stride, std::size_t left,
                     std::size_t right, double* sums) {
  F64x8 tile[TILE_ROWS][TILE_BLOCKS];
  double* own = sums + left * stride + right;
  for (std::size_t i = 0; i < TILE_ROWS; i++) {
    for (std::size_t b = 0; b < TILE_BLOCKS; b++) tile[i][b] = load(own + i * stride + b * 8);
  }
  for (std::size_t row = 0; row < rows; row++) {
    const double* values = wide + row * stride;
    F64x8 others[TILE_BLOCKS];
    for (std::size_t b = 0; b < TILE_BLOCKS; b++) others[b] = load(values + right + b * 8);
    for (std::size_t i = 0; i < TILE_ROWS; i++) {
      const F64x8 value = broadcast(values[left + i]);
      for (std::size_t b = 0; b < TILE_BLOCKS; b++) {
        tile[i][b] = multiplyAdd(value, others[b], tile[i][b]);
      }
    }
  }
  for (std::size_t i = 0; i < TILE_ROWS; i++) {
    for (std::size_t b = 0; b < TILE_BLOCKS; b++) store(own + i * stride + b * 8, tile[i][b]);
  }
}

// The entries of a part's columns with themselves and all later ones: gram columns x columns.
inline void gramMatrix(const float* vectors, std::size_t rows, std::size_t columns,
                       std::size_t part, std::byte* scratch, double* gram) {
  const std::size_t first = part * GRAM_PART;
  const std::size_t own = columns - first;
  const std::size_t stride = gramStride(own);
  const std::size_t lefts = own < GRAM_PART ? own : GRAM_PART;
  double* sums = reinterpret_cast<double*>(alignedScratch(scratch));
  double* wide = sums + GRAM_LEFTS * stride;
  std::memset(sums, 0, GRAM_LEFTS * stride * sizeof(double));
  for (std::size_t row = 0; row < rows; row += GRAM_ROWS) {
    const std::size_t count = rows - row < GRAM_ROWS ? rows - row : GRAM_ROWS;
    gramWiden(vectors + row * columns + first, count, columns, own, stride, wide);
    for (std::size_t left = 0; left < lefts; left += TILE_ROWS) {
      for (std::size_t right = left / GRAM_TILE * GRAM_TILE; right < own; right += GRAM_TILE) {
        gramTile(wide, count, stride, left, right, sums);
      }
    }
  }
  for (std::size_t i = 0; i < lefts; i++) {
    for (std::size_t j = i; j < own; j++) {
      const double sum = sums[i * stride + j];
      gram[(first + i) * columns + first + j] = sum;
      gram[(first + j) * columns + first + i] = sum;
    }
  }
}
