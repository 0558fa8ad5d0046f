// What is read from the fly's sparse sums (fly-sums.inl.h) but for the winners (winners.inl.h): the
// values, the signs of centred inputs (DenseFly, Sharma and Navlakha 2018) and their pseudo-hashes;
// and the blocks of up to 16 rows that all of them work on, in scratch memory whose size is told
// beforehand.

inline bool flyTransposes(const FlyNetwork& network, std::size_t rows) {
  return rows >= FLY_BLOCK_ROWS && network.dim <= FLY_TRANSPOSED_DIM;
}
// Bytes for the inputs in the order the sums need. Any u16 index lies inside, so no table can read
// past the end.
inline std::size_t flyInputBytes(const FlyNetwork& network, std::size_t rows) {
  const bool narrow = network.dim <= FLY_NARROW_DIM;
  if (flyTransposes(network, rows)) return narrow ? 65536 * 8 + 64 : network.dim * 64;
  return narrow ? rows * FLY_SPREAD_PLACES * sizeof(float) : 0;
}
// The chunk, then the tile.
inline constexpr std::size_t FLY_SUM_PLACES = FLY_CHUNK_UNITS * 16 + 256;
inline constexpr std::size_t FLY_SUM_BYTES = FLY_SUM_PLACES * sizeof(float);

// vectors[rows][dim] to transposed[dim][16]; missing rows are zero.
inline void flyTranspose(const float* vectors, std::size_t rows, std::size_t dim,
                         float* transposed) {
  std::size_t i = 0;
  if (rows == 16) {
    for (; i + 16 <= dim; i += 16) transpose16(vectors + i, dim, transposed + i * 16);
  }
  for (; i < dim; i += 16) {
    const std::size_t width = dim - i < 16 ? dim - i : 16;
    float padded[256] = {};
    for (std::size_t row = 0; row < rows; row++) {
      store(padded + row * 16, loadPartial(vectors + row * dim + i, width));
    }
    float block[256];
    transpose16(padded, 16, block);
    for (std::size_t j = 0; j < width; j++) store(transposed + (i + j) * 16, load(block + j * 16));
  }
}

// Row means in float32 (a plain running sum by ascending index, then one division), subtracted from
// every input.
inline void flyCentre(const FlyNetwork& network, FlyBlock& block) {
  const std::size_t dim = network.dim;
  for (std::size_t row = 0; row < block.rows && block.transposed == nullptr; row++) {
    float sum = 0.0F;
    for (std::size_t i = 0; i < dim; i++) sum += block.vectors[row * dim + i];
    const float mean = sum / static_cast<float>(dim);
    block.means[row] = mean;
    float* spread = block.spread + row * FLY_SPREAD_PLACES;
    for (std::size_t i = 0; i < dim && block.spread != nullptr; i++) spread[i * 2] -= mean;
  }
  if (block.transposed == nullptr) return;
  F32x16 sums = broadcast(0.0F);
  for (std::size_t i = 0; i < dim; i++) sums = add(sums, load(block.transposed + i * 16));
  const F32x16 means = divide(sums, broadcast(static_cast<float>(dim)));
  for (std::size_t i = 0; i < dim; i++) {
    store(block.transposed + i * 16, subtract(load(block.transposed + i * 16), means));
  }
}

// Makes the block of up to 16 rows in scratch memory: room for the sums, then the inputs in the
// order the sums need.
inline FlyBlock flyBlock(const FlyNetwork& network, const float* vectors, std::size_t rows,
                         bool centred, std::byte* scratch) {
  float* chunk = reinterpret_cast<float*>(alignedScratch(scratch));
  float* inputs = chunk + FLY_SUM_PLACES;
  FlyBlock block{vectors, rows, nullptr, nullptr, chunk, inputs - 256, {}};
  for (std::size_t i = 0; i < FLY_SUM_PLACES; i += 16) store(chunk + i, broadcast(0.0F));
  if (flyTransposes(network, rows)) {
    block.transposed = inputs;
    flyTranspose(vectors, rows, network.dim, inputs);
  } else if (network.dim <= FLY_NARROW_DIM) {
    block.spread = inputs;
    for (std::size_t row = 0; row < rows; row++) {
      for (std::size_t i = 0; i < network.dim; i++) {
        inputs[row * FLY_SPREAD_PLACES + i * 2] = vectors[row * network.dim + i];
      }
    }
  }
  if (centred) flyCentre(network, block);
  return block;
}

