// The rotations: each level against scalar, in codes and in values, on input that need not be
// finite.

#include "levels.h"

namespace flyhash::test {

namespace {

struct RotationCase {
  std::size_t rows, dim, size, outputs;
  std::vector<float> vectors, thresholds;
  std::vector<std::uint32_t> signs;

  explicit RotationCase(Generator& draw)
      : rows(draw.size(0, 5)),
        size(std::size_t{16} << draw.size(0, draw.size(0, 20) == 0 ? 9 : 5)),
        outputs(draw.size(1, 2 * size + 40)) {
    dim = draw.size(1, size);
    const Shape shape = draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape();
    vectors = draw.floats(rows * dim, shape);
    thresholds = draw.floats((outputs + 15) / 16 * 16, draw.shape());
    signs.resize((outputs + size - 1) / size * 3 * size);
    for (std::uint32_t& sign : signs) sign = draw.word() & 0x80000000U;
  }
};

}  // namespace

TEST(Rotation, SignsEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const RotationCase c(draw);
    std::vector<std::uint8_t> expected(c.rows * ((c.outputs + 7) / 8), 0xaa);
    std::vector<std::uint8_t> actual = expected;
    const auto run = [&](const Kernels& kernels, std::vector<std::uint8_t>& codes) {
      std::vector<float> scratch(c.size);
      kernels.rotationSigns(c.vectors.data(), c.rows, c.dim, c.size, c.signs.data(),
                            c.thresholds.data(), c.outputs, scratch.data(), codes.data());
    };
    run(scalar, expected);
    run(level, actual);
    EXPECT_EQ(expected, actual);
  });
}

TEST(Rotation, ValuesEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const RotationCase c(draw);
    std::vector<float> expected(c.rows * c.outputs, 7.0F);
    std::vector<float> actual = expected;
    const auto run = [&](const Kernels& kernels, std::vector<float>& values) {
      std::vector<float> scratch(c.size);
      kernels.rotationValues(c.vectors.data(), c.rows, c.dim, c.size, c.signs.data(), c.outputs,
                             scratch.data(), values.data());
    };
    run(scalar, expected);
    run(level, actual);
    EXPECT_TRUE(sameBits(expected, actual));
  });
}

}  // namespace flyhash::test
