// Units that compete for a vector (BioHash; Ryali, Hopfield, Grinberg, Krotov 2020): their
// activations for each row, one running sum of fused multiply-adds over the input index, ascending,
// from +0: the tiles of projection.inl.h, on panels in natural order (lib/hash/unit-panels.ts), put
// down for a run of rows at a time and used while they are in cache (competition-winners.inl.h).
// NaN, which only an overflow makes, counts as -infinity; units beyond the last are -infinity too
// and stand last, so that they never win.

// Bytes of activations and centred rows of a run; longer rows come one by one.
inline constexpr std::size_t COMPETITION_BYTES = std::size_t{1} << 20;

inline std::size_t competitionStride(const CompetitionUnits& units) {
  return (units.count + 15) / 16 * 16;
}
inline std::size_t competitionRun(const CompetitionUnits& units) {
  const std::size_t centred = units.mean == nullptr ? 0 : units.dim;
  const std::size_t fit = COMPETITION_BYTES / sizeof(float) / (competitionStride(units) + centred);
  const std::size_t tiled = fit - fit % TILE_ROWS;
  return fit == 0 ? 1 : tiled == 0 ? fit : tiled < PROJECTION_ROWS ? tiled : PROJECTION_ROWS;
}

// Scratch memory of ranks and winners of that many units a row; values need that of one.
inline std::size_t competitionScratchBytes(const CompetitionUnits& units, std::size_t wanted) {
  const std::size_t centred = units.mean == nullptr ? 0 : units.dim;
  const std::size_t run = competitionRun(units) * (competitionStride(units) + centred + 16);
  return ALIGNMENT_BYTES + run * sizeof(float) + topKScratchBytes(competitionStride(units), wanted);
}

// Takes a row's sums of neighbouring groups as they come.
struct CompetitionOutput {
  std::size_t stride;
  float* activations;

  template <std::size_t BLOCKS>
  [[gnu::always_inline]] void put(std::size_t row, std::size_t group,
                                  const F32x16 (&sums)[BLOCKS]) const {
    float* to = activations + row * stride + group * 16;
    for (std::size_t c = 0; c < BLOCKS; c++) store(to + c * 16, known(sums[c]));
  }
};

// A run of rows with their activations, rows x stride, and the memory after them.
struct CompetitionRun {
  float* activations;
  std::byte* rest;
};

inline void competitionCentre(const float* vector, const float* mean, std::size_t dim, float* to) {
  std::size_t i = 0;
  for (; i + 16 <= dim; i += 16) store(to + i, subtract(load(vector + i), load(mean + i)));
  for (; i < dim; i++) to[i] = vector[i] - mean[i];
}

inline CompetitionRun competitionActivate(const CompetitionUnits& units,
                                          const CompetitionVectors& run, std::byte* scratch) {
  const std::size_t stride = competitionStride(units);
  const std::size_t rows = run.rows;
  const float* vectors = run.vectors;
  const float* ahead = run.following < rows ? nullptr : vectors + rows * units.dim;
  float* activations = reinterpret_cast<float*>(alignedScratch(scratch));
  float* centred = activations + rows * stride;
  float* end = centred;
  if (units.mean != nullptr) {
    for (std::size_t row = 0; row < rows; row++) {
      competitionCentre(vectors + row * units.dim, units.mean, units.dim,
                        centred + row * units.dim);
    }
    vectors = centred;
    end += (rows * units.dim + 15) / 16 * 16;
  }
  project(ProjectionInput{vectors, units.dim, units.panels, ahead},
          CompetitionOutput{stride, activations}, rows, stride / 16);
  for (std::size_t row = 0; row < rows; row++) {
    for (std::size_t u = units.count; u < stride; u++) activations[row * stride + u] = -INFINITY;
  }
  return {activations, reinterpret_cast<std::byte*>(end)};
}

// Calls use(row, its activations, memory to choose `wanted` of them) for all rows, a run at a time.
template <typename Use>
inline void competitionRuns(const CompetitionUnits& units, const CompetitionVectors& all,
                            std::size_t wanted, std::byte* scratch, Use use) {
  const std::size_t step = competitionRun(units);
  const std::size_t stride = competitionStride(units);
  for (std::size_t first = 0; first < all.rows; first += step) {
    const std::size_t rest = all.rows - first;
    const std::size_t count = rest < step ? rest : step;
    const CompetitionVectors own{all.vectors + first * units.dim, count,
                                 rest - count + all.following};
    const CompetitionRun run = competitionActivate(units, own, scratch);
    const TopKMemory memory = topKMemory(stride, wanted, run.rest);
    for (std::size_t row = 0; row < count; row++) {
      use(first + row, run.activations + row * stride, memory);
    }
  }
}

// The activations themselves, of vectors less the mean: rows x units.
inline void competitionValues(const CompetitionUnits& units, const CompetitionVectors& vectors,
                              std::byte* scratch, float* values) {
  const auto copy = [=](std::size_t row, const float* own, const TopKMemory&) {
    std::memcpy(values + row * units.count, own, units.count * sizeof(float));
  };
  competitionRuns(units, vectors, 1, scratch, copy);
}