// Bytes of scratch memory that a call on that many rows needs, except the winners'
// (flyWinnersScratchBytes).
inline std::size_t flyScratchBytes(const FlyNetwork& network, std::size_t rows) {
  return ALIGNMENT_BYTES + FLY_SUM_BYTES + flyInputBytes(network, rows < 16 ? rows : 16);
}

// --- Readings

// rows x units sums in natural order.
inline void flyValues(const FlyNetwork& network, const float* vectors, std::size_t rows,
                      std::byte* scratch, float* values) {
  for (std::size_t first = 0; first < rows; first += 16) {
    const std::size_t count = rows - first < 16 ? rows - first : 16;
    const FlyBlock block = flyBlock(network, vectors + first * network.dim, count, false, scratch);
    std::size_t end = 0;
    for (std::size_t unit = 0; unit < network.units; unit += 16) {
      if (unit == end) end = flyChunk(network, block, unit);
      const float* sums = flyTile(block, unit % FLY_CHUNK_UNITS);
      const std::size_t width = network.units - unit < 16 ? network.units - unit : 16;
      for (std::size_t row = 0; row < count; row++) {
        storePartial(values + (first + row) * network.units + unit, load(sums + row * 16), width);
      }
    }
  }
}

// rows x ceil(units / 8) bytes of codes: the signs of the sums of the centred inputs.
inline void flySigns(const FlyNetwork& network, const float* vectors, std::size_t rows,
                     std::byte* scratch, std::uint8_t* codes) {
  const std::size_t codeBytes = (network.units + 7) / 8;
  for (std::size_t first = 0; first < rows; first += 16) {
    const std::size_t count = rows - first < 16 ? rows - first : 16;
    const FlyBlock block = flyBlock(network, vectors + first * network.dim, count, true, scratch);
    std::size_t end = 0;
    for (std::size_t unit = 0; unit < network.units; unit += 16) {
      if (unit == end) end = flyChunk(network, block, unit);
      const float* sums = flyTile(block, unit % FLY_CHUNK_UNITS);
      const unsigned lanes = flyLanes(network, unit);
      for (std::size_t row = 0; row < count; row++) {
        const unsigned mask = greater(load(sums + row * 16), broadcast(0.0F)) & lanes;
        std::uint8_t* code = codes + (first + row) * codeBytes + unit / 8;
        code[0] = reverseBits(mask & 0xffU);
        if (unit + 8 < network.units) code[1] = reverseBits(mask >> 8);
      }
    }
  }
}

// One more bit of each row: bit number key of rows x ceil(keyBits / 8) bytes.
inline void flyKeyBit(F32x16 sums, std::size_t rows, std::size_t key, std::size_t codeBytes,
                      std::uint8_t* codes) {
  const unsigned mask = greater(sums, broadcast(0.0F));
  const unsigned shift = 7 - static_cast<unsigned>(key % 8);
  for (std::size_t row = 0; row < rows; row++) {
    codes[row * codeBytes + key / 8] |= static_cast<std::uint8_t>((mask >> row & 1U) << shift);
  }
}

// rows x ceil(keyBits / 8) bytes: the signs of the running sums over keyBits equal blocks of units,
// which are like a SimHash of keyBits bits at no further projection. keyBits divides units.
inline void flyPseudoSigns(const FlyNetwork& network, const float* vectors, std::size_t rows,
                           std::size_t keyBits, std::byte* scratch, std::uint8_t* codes) {
  const std::size_t codeBytes = (keyBits + 7) / 8;
  const std::size_t width = network.units / keyBits;
  for (std::size_t first = 0; first < rows; first += 16) {
    const std::size_t count = rows - first < 16 ? rows - first : 16;
    const FlyBlock block = flyBlock(network, vectors + first * network.dim, count, true, scratch);
    std::memset(codes + first * codeBytes, 0, count * codeBytes);
    F32x16 sums = broadcast(0.0F);
    std::size_t key = 0;
    std::size_t left = width;
    std::size_t end = 0;
    for (std::size_t unit = 0; unit < network.units; unit++) {
      if (unit == end) end = flyChunk(network, block, unit);
      sums = add(sums, load(block.chunk + unit % FLY_CHUNK_UNITS * 16));
      if (--left != 0) continue;
      flyKeyBit(sums, count, key++, codeBytes, codes + first * codeBytes);
      sums = broadcast(0.0F);
      left = width;
    }
  }
}
