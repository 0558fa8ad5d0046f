// Random rotations by three rounds of sign flips and Hadamard transforms (Ailon and Chazelle 2006;
// Andoni et al. 2015), with the sign taken in registers. A row is padded with zeros to `size`, a
// power of two from 16 on; a round flips the signs of some inputs, then butterflies (a, b) -> (a +
// b, a - b), unscaled, run at the strides size/2, size/4, ... 1. That order is part of the law
// (docs/numerics.md): every output is one fixed tree of float32 additions, so passes and registers
// change the speed and never a bit. More than `size` outputs stack independent rotations.
//
// Signs: [rotation][round][size] words, 0 or 0x80000000, for exclusive or. Thresholds as in
// projection.inl.h.

inline constexpr std::size_t ROTATION_ROUNDS = 3;

struct RotationInput {
  const float* vectors;
  std::size_t dim;
  std::size_t size;
  const std::uint32_t* signs;
  float* scratch;
};

// Where a pass reads: a row of vectors padded with zeros, or the scratch; both with signs to flip.
struct RotationRow {
  const float* vector;
  std::size_t dim;
  const std::uint32_t* signs;

  [[gnu::always_inline]] F32x16 block(std::size_t index) const {
    const std::size_t begin = index * 16;
    if (begin + 16 <= dim) return flipSigns(load(vector + begin), signs + begin);
    const std::size_t rest = begin < dim ? dim - begin : 0;
    return flipSigns(loadPartial(vector + dim - rest, rest), signs + begin);
  }
};

struct RotationScratch {
  const float* values;
  const std::uint32_t* signs;

  [[gnu::always_inline]] F32x16 block(std::size_t index) const {
    return flipSigns(load(values + index * 16), signs + index * 16);
  }
};

struct RotationPlain {
  const float* values;

  [[gnu::always_inline]] F32x16 block(std::size_t index) const { return load(values + index * 16); }
};

// Where the last pass of a round writes: back to the scratch, or a code, or floats in natural
// order.
struct RotationKeep {
  enum : bool { REVERSED = false };
  float* values;

  template <std::size_t BLOCKS>
  [[gnu::always_inline]] void put(std::size_t first, const F32x16 (&blocks)[BLOCKS]) const {
    for (std::size_t b = 0; b < BLOCKS; b++) store(values + (first + b) * 16, blocks[b]);
  }
};

struct RotationCode {
  enum : bool { REVERSED = true };
  const float* thresholds;
  std::size_t bits;
  std::uint8_t* code;

  template <std::size_t BLOCKS>
  [[gnu::always_inline]] void put(std::size_t first, const F32x16 (&blocks)[BLOCKS]) const {
    for (std::size_t b = 0; b < BLOCKS; b++) {
      const std::size_t output = (first + b) * 16;
      if (output >= bits) return;
      const std::uint16_t mask = greater(blocks[b], load(thresholds + output));
      code[output / 8] = static_cast<std::uint8_t>(mask);
      if (output + 8 < bits) code[output / 8 + 1] = static_cast<std::uint8_t>(mask >> 8);
    }
  }
};

struct RotationFloats {
  enum : bool { REVERSED = false };
  std::size_t outputs;
  float* values;

  template <std::size_t BLOCKS>
  [[gnu::always_inline]] void put(std::size_t first, const F32x16 (&blocks)[BLOCKS]) const {
    for (std::size_t b = 0; b < BLOCKS; b++) {
      const std::size_t output = (first + b) * 16;
      const std::size_t rest = output < outputs ? outputs - output : 0;
      if (rest >= 16) {
        store(values + output, blocks[b]);
      } else {
        storePartial(values + outputs - rest, blocks[b], rest);
      }
    }
  }
};

// Butterflies between blocks, at the strides HALF, HALF / 2, ... 1 blocks.
template <std::size_t HALF, std::size_t BLOCKS>
[[gnu::always_inline]] inline void rotationBetween(F32x16 (&blocks)[BLOCKS]) {
  if constexpr (HALF > 0) {
    for (std::size_t b = 0; b < BLOCKS; b++) {
      if ((b & HALF) != 0) continue;
      const F32x16 sum = add(blocks[b], blocks[b + HALF]);
      blocks[b + HALF] = subtract(blocks[b], blocks[b + HALF]);
      blocks[b] = sum;
    }
    rotationBetween<HALF / 2>(blocks);
  }
}

// All butterflies of BLOCKS neighbouring blocks.
template <bool REVERSED, std::size_t BLOCKS>
[[gnu::always_inline]] inline void rotationWhole(F32x16 (&blocks)[BLOCKS]) {
  rotationBetween<BLOCKS / 2>(blocks);
  for (F32x16& block : blocks) block = butterflies<REVERSED>(block);
}

// A row that fits the registers: all rounds without a store.
template <std::size_t BLOCKS, typename Output>
[[gnu::always_inline]] inline void rotationSmall(const RotationRow& row, const Output& output) {
  const std::size_t size = BLOCKS * 16;
  F32x16 blocks[BLOCKS];
  for (std::size_t b = 0; b < BLOCKS; b++) blocks[b] = row.block(b);
  for (std::size_t round = 1; round < ROTATION_ROUNDS; round++) {
    rotationWhole<false>(blocks);
    const std::uint32_t* signs = row.signs + round * size;
    for (std::size_t b = 0; b < BLOCKS; b++) blocks[b] = flipSigns(blocks[b], signs + b * 16);
  }
  rotationWhole<Output::REVERSED>(blocks);
  output.put(0, blocks);
}

