// The fly's sparse sums (Dasgupta, Stevens, Navlakha 2017), in chunks of 256 units x 16 rows that
// are never stored as a whole, so scratch memory stays small for any number of units; fly.inl.h and
// winners.inl.h read them. Each unit adds fanIn inputs by ascending index, plain float32 adds from
// +0. Lanes run across 16 rows, transposed first.
//
// Connections: units in groups of 8 (the last one padded with input 0), [group][j][8], as u16
// holding 8 x the input index (16-lane rows are then addressed without a multiplication) when dim
// <= 8191, else as plain u32.

inline constexpr std::size_t FLY_NARROW_DIM = 8191;
// A transposed block has at most this many inputs; more are read where they lie.
inline constexpr std::size_t FLY_TRANSPOSED_DIM = 65536;
// Fewer rows than this are faster one by one than as a block of 16 lanes.
inline constexpr std::size_t FLY_BLOCK_ROWS = 4;
// A row of the narrow form takes as many floats as any u16 index reaches.
inline constexpr std::size_t FLY_SPREAD_PLACES = 65536 / sizeof(float) + 16;

// Units whose sums are held at a time.
inline constexpr std::size_t FLY_CHUNK_UNITS = 256;

// One block of up to 16 rows being hashed.
struct FlyBlock {
  const float* vectors;  // the block's first row
  std::size_t rows;      // 1..16
  float* transposed;     // [dim][16]; or null, when there are few rows or too many inputs
  float* spread;         // then [row][dim][2], or null when the rows are read where they lie
  float* chunk;          // [FLY_CHUNK_UNITS][16 rows]
  float* tile;           // 16 units of it transposed: [row][16]
  float means[16];       // subtracted from every input of a row, 0 unless centred
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

// The same with u32 indices, in any order of magnitude up to dim; clamped, as the table is the
// caller's memory.
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

// Sums of 8 units of one row, spread to [dim][2] so that the same indices fit; to every 16th place
// from sums on.
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
                     float* sums) {
  const bool narrow = network.dim <= FLY_NARROW_DIM;
  if (block.transposed != nullptr) {
    (narrow ? flyNarrowGroup : flyWideGroup)(network, group, block.transposed, sums);
  } else if (narrow) {
    for (std::size_t row = 0; row < block.rows; row++) {
      flyNarrowRow(network, group, block.spread + row * FLY_SPREAD_PLACES, sums + row);
    }
  } else {
    for (std::size_t row = 0; row < block.rows; row++) {
      const float* vector = block.vectors + row * network.dim;
      flyWideRow(network, group, vector, block.means[row], sums + row);
    }
  }
}

// The sums of FLY_CHUNK_UNITS units from unit on (a multiple of 16), or of those that are left, to
// block.chunk; returns the end of these units. Sums past the last unit have no meaning.
inline std::size_t flyChunk(const FlyNetwork& network, const FlyBlock& block, std::size_t unit) {
  const std::size_t rest = network.units - unit;
  const std::size_t end = unit + (rest < FLY_CHUNK_UNITS ? rest : FLY_CHUNK_UNITS);
  for (std::size_t first = unit; first < end; first += 8) {
    flyGroup(network, block, first / 8, block.chunk + (first - unit) * 16);
  }
  return end;
}

// 16 units of the chunk, the first of them at the given place in it, as [row][16].
inline const float* flyTile(const FlyBlock& block, std::size_t place) {
  transpose16(block.chunk + place * 16, 16, block.tile);
  return block.tile;
}

// The lanes of a tile that are units.
inline unsigned flyLanes(const FlyNetwork& network, std::size_t unit) {
  const std::size_t rest = network.units - unit;
  return rest < 16 ? (1U << rest) - 1U : 0xffffU;
}
