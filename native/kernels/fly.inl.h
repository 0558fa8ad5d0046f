// The fly's sparse projection (Dasgupta, Stevens, Navlakha 2017) and what is read from it: the winners (FlyHash), the
// signs (DenseFly, Sharma and Navlakha 2018) and the values. Each unit adds fanIn inputs by ascending index,
// plain float32 adds from +0. Lanes run across 16 rows, transposed first; sums are made in tiles of
// 16 units x 16 rows and never stored as a whole, so scratch memory stays small for any number of units.
//
// Connections: units in groups of 8 (the last one padded with input 0), [group][j][8], as u16 holding 8 x the input
// index (16-lane rows are then addressed without a multiplication) when dim <= 8191, else as plain u32.

inline constexpr std::size_t FLY_NARROW_DIM = 8191;
// A transposed block has at most this many inputs; more are read where they lie.
inline constexpr std::size_t FLY_TRANSPOSED_DIM = 65536;
// Fewer rows than this are faster one by one than as a block of 16 lanes.
inline constexpr std::size_t FLY_BLOCK_ROWS = 4;
// A row of the narrow form takes as many floats as any u16 index reaches.
inline constexpr std::size_t FLY_SPREAD_PLACES = 65536 / sizeof(float) + 16;

// One block of up to 16 rows being hashed.
struct FlyBlock {
  const float* vectors;     // the block's first row
  std::size_t rows;         // 1..16
  float* transposed;        // [dim][16]; or null, when there are few rows or too many inputs
  float* spread;            // then [row][dim][2], or null when the rows are read where they lie
  float* tile;              // [16 units][16 rows], then the same transposed
  float means[16];          // subtracted from every input of a row, 0 unless centred
};

// Four neighbouring u16 indices by one load: index loads compete with data loads.
inline std::uint64_t fourIndices(const std::uint16_t* from) {
  std::uint64_t four;
  std::memcpy(&four, from, sizeof four);
  return four;
}
inline F32x16 narrowInputs(const float* transposed, std::uint64_t index) {
  return load(transposed + (index & 0xffffU) * 2);
}

// Sums of 8 units, SUM_CHAINS at a time, to tile[8][16].
inline void flyNarrowGroup(const FlyNetwork& network, std::size_t group, const float* transposed,
                           float* tile) {
  const std::uint16_t* all = static_cast<const std::uint16_t*>(network.connections);
  for (std::size_t unit = 0; unit < 8; unit += SUM_CHAINS) {
    const std::uint16_t* indices = all + group * network.fanIn * 8 + unit;
    F32x16 sums[SUM_CHAINS];
    for (std::size_t u = 0; u < SUM_CHAINS; u++) sums[u] = broadcast(0.0F);
    for (std::size_t j = 0; j < network.fanIn; j++) {
      for (std::size_t u = 0; u < SUM_CHAINS; u += 4) {
        const std::uint64_t four = fourIndices(indices + j * 8 + u);
        sums[u] = add(sums[u], narrowInputs(transposed, four));
        sums[u + 1] = add(sums[u + 1], narrowInputs(transposed, four >> 16));
        sums[u + 2] = add(sums[u + 2], narrowInputs(transposed, four >> 32));
        sums[u + 3] = add(sums[u + 3], narrowInputs(transposed, four >> 48));
      }
    }
    for (std::size_t u = 0; u < SUM_CHAINS; u++) store(tile + (unit + u) * 16, sums[u]);
  }
}

// The same with u32 indices, in any order of magnitude up to dim; clamped, as the table is the caller's memory.
inline void flyWideGroup(const FlyNetwork& network, std::size_t group, const float* transposed,
                         float* tile) {
  const std::uint32_t* all = static_cast<const std::uint32_t*>(network.connections);
  const std::size_t last = network.dim - 1;
  for (std::size_t unit = 0; unit < 8; unit += 4) {
    const std::uint32_t* indices = all + group * network.fanIn * 8 + unit;
    F32x16 sums[4];
    for (std::size_t u = 0; u < 4; u++) sums[u] = broadcast(0.0F);
    for (std::size_t j = 0; j < network.fanIn; j++) {
      for (std::size_t u = 0; u < 4; u++) {
        const std::size_t index = indices[j * 8 + u];
        sums[u] = add(sums[u], load(transposed + (index < last ? index : last) * 16));
      }
    }
    for (std::size_t u = 0; u < 4; u++) store(tile + (unit + u) * 16, sums[u]);
  }
}

// Sums of 8 units of one row, spread to [dim][2] so that the same indices fit; to every 16th place from sums on.
inline void flyNarrowRow(const FlyNetwork& network, std::size_t group, const float* spread,
                         float* sums) {
  const std::uint16_t* indices =
      static_cast<const std::uint16_t*>(network.connections) + group * network.fanIn * 8;
  const std::byte* bytes = reinterpret_cast<const std::byte*>(spread);
  const auto input = [bytes](std::uint64_t index) {
    float value;
    std::memcpy(&value, bytes + (index & 0xffffU), sizeof value);
    return value;
  };
  float partial[8] = {};
  for (std::size_t j = 0; j < network.fanIn; j++) {
    for (std::size_t u = 0; u < 8; u += 4) {
      const std::uint64_t four = fourIndices(indices + j * 8 + u);
      partial[u] += input(four);
      partial[u + 1] += input(four >> 16);
      partial[u + 2] += input(four >> 32);
      partial[u + 3] += input(four >> 48);
    }
  }
  for (std::size_t u = 0; u < 8; u++) sums[u * 16] = partial[u];
}

