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

// One block of up to 16 rows being hashed.
struct FlyBlock {
  const float* vectors;     // the block's first row
  std::size_t rows;         // 1..16
  const float* transposed;  // [dim][16], or null: read the rows themselves
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

// Sums of 8 units of one row, read where it lies; to every 16th place from sums on.
template <typename Index, std::size_t SCALE>
inline void flyRowGroup(const FlyNetwork& network, std::size_t group, const float* vector,
                        float mean, float* sums) {
  const Index* indices =
      static_cast<const Index*>(network.connections) + group * network.fanIn * 8;
  const std::size_t last = network.dim - 1;
  float partial[8] = {};
  for (std::size_t j = 0; j < network.fanIn; j++) {
    for (std::size_t u = 0; u < 8; u++) {
      const std::size_t index = indices[j * 8 + u] / SCALE;
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
    return;
  }
  for (std::size_t row = 0; row < block.rows; row++) {
    const float* vector = block.vectors + row * network.dim;
    if (narrow) {
      flyRowGroup<std::uint16_t, 8>(network, group, vector, block.means[row], tile + row);
    } else {
      flyRowGroup<std::uint32_t, 1>(network, group, vector, block.means[row], tile + row);
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
// Bytes for the transposed inputs. Any u16 index must lie inside, so that no table can read past the end.
inline std::size_t flyTransposedBytes(const FlyNetwork& network, std::size_t rows) {
  if (!flyTransposes(network, rows)) return 0;
  return network.dim <= FLY_NARROW_DIM ? 65536 * 8 + 64 : network.dim * 64;
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
inline void flyCentre(const FlyNetwork& network, FlyBlock& block, float* transposed) {
  if (transposed == nullptr) {
    for (std::size_t row = 0; row < block.rows; row++) {
      float sum = 0.0F;
      for (std::size_t i = 0; i < network.dim; i++) sum += block.vectors[row * network.dim + i];
      block.means[row] = sum / static_cast<float>(network.dim);
    }
    return;
  }
  F32x16 sums = broadcast(0.0F);
  for (std::size_t i = 0; i < network.dim; i++) sums = add(sums, load(transposed + i * 16));
  const F32x16 means = divide(sums, broadcast(static_cast<float>(network.dim)));
  for (std::size_t i = 0; i < network.dim; i++) {
    store(transposed + i * 16, subtract(load(transposed + i * 16), means));
  }
}

// Makes the block of up to 16 rows; scratch begins with the transposed inputs and the tile.
inline FlyBlock flyBlock(const FlyNetwork& network, const float* vectors, std::size_t rows,
                         bool centred, std::byte* memory) {
  std::byte* scratch = alignedScratch(memory);
  const std::size_t bytes = flyTransposedBytes(network, rows);
  float* transposed = bytes != 0 ? reinterpret_cast<float*>(scratch) : nullptr;
  FlyBlock block{vectors, rows, transposed, reinterpret_cast<float*>(scratch + bytes), {}};
  for (std::size_t i = 0; i < 256; i += 16) store(block.tile + i, broadcast(0.0F));
  if (transposed != nullptr) flyTranspose(vectors, rows, network.dim, transposed);
  if (centred) flyCentre(network, block, transposed);
  return block;
}

// Bytes of scratch memory that a call on that many rows needs, except the winners' (flyWinnersScratchBytes).
inline std::size_t flyScratchBytes(const FlyNetwork& network, std::size_t rows) {
  return ALIGNMENT_BYTES + flyTransposedBytes(network, rows < 16 ? rows : 16) + FLY_TILE_BYTES;
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
  std::memset(codes, 0, rows * codeBytes);
  for (std::size_t first = 0; first < rows; first += 16) {
    const std::size_t count = rows - first < 16 ? rows - first : 16;
    const FlyBlock block = flyBlock(network, vectors + first * network.dim, count, true, scratch);
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
