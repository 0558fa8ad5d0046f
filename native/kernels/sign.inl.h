// Signs of raw values: one bit a coordinate, value > threshold (binary quantisation), and the check
// that guards every hasher: the first value that is not finite. Bits are packed most significant
// first, as numpy's packbits does; padding bits are zero.

// Index of the first NaN or infinity among count values, or count.
inline std::size_t firstNonFinite(const float* values, std::size_t count) {
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const unsigned bad = 0xffffU & ~static_cast<unsigned>(finite(load(values + i)));
    if (bad != 0) return i + trailingZeros(bad);
  }
  const unsigned bad = 0xffffU & ~static_cast<unsigned>(finite(loadPartial(values + i, count - i)));
  return bad != 0 ? i + trailingZeros(bad) : count;
}

// rows x ceil(dim / 8) bytes of codes; bit j of a row is vectors[row][j] > thresholds[j].
inline void signCodes(const float* vectors, std::size_t rows, std::size_t dim,
                      const float* thresholds, std::uint8_t* codes) {
  const std::size_t codeBytes = (dim + 7) / 8;
  for (std::size_t row = 0; row < rows; row++) {
    const float* vector = vectors + row * dim;
    std::uint8_t* code = codes + row * codeBytes;
    std::size_t i = 0;
    for (; i + 16 <= dim; i += 16) {
      const std::uint16_t mask = greater(load(vector + i), load(thresholds + i));
      code[i / 8] = reverseBits(mask & 0xff);
      code[i / 8 + 1] = reverseBits(mask >> 8);
    }
    if (i < dim) {
      const std::size_t rest = dim - i;
      const std::uint16_t mask =
          greater(loadPartial(vector + i, rest), loadPartial(thresholds + i, rest));
      code[i / 8] = reverseBits(mask & 0xff);
      if (rest > 8) code[i / 8 + 1] = reverseBits(mask >> 8);
    }
  }
}
