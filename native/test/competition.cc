// Competition: each level against scalar, in ranks, winners, values, prepared rows, sums and steps,
// for ranks of any content and input that need not be finite.

#include "levels.h"

namespace flyhash::test {

namespace {

struct CompetitionCase {
  std::size_t rows, dim, units, wanted;
  std::vector<float> vectors, panels, mean;

  explicit CompetitionCase(Generator& draw)
      : rows(draw.size(0, 20)), dim(draw.size(1, 90)), units(draw.size(1, 150)) {
    wanted = draw.size(1, units);
    const Shape shape = draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape();
    vectors = draw.floats(rows * dim, shape);
    panels = draw.floats((units + 15) / 16 * 16 * dim, draw.shape());
    mean = draw.floats(dim, draw.shape());
  }

  CompetitionVectors input() const { return {vectors.data(), rows, 0}; }

  CompetitionUnits problem(bool centred) const {
    return {panels.data(), centred ? mean.data() : nullptr, dim, units};
  }
};

std::vector<std::byte> scratchOf(const Kernels& kernels, const CompetitionUnits& units,
                                 std::size_t wanted) {
  return std::vector<std::byte>(kernels.competitionScratchBytes(units, wanted));
}

// Units of which one in five does not exist.
std::vector<std::uint32_t> anyUnits(Generator& draw, std::size_t count, std::size_t units) {
  std::vector<std::uint32_t> result(count);
  for (std::uint32_t& unit : result) {
    unit = draw.size(0, 4) == 0 ? draw.word() : static_cast<std::uint32_t>(draw.size(0, units - 1));
  }
  return result;
}

}  // namespace

TEST(Competition, RanksEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const CompetitionCase c(draw);
    std::vector<std::uint32_t> ranks[2];
    std::vector<float> best[2];
    for (std::size_t i = 0; i < 2; i++) {
      const Kernels& kernels = i == 0 ? scalar : level;
      ranks[i].assign(c.rows * c.wanted, 7);
      best[i].assign(c.rows * c.wanted, 7.0F);
      std::vector<std::byte> scratch = scratchOf(kernels, c.problem(false), c.wanted);
      kernels.competitionRanks(c.problem(false), c.input(), c.wanted, scratch.data(),
                               ranks[i].data(), best[i].data());
    }
    EXPECT_EQ(ranks[0], ranks[1]);
    EXPECT_TRUE(sameBits(best[0], best[1]));
  });
}

TEST(Competition, WinnersAndValuesEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const CompetitionCase c(draw);
    std::vector<std::uint32_t> winners[2];
    std::vector<float> values[2];
    for (std::size_t i = 0; i < 2; i++) {
      const Kernels& kernels = i == 0 ? scalar : level;
      winners[i].assign(c.rows * c.wanted, 7);
      values[i].assign(c.rows * c.units, 7.0F);
      std::vector<std::byte> scratch = scratchOf(kernels, c.problem(true), c.wanted);
      kernels.competitionWinners(c.problem(true), c.input(), c.wanted, scratch.data(),
                                 winners[i].data());
      kernels.competitionValues(c.problem(true), c.input(), scratch.data(), values[i].data());
    }
    EXPECT_EQ(winners[0], winners[1]);
    EXPECT_TRUE(sameBits(values[0], values[1]));
  });
}

TEST(Competition, PreparedRowsEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const CompetitionCase c(draw);
    const bool unitLength = draw.size(0, 1) == 1;
    std::vector<float> prepared[2];
    std::vector<float> norms[2];
    for (std::size_t i = 0; i < 2; i++) {
      prepared[i].assign(c.rows * c.dim, 7.0F);
      norms[i].assign(c.rows, 7.0F);
      (i == 0 ? scalar : level)
          .competitionPrepare(c.vectors.data(), c.rows, c.dim, c.mean.data(), unitLength,
                              prepared[i].data(), norms[i].data());
    }
    EXPECT_TRUE(sameBits(prepared[0], prepared[1]));
    EXPECT_TRUE(sameBits(norms[0], norms[1]));
  });
}

TEST(Competition, SumsAndDeltasEqualScalar) {
  compareLevels(caseCount(1000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const CompetitionCase c(draw);
    const std::size_t places = draw.size(1, 3);
    const std::vector<std::uint32_t> ranks = anyUnits(draw, c.rows * places, c.units);
    const std::vector<float> activations = draw.floats(c.rows * places, draw.shape());
    const std::vector<float> weights = draw.floats(c.units * c.dim, draw.shape());
    const CompetitionRows rows{c.vectors.data(), c.rows, c.dim, ranks.data(), places};
    const std::size_t first = draw.size(0, c.units - 1);
    const std::size_t end = first + draw.size(0, std::min(COMPETITION_UNITS, c.units - first));
    std::vector<float> sums[2];
    std::vector<float> deltas[2];
    std::vector<float> peaks[2];
    for (std::size_t i = 0; i < 2; i++) {
      const Kernels& kernels = i == 0 ? scalar : level;
      sums[i] = weights;
      deltas[i].assign(c.units * c.dim, 7.0F);
      peaks[i].assign(c.units, 7.0F);
      const CompetitionPart part{first, c.units, first % c.dim, c.dim};
      kernels.competitionSums(rows, places - 1, part, sums[i].data());
      kernels.competitionDeltas(rows, activations.data(), 0.3F, weights.data(), first, end,
                                deltas[i].data(), peaks[i].data());
    }
    EXPECT_TRUE(sameBits(sums[0], sums[1]));
    EXPECT_TRUE(sameBits(deltas[0], deltas[1]));
    EXPECT_TRUE(sameBits(peaks[0], peaks[1]));
  });
}

}  // namespace flyhash::test
