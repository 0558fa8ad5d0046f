// What learning by competition takes from rows and their winners (competition.inl.h finds them):
// prepared rows, sums of the rows of each unit, and the steps of a mini-batch after Krotov and
// Hopfield (2019). Everything is summed over the rows, ascending, by whoever owns the unit, so that
// threads never show. Numbers of units come from arrays that anybody may have written: those beyond
// the last are nobody's.

// Each vector less the mean, and divided by its norm if asked; its norm, which is zero for rows
// that have no direction.
inline void competitionPrepare(const float* vectors, std::size_t rows, std::size_t dim,
                               const float* mean, bool unitLength, float* prepared, float* norms) {
  for (std::size_t row = 0; row < rows; row++) {
    const float* from = vectors + row * dim;
    float* to = prepared + row * dim;
    F32x16 squares = broadcast(0.0F);
    std::size_t i = 0;
    for (; i + 16 <= dim; i += 16) {
      const F32x16 centred = subtract(load(from + i), load(mean + i));
      store(to + i, centred);
      squares = fma(centred, centred, squares);
    }
    if (i < dim) {
      const std::size_t rest = dim - i;
      const F32x16 centred = subtract(loadPartial(from + i, rest), loadPartial(mean + i, rest));
      storePartial(to + i, centred, rest);
      squares = fma(centred, centred, squares);
    }
    float norm[16];
    store(norm, squareRoot(broadcast(fold(squares))));
    norms[row] = norm[0];
    if (!unitLength || norm[0] == 0.0F) continue;
    const F32x16 divisor = broadcast(norm[0]);
    for (i = 0; i + 16 <= dim; i += 16) store(to + i, divide(load(to + i), divisor));
    if (i < dim) storePartial(to + i, divide(loadPartial(to + i, dim - i), divisor), dim - i);
  }
}

// Rows whose unit is among those of a part, gathered before they are read, so that the next ones
// can be fetched meanwhile.
inline constexpr std::size_t COMPETITION_GATHERED = 64;

[[gnu::always_inline]] inline void competitionFetch(const float* row, std::size_t dim) {
  for (std::size_t i = 0; i < dim; i += 16) prefetch(row + i);
}

inline void competitionAdd(float* sum, const float* row, std::size_t dim) {
  std::size_t i = 0;
  for (; i + 16 <= dim; i += 16) store(sum + i, add(load(sum + i), load(row + i)));
  for (; i < dim; i++) sum[i] += row[i];
}

// Adds each row to the sum of the unit at its place, for a part of the sums.
inline void competitionSums(const CompetitionRows& rows, std::size_t place,
                            const CompetitionPart& part, float* sums) {
  const std::size_t dim = rows.dim;
  const std::size_t width = part.endInput - part.input;
  const float* prepared = rows.prepared + part.input;
  std::size_t row = 0;
  while (row < rows.count) {
    std::size_t own[COMPETITION_GATHERED];
    std::size_t units[COMPETITION_GATHERED];
    std::size_t count = 0;
    for (; row < rows.count && count < COMPETITION_GATHERED; row++) {
      const std::size_t unit = rows.ranks[row * rows.places + place];
      own[count] = row;
      units[count] = unit;
      count += unit >= part.unit && unit < part.endUnit ? 1 : 0;
    }
    for (std::size_t i = 0; i < count; i++) {
      if (i + 4 < count) competitionFetch(prepared + own[i + 4] * dim, width);
      competitionAdd(sums + units[i] * dim + part.input, prepared + own[i] * dim, width);
    }
  }
}

// Adds share x row to a unit's step.
inline void competitionPush(float share, const float* row, std::size_t dim, float* delta) {
  const F32x16 factor = broadcast(share);
  std::size_t i = 0;
  for (; i + 16 <= dim; i += 16) store(delta + i, fma(factor, load(row + i), load(delta + i)));
  if (i == dim) return;
  const std::size_t rest = dim - i;
  storePartial(delta + i, fma(factor, loadPartial(row + i, rest), loadPartial(delta + i, rest)),
               rest);
}

// a x b + c of single numbers, rounded once.
inline float competitionFused(float a, float b, float c) {
  float result[16];
  store(result, fma(broadcast(a), broadcast(b), broadcast(c)));
  return result[0];
}

// Takes decay x weights from a step; the largest |delta|, where what is no number does not count.
inline float competitionDecay(float decay, const float* weights, std::size_t dim, float* delta) {
  const F32x16 factor = broadcast(-decay);
  F32x16 peak = broadcast(0.0F);
  for (std::size_t i = 0; i < dim; i += 16) {
    const std::size_t width = dim - i < 16 ? dim - i : 16;
    const F32x16 step = fma(factor, loadPartial(weights + i, width), loadPartial(delta + i, width));
    storePartial(delta + i, step, width);
    peak = maximum(step, peak);
    peak = maximum(subtract(broadcast(0.0F), step), peak);
  }
  return greatest(peak);
}

// The steps of the units first .. end - 1, at most COMPETITION_UNITS of them.
inline void competitionDeltas(const CompetitionRows& rows, const float* activations,
                              float repulsion, const float* weights, std::size_t first,
                              std::size_t end, float* deltas, float* peaks) {
  const std::size_t dim = rows.dim;
  float decays[COMPETITION_UNITS];
  bool touched[COMPETITION_UNITS];
  for (std::size_t u = 0; u < COMPETITION_UNITS; u++) {
    decays[u] = 0.0F;
    touched[u] = false;
  }
  const auto push = [&](std::size_t row, std::size_t place, float share) {
    const std::size_t at = row * rows.places + place;
    const std::size_t unit = rows.ranks[at];
    if (unit < first || unit >= end) return;
    float* delta = deltas + unit * dim;
    if (!touched[unit - first]) std::memset(delta, 0, dim * sizeof(float));
    touched[unit - first] = true;
    competitionPush(share, rows.prepared + row * dim, dim, delta);
    decays[unit - first] = competitionFused(share, activations[at], decays[unit - first]);
  };
  for (std::size_t row = 0; row < rows.count; row++) {
    push(row, 0, 1.0F);
    if (rows.places > 1) push(row, rows.places - 1, -repulsion);
  }
  for (std::size_t unit = first; unit < end; unit++) {
    peaks[unit] = 0.0F;
    if (!touched[unit - first]) continue;
    peaks[unit] =
        competitionDecay(decays[unit - first], weights + unit * dim, dim, deltas + unit * dim);
  }
}