// The strides from count / 2 down to count / FACTOR blocks, of `count` blocks, into the scratch.
template <std::size_t FACTOR, typename Source>
[[gnu::always_inline]] inline void rotationPass(const Source& source, float* scratch,
                                                std::size_t count) {
  const std::size_t step = count / FACTOR;
  for (std::size_t at = 0; at < step; at++) {
    F32x16 blocks[FACTOR];
    for (std::size_t b = 0; b < FACTOR; b++) blocks[b] = source.block(at + b * step);
    rotationBetween<FACTOR / 2>(blocks);
    for (std::size_t b = 0; b < FACTOR; b++) store(scratch + (at + b * step) * 16, blocks[b]);
  }
}

// The last strides of a round, of neighbouring blocks of the scratch from block `first` on.
template <typename Output>
[[gnu::always_inline]] inline void rotationLast(const float* scratch, std::size_t first,
                                                const Output& output) {
  F32x16 blocks[BUTTERFLY_BLOCKS];
  for (std::size_t b = 0; b < BUTTERFLY_BLOCKS; b++) blocks[b] = load(scratch + (first + b) * 16);
  rotationWhole<Output::REVERSED>(blocks);
  output.put(first, blocks);
}

// The rest of a round, for `count` blocks of the scratch from block `first` on: pass by pass, each
// part to its end before the next, so that large rows stay in the caches. count is a power of
// BUTTERFLY_BLOCKS.
template <typename Output>
inline void rotationFinish(float* scratch, std::size_t first, std::size_t count,
                           const Output& output) {
  if (count == BUTTERFLY_BLOCKS) return rotationLast(scratch, first, output);
  float* const part = scratch + first * 16;
  rotationPass<BUTTERFLY_BLOCKS>(RotationPlain{part}, part, count);
  const std::size_t step = count / BUTTERFLY_BLOCKS;
  for (std::size_t b = 0; b < count; b += step) {
    if (step == BUTTERFLY_BLOCKS) {
      rotationLast(scratch, first + b, output);
    } else {
      rotationFinish(scratch, first + b, step, output);
    }
  }
}

// The first pass takes the factor that leaves a power of BUTTERFLY_BLOCKS to the others.
template <std::size_t FACTOR, typename Source, typename Output>
inline void rotationRound(const Source& source, float* scratch, std::size_t count,
                          const Output& output) {
  std::size_t rest = count / FACTOR;
  while (rest % BUTTERFLY_BLOCKS == 0) rest /= BUTTERFLY_BLOCKS;
  if constexpr (FACTOR > 2) {
    if (rest != 1) return rotationRound<FACTOR / 2>(source, scratch, count, output);
  }
  rotationPass<FACTOR>(source, scratch, count);
  const std::size_t step = count / FACTOR;
  for (std::size_t b = 0; b < count; b += step) {
    if (step == BUTTERFLY_BLOCKS) {
      rotationLast(scratch, b, output);
    } else {
      rotationFinish(scratch, b, step, output);
    }
  }
}

template <std::size_t BLOCKS, typename Output>
inline void rotationRow(const RotationRow& row, std::size_t size, float* scratch,
                        const Output& output) {
  if constexpr (BLOCKS > 1) {
    if (size < BLOCKS * 16) return rotationRow<BLOCKS / 2>(row, size, scratch, output);
  }
  if (size == BLOCKS * 16) return rotationSmall<BLOCKS>(row, output);
  const std::size_t count = size / 16;
  const RotationKeep keep{scratch};
  rotationRound<BUTTERFLY_BLOCKS>(row, scratch, count, keep);
  for (std::size_t round = 1; round + 1 < ROTATION_ROUNDS; round++) {
    rotationRound<BUTTERFLY_BLOCKS>(RotationScratch{scratch, row.signs + round * size}, scratch,
                                    count, keep);
  }
  const RotationScratch last{scratch, row.signs + (ROTATION_ROUNDS - 1) * size};
  rotationRound<BUTTERFLY_BLOCKS>(last, scratch, count, output);
}

// rows x ceil(bits / 8) bytes of codes; thresholds has ceil(bits / 16) x 16 packed entries; scratch
// `size` floats.
inline void rotationSigns(const float* vectors, std::size_t rows, std::size_t dim, std::size_t size,
                          const std::uint32_t* signs, const float* thresholds, std::size_t bits,
                          float* scratch, std::uint8_t* codes) {
  for (std::size_t row = 0; row < rows; row++) {
    std::uint8_t* code = codes + row * ((bits + 7) / 8);
    for (std::size_t begin = 0; begin < bits; begin += size) {
      const std::size_t count = bits - begin < size ? bits - begin : size;
      const RotationRow source{vectors + row * dim, dim, signs + begin * ROTATION_ROUNDS};
      rotationRow<BUTTERFLY_BLOCKS>(source, size, scratch,
                                    RotationCode{thresholds + begin, count, code + begin / 8});
    }
  }
}

// rows x outputs values in natural order.
inline void rotationValues(const float* vectors, std::size_t rows, std::size_t dim,
                           std::size_t size, const std::uint32_t* signs, std::size_t outputs,
                           float* scratch, float* values) {
  for (std::size_t row = 0; row < rows; row++) {
    for (std::size_t begin = 0; begin < outputs; begin += size) {
      const std::size_t count = outputs - begin < size ? outputs - begin : size;
      const RotationRow source{vectors + row * dim, dim, signs + begin * ROTATION_ROUNDS};
      rotationRow<BUTTERFLY_BLOCKS>(source, size, scratch,
                                    RotationFloats{count, values + row * outputs + begin});
    }
  }
}
