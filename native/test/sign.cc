// Signs of raw values and the check for finite input: each level against scalar.

#include "levels.h"

namespace flyhash::test {

TEST(Sign, CodesEqualScalar) {
  compareLevels(caseCount(20000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(0, 4);
    const std::size_t dim = draw.size(1, 70);
    const std::vector<float> vectors = draw.floats(rows * dim, draw.shape());
    const std::vector<float> thresholds = draw.floats(dim, draw.shape());
    std::vector<std::uint8_t> expected(rows * ((dim + 7) / 8), 0xaa);
    std::vector<std::uint8_t> actual = expected;
    scalar.signCodes(vectors.data(), rows, dim, thresholds.data(), expected.data());
    level.signCodes(vectors.data(), rows, dim, thresholds.data(), actual.data());
    EXPECT_EQ(expected, actual);
  });
}

TEST(Sign, FirstNonFiniteEqualsScalar) {
  compareLevels(caseCount(20000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const Shape shape = draw.size(0, 1) == 0 ? draw.shape() : Shape::notFinite;
    const std::vector<float> values = draw.floats(draw.size(0, 200), shape);
    EXPECT_EQ(scalar.firstNonFinite(values.data(), values.size()),
              level.firstNonFinite(values.data(), values.size()));
  });
}

}  // namespace flyhash::test
