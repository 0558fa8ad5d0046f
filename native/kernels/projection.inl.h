// Dense product with the sign taken in registers: SimHash (Charikar 2002). Each output is one running sum of
// fused multiply-adds over the input index, ascending, from 0 (docs/numerics.md); lanes run across outputs.
//
// Panels: outputs in groups of 16, [group][input][16], and inside each half of a group the columns stand in
// reverse order (7..0, 15..8), so that the compare mask already is the most-significant-first byte pair.
// Thresholds are packed the same way, padding outputs with +infinity, whose bits are then zero.

template <std::size_t ROWS, std::size_t BLOCKS>
inline void projectionTile(const float* vectors, std::size_t dim, const float* panel, F32x16 (&sums)[ROWS][BLOCKS]) {
  for (std::size_t r = 0; r < ROWS; r++) {
    for (std::size_t c = 0; c < BLOCKS; c++) sums[r][c] = broadcast(0.0F);
  }
  for (std::size_t i = 0; i < dim; i++) {
    for (std::size_t r = 0; r < ROWS; r++) {
      const F32x16 value = broadcast(vectors[r * dim + i]);
      for (std::size_t c = 0; c < BLOCKS; c++) {
        sums[r][c] = fma(value, load(panel + (c * dim + i) * 16), sums[r][c]);
      }
    }
  }
}

// rows x ceil(bits / 8) bytes of codes; thresholds has ceil(bits / 16) x 16 packed entries.
inline void projectionSigns(const float* vectors, std::size_t rows, std::size_t dim, const float* panels,
                            const float* thresholds, std::size_t bits, std::uint8_t* codes) {
  const std::size_t codeBytes = (bits + 7) / 8;
  for (std::size_t row = 0; row < rows; row++) {
    for (std::size_t j = 0; j < bits; j += 16) {
      F32x16 sums[1][1];
      projectionTile<1, 1>(vectors + row * dim, dim, panels + j * dim, sums);
      const std::uint16_t mask = greater(sums[0][0], load(thresholds + j));
      codes[row * codeBytes + j / 8] = static_cast<std::uint8_t>(mask);
      if (j + 8 < bits) codes[row * codeBytes + j / 8 + 1] = static_cast<std::uint8_t>(mask >> 8);
    }
  }
}

// rows x outputs values in natural order.
inline void projectionValues(const float* vectors, std::size_t rows, std::size_t dim, const float* panels,
                             std::size_t outputs, float* values) {
  for (std::size_t row = 0; row < rows; row++) {
    for (std::size_t j = 0; j < outputs; j += 16) {
      F32x16 sums[1][1];
      projectionTile<1, 1>(vectors + row * dim, dim, panels + j * dim, sums);
      float packed[16];
      store(packed, sums[0][0]);
      for (std::size_t lane = 0; lane < 16 && j + lane < outputs; lane++) {
        values[row * outputs + j + lane] = packed[lane ^ 7];
      }
    }
  }
}