// The same with u32 indices, the row read where it lies.
inline void flyWideRow(const FlyNetwork& network, std::size_t group, const float* vector,
                       float mean, float* sums) {
  const std::uint32_t* indices =
      static_cast<const std::uint32_t*>(network.connections) + group * network.fanIn * 8;
  const std::size_t last = network.dim - 1;
  float partial[8] = {};
  for (std::size_t j = 0; j < network.fanIn; j++) {
    for (std::size_t u = 0; u < 8; u++) {
      const std::size_t index = indices[j * 8 + u];
      partial[u] += vector[index < last ? index : last] - mean;
    }
  }
  for (std::size_t u = 0; u < 8; u++) sums[u * 16] = partial[u];
}

inline void flyGroup(const FlyNetwork& network, const FlyBlock& block, std::size_t group,
                     float* tile) {
  const bool narrow = network.dim <= FLY_NARROW_DIM;
  if (block.transposed != nullptr) {
    (narrow ? flyNarrowGroup : flyWideGroup)(network, group, block.transposed, tile);
  } else if (narrow) {
    for (std::size_t row = 0; row < block.rows; row++) {
      flyNarrowRow(network, group, block.spread + row * FLY_SPREAD_PLACES, tile + row);
    }
  } else {
    for (std::size_t row = 0; row < block.rows; row++) {
      const float* vector = block.vectors + row * network.dim;
      flyWideRow(network, group, vector, block.means[row], tile + row);
    }
  }
}

// The sums of 16 units from unit on (a multiple of 16) as [row][16]. Units past the last have no meaning.
inline const float* flyTile(const FlyNetwork& network, const FlyBlock& block, std::size_t unit) {
  flyGroup(network, block, unit / 8, block.tile);
  if (unit + 8 < network.units) flyGroup(network, block, unit / 8 + 1, block.tile + 128);
  float* byRow = block.tile + 256;
  transpose16(block.tile, 16, byRow);
  return byRow;
}

// The lanes of a tile that are units.
inline unsigned flyLanes(const FlyNetwork& network, std::size_t unit) {
  const std::size_t rest = network.units - unit;
  return rest < 16 ? (1U << rest) - 1U : 0xffffU;
}

// --- Blocks of rows

inline bool flyTransposes(const FlyNetwork& network, std::size_t rows) {
  return rows >= FLY_BLOCK_ROWS && network.dim <= FLY_TRANSPOSED_DIM;
}
// Bytes for the inputs in the order the sums need. Any u16 index lies inside, so no table can read past the end.
inline std::size_t flyInputBytes(const FlyNetwork& network, std::size_t rows) {
  const bool narrow = network.dim <= FLY_NARROW_DIM;
  if (flyTransposes(network, rows)) return narrow ? 65536 * 8 + 64 : network.dim * 64;
  return narrow ? rows * FLY_SPREAD_PLACES * sizeof(float) : 0;
}
inline constexpr std::size_t FLY_TILE_BYTES = 2 * 256 * sizeof(float);

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

// Row means in float32 (a plain running sum by ascending index, then one division), subtracted from every input.
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

// Makes the block of up to 16 rows in scratch memory: the tile, then the inputs in the order the sums need.
inline FlyBlock flyBlock(const FlyNetwork& network, const float* vectors, std::size_t rows,
                         bool centred, std::byte* scratch) {
  float* tile = reinterpret_cast<float*>(alignedScratch(scratch));
  float* inputs = tile + FLY_TILE_BYTES / sizeof(float);
  FlyBlock block{vectors, rows, nullptr, nullptr, tile, {}};
  for (std::size_t i = 0; i < 256; i += 16) store(tile + i, broadcast(0.0F));
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

// Bytes of scratch memory that a call on that many rows needs, except the winners' (flyWinnersScratchBytes).
inline std::size_t flyScratchBytes(const FlyNetwork& network, std::size_t rows) {
  return ALIGNMENT_BYTES + FLY_TILE_BYTES + flyInputBytes(network, rows < 16 ? rows : 16);
}

// --- Readings

// rows x units sums in natural order.
inline void flyValues(const FlyNetwork& network, const float* vectors, std::size_t rows,
                      std::byte* scratch, float* values) {
  for (std::size_t first = 0; first < rows; first += 16) {
    const std::size_t count = rows - first < 16 ? rows - first : 16;
    const FlyBlock block =
        flyBlock(network, vectors + first * network.dim, count, false, scratch);
    for (std::size_t unit = 0; unit < network.units; unit += 16) {
      const float* sums = flyTile(network, block, unit);
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
    for (std::size_t unit = 0; unit < network.units; unit += 16) {
      const float* sums = flyTile(network, block, unit);
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

// rows x ceil(keyBits / 8) bytes: the signs of the running sums over keyBits equal blocks of units, which are like a
// SimHash of keyBits bits at no further projection. keyBits divides units.
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
    for (std::size_t group = 0; group * 8 < network.units; group++) {
      flyGroup(network, block, group, block.tile);
      for (std::size_t u = 0; u < 8 && key < keyBits; u++) {
        sums = add(sums, load(block.tile + u * 16));
        if (--left != 0) continue;
        flyKeyBit(sums, count, key++, codeBytes, codes + first * codeBytes);
        sums = broadcast(0.0F);
        left = width;
      }
    }
  }
}
