// The dense product: each level against scalar, in codes and in values, on input that need not be
// finite.

#include "levels.h"

namespace flyhash::test {

namespace {

struct ProjectionCase {
  std::size_t rows, dim, outputs;
  std::vector<float> vectors, panels, thresholds;

  explicit ProjectionCase(Generator& draw)
      : rows(draw.size(0, 15)), dim(draw.size(1, 90)), outputs(draw.size(1, 150)) {
    const std::size_t padded = (outputs + 15) / 16 * 16;
    const Shape shape = draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape();
    vectors = draw.floats(rows * dim, shape);
    panels = draw.floats(padded * dim, draw.shape());
    thresholds = draw.floats(padded, draw.shape());
  }
};

}  // namespace

TEST(Projection, SignsEqualScalar) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const ProjectionCase c(draw);
    std::vector<std::uint8_t> expected(c.rows * ((c.outputs + 7) / 8), 0xaa);
    std::vector<std::uint8_t> actual = expected;
    const auto run = [&](const Kernels& kernels, std::vector<std::uint8_t>& codes) {
      kernels.projectionSigns(c.vectors.data(), c.rows, c.dim, c.panels.data(), c.thresholds.data(),
                              c.outputs, codes.data());
    };
    run(scalar, expected);
    run(level, actual);
    EXPECT_EQ(expected, actual);
  });
}

// Past one block of rows, and past the part of the input that is summed at a time.
TEST(Projection, ManyRowsAndLongInputsEqualScalar) {
  compareLevels(caseCount(20), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(90, 205);
    const std::size_t dim = draw.size(2040, 2060) * draw.size(1, 2);
    const std::size_t outputs = draw.size(1, 40);
    const std::vector<float> vectors = draw.floats(rows * dim, Shape::random);
    const std::vector<float> panels = draw.floats((outputs + 15) / 16 * 16 * dim, Shape::random);
    std::vector<float> expected(rows * outputs);
    std::vector<float> actual(rows * outputs);
    scalar.projectionValues(vectors.data(), rows, dim, panels.data(), outputs, expected.data());
    level.projectionValues(vectors.data(), rows, dim, panels.data(), outputs, actual.data());
    EXPECT_TRUE(sameBits(expected, actual));
  });
}

TEST(Projection, ValuesEqualScalar) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const ProjectionCase c(draw);
    std::vector<float> expected(c.rows * c.outputs, 7.0F);
    std::vector<float> actual = expected;
    const auto run = [&](const Kernels& kernels, std::vector<float>& values) {
      kernels.projectionValues(c.vectors.data(), c.rows, c.dim, c.panels.data(), c.outputs,
                               values.data());
    };
    run(scalar, expected);
    run(level, actual);
    EXPECT_TRUE(sameBits(expected, actual));
  });
}

}  // namespace flyhash::test
