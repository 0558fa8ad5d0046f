// Top-k: each level against scalar, on input that need not be finite.

#include "levels.h"

namespace flyhash::test {

TEST(TopK, EqualsScalar) {
  compareLevels(caseCount(10000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(0, 3);
    const std::size_t n = draw.size(0, 1) == 0 ? draw.size(1, 80) : draw.size(280, 1200);
    const std::size_t k = draw.size(0, 1) == 0 ? draw.size(1, n) : draw.size(1, n / 20 + 1);
    const Shape shape = draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape();
    const std::vector<float> values = draw.floats(rows * n, shape);
    std::vector<std::uint32_t> expected(rows * k, 7);
    std::vector<std::uint32_t> actual = expected;
    std::vector<float> expectedBest(rows * k, 7.0F);
    std::vector<float> actualBest = expectedBest;
    const auto run = [&](const Kernels& kernels, std::vector<std::uint32_t>& ids,
                         std::vector<float>& best) {
      std::vector<std::byte> scratch(kernels.topKScratchBytes(n, k));
      kernels.topK(values.data(), rows, n, k, scratch.data(), ids.data(), best.data());
    };
    run(scalar, expected, expectedBest);
    run(level, actual, actualBest);
    EXPECT_EQ(expected, actual);
    EXPECT_TRUE(sameBits(expectedBest, actualBest));
  });
}

}  // namespace flyhash::test
