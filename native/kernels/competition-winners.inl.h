// The winners of competition (BioHash; Ryali, Hopfield, Grinberg, Krotov 2020) from the activations
// that competition.inl.h puts down, with top-k's order: larger activation first, then smaller unit;
// -0 equals +0.

inline float competitionGreatest(const float* activations, std::size_t stride) {
  F32x16 best = load(activations);
  for (std::size_t u = 16; u < stride; u += 16) best = maximum(load(activations + u), best);
  return greatest(best);
}

// A value that at least `wanted` activations reach: that place among the distinct ones, where so
// few are wanted that the steps to it, a cycle a block and some 24 more each, are less than the
// search of a reservoir's cut; else -infinity. It branches on no value, so that rows overlap.
inline float competitionBound(const float* activations, std::size_t stride, std::size_t wanted) {
  if (wanted * (stride / 16 + 24) > 480) return -INFINITY;
  float top = competitionGreatest(activations, stride);
  for (std::size_t i = 1; i < wanted; i++) {
    const F32x16 limit = broadcast(top);
    F32x16 best = broadcast(-INFINITY);
    for (std::size_t u = 0; u < stride; u += 16) {
      best = greatestBelow(best, load(activations + u), limit);
    }
    top = greatest(best);
  }
  return top;
}

// The unit of the largest activation, the smallest of equals.
inline std::uint32_t competitionWinner(const float* activations, std::size_t stride) {
  const F32x16 top = broadcast(competitionGreatest(activations, stride));
  for (std::size_t u = 0; u < stride; u += 16) {
    const unsigned found = equal(load(activations + u), top);
    if (found != 0) return static_cast<std::uint32_t>(u + trailingZeros(found));
  }
  return 0;
}

// The wanted units of largest activation, largest first: ranks and best rows x wanted.
inline void competitionRanks(const CompetitionUnits& units, const CompetitionVectors& prepared,
                             std::size_t wanted, std::byte* scratch, std::uint32_t* ranks,
                             float* best) {
  const std::size_t stride = competitionStride(units);
  const auto rank = [=](std::size_t row, const float* own, const TopKMemory& memory) {
    const Entries to{best + row * wanted, ranks + row * wanted};
    if (wanted > 1) {
      topKRow(own, stride, wanted, competitionBound(own, stride, wanted), memory, to);
      return;
    }
    const std::uint32_t winner = competitionWinner(own, stride);
    to.indices[0] = winner;
    to.values[0] = own[winner];
  };
  competitionRuns(units, prepared, wanted, scratch, rank);
}

// The active units of largest activation, ascending, of vectors less the mean: rows x active.
inline void competitionWinners(const CompetitionUnits& units, const CompetitionVectors& vectors,
                               std::size_t active, std::byte* scratch, std::uint32_t* indices) {
  const std::size_t stride = competitionStride(units);
  const auto choose = [=](std::size_t row, const float* own, const TopKMemory& memory) {
    topKSet(own, stride, active, competitionBound(own, stride, active), memory,
            indices + row * active);
  };
  competitionRuns(units, vectors, active, scratch, choose);
}
