// The sparse product: each level against scalar, for tables of rows and columns of any content and
// numbers that need not be finite.

#include "levels.h"

namespace flyhash::test {

namespace {

struct SparseCase {
  std::size_t rows, columnCount, outputs, entries, width;
  std::vector<std::uint32_t> starts, columns;
  std::vector<float> values, slices;

  explicit SparseCase(Generator& draw)
      : rows(draw.size(0, 20)),
        columnCount(draw.size(0, 30)),
        outputs(draw.size(1, 150)),
        entries(draw.size(0, 80)),
        width(draw.size(1, 31)),
        starts(rows + 1),
        columns(entries),
        values(draw.floats(entries, draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape())),
        slices(draw.floats(columnCount * ((outputs + 15) / 16 * 16), draw.shape())) {
    for (std::uint32_t& start : starts) {
      start =
          draw.size(0, 9) == 0 ? draw.word() : static_cast<std::uint32_t>(draw.size(0, entries));
    }
    for (std::uint32_t& column : columns) {
      column = draw.size(0, 9) == 0 ? draw.word() : static_cast<std::uint32_t>(draw.size(0, 30));
    }
  }

  std::vector<float> products(const Kernels& kernels) const {
    const SparseProduct problem{starts.data(), columns.data(), values.data(), entries,
                                columnCount,   slices.data(),  outputs,       width};
    std::vector<float> result(rows * outputs, 7.0F);
    std::vector<std::byte> scratch(kernels.sparseProductScratchBytes(rows));
    for (std::size_t slice = 0; slice * SPARSE_SLICE < outputs; slice++) {
      kernels.sparseProduct(problem, 0, rows, slice, scratch.data(), result.data());
    }
    return result;
  }
};

}  // namespace

TEST(SparseProduct, EqualsScalar) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const SparseCase c(draw);
    EXPECT_TRUE(sameBits(c.products(scalar), c.products(level)));
  });
}

// Where cache blocks end changes nothing.
TEST(SparseProduct, AnyWidthIsTheSame) {
  compareLevels(caseCount(1000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    SparseCase c(draw);
    const std::vector<float> expected = c.products(scalar);
    c.width = 40;
    EXPECT_TRUE(sameBits(expected, c.products(level)));
  });
}

}  // namespace flyhash::test
