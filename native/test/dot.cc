// Distances and nearest rows: each level against scalar, on input that need not be finite, and the
// heaps of parts against the heap of the whole.

#include "levels.h"

namespace flyhash::test {

namespace {

struct DotCase {
  std::size_t rows, dim, queryCount;
  std::vector<float> data, queries;
  DotProblem problem;

  explicit DotCase(Generator& draw)
      : rows(draw.size(1, 60)), dim(draw.size(1, 70)), queryCount(draw.size(0, 12)) {
    const Shape shape = draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape();
    data = draw.floats(rows * dim, shape);
    queries = draw.floats(queryCount * dim, draw.shape());
    const auto metric = static_cast<Metric>(draw.size(0, 2));
    problem = {metric, data.data(), dim, queries.data(), queryCount};
  }
};

struct alignas(64) Line {
  std::byte bytes[64];
};

std::vector<Line> scratchFor(const Kernels& kernels, const DotProblem& problem) {
  return std::vector<Line>(kernels.dotScratchBytes(problem) / sizeof(Line) + 1);
}

}  // namespace

TEST(Dot, DistancesEqualScalar) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const DotCase c(draw);
    std::vector<float> expected(c.queryCount * c.rows, 7.0F);
    std::vector<float> actual = expected;
    const auto run = [&](const Kernels& kernels, std::vector<float>& distances) {
      auto scratch = scratchFor(kernels, c.problem);
      return kernels.dotDistances(c.problem, 0, c.rows, scratch.data(), distances.data(), c.rows);
    };
    const std::size_t position = run(scalar, expected);
    EXPECT_EQ(position, run(level, actual));
    if (position == c.rows * c.dim) {
      EXPECT_TRUE(sameBits(expected, actual));
    }
  });
}

TEST(Dot, NearestOfPartsEqualScalarNearestOfAll) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const DotCase c(draw);
    const std::size_t k = draw.size(1, c.rows);
    const std::size_t cut = draw.size(0, c.rows);
    std::vector<std::uint32_t> expectedIds(c.queryCount * k, 9);
    std::vector<float> expected(c.queryCount * k, 7.0F);
    std::vector<std::uint32_t> ids = expectedIds;
    std::vector<float> actual = expected;
    const auto run = [&](const Kernels& kernels, const std::vector<std::size_t>& bounds,
                         auto& toIds, auto& to) {
      const std::size_t parts = bounds.size() - 1;
      std::vector<std::uint64_t> keys(parts * c.queryCount * k + 1);
      std::vector<std::size_t> counts(parts * c.queryCount + 1);
      auto scratch = scratchFor(kernels, c.problem);
      bool finite = true;
      for (std::size_t part = 0; part < parts; part++) {
        const std::size_t end = bounds[part + 1];
        finite &= kernels.dotNearest(c.problem, bounds[part], end, scratch.data(), k,
                                     keys.data() + part * c.queryCount * k,
                                     counts.data() + part * c.queryCount) == end * c.dim;
      }
      kernels.nearestMerge(keys.data(), counts.data(), parts, c.queryCount, k, toIds.data(),
                           to.data());
      return finite;
    };
    const bool finite = run(scalar, {0, c.rows}, expectedIds, expected);
    EXPECT_EQ(finite, run(level, {0, cut, c.rows}, ids, actual));
    if (!finite) return;
    EXPECT_EQ(expectedIds, ids);
    EXPECT_TRUE(sameBits(expected, actual));
  });
}

}  // namespace flyhash::test
