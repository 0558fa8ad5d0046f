// FlyHash's winner-take-all (fly.inl.h makes the sums): the active largest units of each row, ties
// to the smaller unit, written in ascending order. Every row of a block feeds its own reservoir,
// tile by tile. As units are random, the first chunk is a sample: its ranks tell every row a
// threshold that nearly surely leaves more than the winners, but not many more. A row that it
// leaves too few is hashed again without one, so the result never depends on it.

// Units between two checks of the reservoirs; with the 16 of a packed store they fit
// RESERVOIR_SLACK.
inline constexpr std::size_t FLY_CHECK_UNITS = 64;
// A thread's reservoirs should stay below this, and its inputs and reservoirs together below the
// other, which leaves room for two chunks of input within 8 MiB a thread (docs/architecture.md);
// more winners than fit are found with fewer rows at a time.
inline constexpr std::size_t FLY_RESERVOIR_BYTES = std::size_t{1} << 22;
inline constexpr std::size_t FLY_SCRATCH_BYTES = std::size_t{11} << 19;

// Halvings of a sampled threshold's interval: values without ties need fewer.
inline constexpr std::size_t FLY_SAMPLE_STEPS = 10;
// Fewer rows than this share a sample's passes too poorly.
inline constexpr std::size_t FLY_SAMPLE_ROWS = 4;

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

// How many of the first chunk's sums a sampled threshold leaves at least: their share of the
// winners and 3.6 deviations, which misses one row of some 6,000. The whole chunk when a sample
// would not pay.
inline std::size_t flySampleRank(const FlyNetwork& network, std::size_t active) {
  const double share = static_cast<double>(active) / static_cast<double>(network.units);
  const double expected = share * static_cast<double>(FLY_CHUNK_UNITS);
  const double rank = expected + 3.6 * std::sqrt(expected) + 3;
  const bool pays = network.units > 4 * FLY_CHUNK_UNITS && rank < FLY_CHUNK_UNITS / 2.0;
  return pays ? static_cast<std::size_t>(rank) : FLY_CHUNK_UNITS;
}

// Thresholds of 16 rows that leave rank or a little more of the first chunk's sums, by halving the
// interval of each row's sums; more where ties or steps do not allow it.
inline void flySampleThresholds(const float* chunk, std::size_t rank, float* thresholds) {
  F32x16 least = broadcast(INFINITY);
  F32x16 largest = broadcast(-INFINITY);
  for (std::size_t u = 0; u < FLY_CHUNK_UNITS; u++) {
    least = minimum(known(load(chunk + u * 16)), least);
    largest = maximum(load(chunk + u * 16), largest);
  }
  float high[16];
  store(thresholds, least);
  store(high, largest);
  const std::size_t most = rank + rank / 8;
  for (std::size_t step = 0, open = 16; step < FLY_SAMPLE_STEPS && open != 0; step++) {
    float middle[16];
    for (std::size_t i = 0; i < 16; i++) middle[i] = 0.5F * thresholds[i] + 0.5F * high[i];
    Counts16 even = noCounts();
    Counts16 odd = noCounts();
    for (std::size_t u = 0; u < FLY_CHUNK_UNITS; u += 2) {
      even = countGreaterEqual(even, load(chunk + u * 16), load(middle));
      odd = countGreaterEqual(odd, load(chunk + u * 16 + 16), load(middle));
    }
    std::uint32_t counts[2][16];
    store(counts[0], even);
    store(counts[1], odd);
    open = 0;
    for (std::size_t i = 0; i < 16; i++) {
      const std::size_t found = counts[0][i] + counts[1][i];
      (found >= rank ? thresholds : high)[i] = middle[i];
      if (found >= rank && found <= most) high[i] = middle[i];
      open += thresholds[i] < high[i] ? 1 : 0;
    }
  }
}

// Fills the reservoirs of a block's rows with all their units; sampled, with those from a threshold
// on.
inline void flyCompete(const FlyNetwork& network, const FlyBlock& block, std::size_t active,
                       std::size_t sampleRank, Reservoir* kept) {
  const std::size_t capacity = reservoirCapacity(active, network.units);
  std::size_t end = 0;
  for (std::size_t unit = 0; unit < network.units; unit += 16) {
    if (unit == end) end = flyChunk(network, block, unit);
    if (unit == 0 && sampleRank < FLY_CHUNK_UNITS) {
      float thresholds[16];
      flySampleThresholds(block.chunk, sampleRank, thresholds);
      for (std::size_t row = 0; row < block.rows; row++) kept[row].threshold = thresholds[row];
    }
    const float* sums = flyTile(block, unit % FLY_CHUNK_UNITS);
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

// Fills the reservoirs of a block's rows, which lie in memory, with active units or more each.
inline void flyContest(const FlyNetwork& network, const FlyBlock& block, std::size_t active,
                       float* memory, Reservoir* kept) {
  const std::size_t places = flyReservoirPlaces(network, active);
  std::size_t rank =
      block.rows < FLY_SAMPLE_ROWS ? FLY_CHUNK_UNITS : flySampleRank(network, active);
  for (bool missed = true; missed; rank = FLY_CHUNK_UNITS) {
    for (std::size_t row = 0; row < block.rows; row++) {
      float* entries = memory + row * places * 2;
      kept[row] = {entries, reinterpret_cast<std::uint32_t*>(entries + places), 0, -INFINITY};
    }
    flyCompete(network, block, active, rank, kept);
    missed = false;
    for (std::size_t row = 0; row < block.rows; row++) missed |= kept[row].count < active;
  }
}

// rows x active unit numbers, ascending in each row, and their sums unless values is null. 1 <=
// active <= units.
inline void flyWinners(const FlyNetwork& network, const float* vectors, std::size_t rows,
                       std::size_t active, std::byte* scratch, std::uint32_t* indices,
                       float* values) {
  const std::size_t step = flyWinnerRows(network, rows, active);
  for (std::size_t first = 0; first < rows; first += step) {
    const std::size_t count = rows - first < step ? rows - first : step;
    const FlyBlock block = flyBlock(network, vectors + first * network.dim, count, false, scratch);
    float* memory = block.tile + 256 + flyInputBytes(network, step) / sizeof(float);
    Reservoir kept[16];
    flyContest(network, block, active, memory, kept);
    for (std::size_t row = 0; row < count; row++) {
      cutReservoir(kept[row], active, active);
      std::memcpy(indices + (first + row) * active, kept[row].indices, active * 4);
      if (values == nullptr) continue;
      std::memcpy(values + (first + row) * active, kept[row].values, active * 4);
    }
  }
}
