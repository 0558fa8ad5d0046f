// The Gram matrix: each level against scalar, bit for bit, on input that need not be finite.

#include "levels.h"

namespace flyhash::test {

namespace {

std::vector<double> gramOf(const Kernels& kernels, const std::vector<float>& vectors,
                           std::size_t rows, std::size_t columns) {
  std::vector<double> gram(columns * columns, 7.0);
  std::vector<std::byte> scratch(kernels.gramScratchBytes(columns));
  for (std::size_t part = 0; part * GRAM_PART < columns; part++) {
    kernels.gramMatrix(vectors.data(), rows, columns, part, scratch.data(), gram.data());
  }
  return gram;
}

// Equal bit for bit, where any NaN equals any other.
bool sameDoubles(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); i++) {
    const bool bothNaN = a[i] != a[i] && b[i] != b[i];
    if (!bothNaN && std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i])) {
      return false;
    }
  }
  return a.size() == b.size();
}

}  // namespace

TEST(Gram, EqualsScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(0, 150);
    const std::size_t columns = draw.size(1, 80);
    const Shape shape = draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape();
    const std::vector<float> vectors = draw.floats(rows * columns, shape);
    EXPECT_TRUE(
        sameDoubles(gramOf(scalar, vectors, rows, columns), gramOf(level, vectors, rows, columns)));
  });
}

}  // namespace flyhash::test
