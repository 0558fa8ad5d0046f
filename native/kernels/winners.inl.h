// FlyHash's winner-take-all (fly.inl.h makes the sums): the active largest units of each row, ties
// to the smaller unit, written in ascending order. Every row of a block feeds its own reservoir,
// tile by tile.

// Units between two checks of the reservoirs; with the 16 of a packed store they fit
// RESERVOIR_SLACK.
inline constexpr std::size_t FLY_CHECK_UNITS = 64;
// A thread's reservoirs should stay below this, and its inputs and reservoirs together below the
// other, which leaves room for two chunks of input within 8 MiB a thread (docs/architecture.md);
// more winners than fit are found with fewer rows at a time.
inline constexpr std::size_t FLY_RESERVOIR_BYTES = std::size_t{1} << 22;
inline constexpr std::size_t FLY_SCRATCH_BYTES = std::size_t{11} << 19;

inline std::size_t flyReservoirPlaces(const FlyNetwork& network, std::size_t active) {
  return (reservoirCapacity(active, network.units) + RESERVOIR_SLACK + 15) / 16 * 16;
}
inline std::size_t flyWinnerRows(const FlyNetwork& network, std::size_t rows, std::size_t active) {
  const std::size_t rest = FLY_SCRATCH_BYTES - flyInputBytes(network, 16);
  const std::size_t bytes = rest < FLY_RESERVOIR_BYTES ? rest : FLY_RESERVOIR_BYTES;
  const std::size_t fit = bytes / (flyReservoirPlaces(network, active) * 8);
  const std::size_t most = fit < 1 ? 1 : fit < 16 ? fit : 16;
  return rows < most ? rows : most;
}
inline std::size_t flyWinnersScratchBytes(const FlyNetwork& network, std::size_t rows,
                                          std::size_t active) {
  const std::size_t block = flyWinnerRows(network, rows, active);
  return flyScratchBytes(network, block) + block * flyReservoirPlaces(network, active) * 8;
}

// Fills the reservoirs of a block's rows with all their units.
inline void flyCompete(const FlyNetwork& network, const FlyBlock& block, std::size_t active,
                       Reservoir* kept) {
  const std::size_t capacity = reservoirCapacity(active, network.units);
  for (std::size_t unit = 0; unit < network.units; unit += 16) {
    const float* sums = flyTile(network, block, unit);
    const unsigned lanes = flyLanes(network, unit);
    for (std::size_t row = 0; row < block.rows; row++) {
      offer(kept[row], known(load(sums + row * 16)), static_cast<std::uint32_t>(unit), lanes);
    }
    if (unit % FLY_CHECK_UNITS != FLY_CHECK_UNITS - 16) continue;
    for (std::size_t row = 0; row < block.rows; row++) {
      if (kept[row].count > capacity) cutReservoir(kept[row], active, reservoirRest(active));
    }
  }
}

// rows x active unit numbers, ascending in each row, and their sums unless values is null. 1 <=
// active <= units.
inline void flyWinners(const FlyNetwork& network, const float* vectors, std::size_t rows,
                       std::size_t active, std::byte* scratch, std::uint32_t* indices,
                       float* values) {
  const std::size_t step = flyWinnerRows(network, rows, active);
  const std::size_t places = flyReservoirPlaces(network, active);
  for (std::size_t first = 0; first < rows; first += step) {
    const std::size_t count = rows - first < step ? rows - first : step;
    const FlyBlock block = flyBlock(network, vectors + first * network.dim, count, false, scratch);
    float* memory = block.tile + (FLY_TILE_BYTES + flyInputBytes(network, step)) / sizeof(float);
    Reservoir kept[16];
    for (std::size_t row = 0; row < count; row++) {
      float* entries = memory + row * places * 2;
      kept[row] = {entries, reinterpret_cast<std::uint32_t*>(entries + places), 0, -INFINITY};
    }
    flyCompete(network, block, active, kept);
    for (std::size_t row = 0; row < count; row++) {
      cutReservoir(kept[row], active, active);
      std::memcpy(indices + (first + row) * active, kept[row].indices, active * 4);
      if (values == nullptr) continue;
      std::memcpy(values + (first + row) * active, kept[row].values, active * 4);
    }
  }
}
