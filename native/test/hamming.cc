// Hamming kernels: each level against scalar, in buffers of exactly the size that the kernels may
// touch.

#include <algorithm>

#include "levels.h"

namespace flyhash::test {

namespace {

struct Sizes {
  std::size_t rows, words, queryCount, k;
};

std::vector<std::uint64_t> drawWords(Generator& draw, std::size_t count, std::size_t kinds) {
  std::vector<std::uint64_t> result(count);
  for (std::uint64_t& word : result) {
    const std::uint64_t random = static_cast<std::uint64_t>(draw.word()) << 32 | draw.word();
    const std::uint64_t some[] = {random, 0, ~std::uint64_t{0}, 1};
    word = some[draw.size(0, kinds - 1)];
  }
  return result;
}

// Neighbours of all queries: ids, then distances, then counts.
std::vector<std::uint32_t> search(const Kernels& kernels, const Sizes& sizes,
                                  const std::vector<std::uint64_t>& codes,
                                  const std::vector<std::uint64_t>& queries) {
  const std::size_t bits = sizes.words * 64;
  const std::size_t capacity = std::min(2 * sizes.k, sizes.rows);
  std::vector<std::uint64_t> entries(sizes.queryCount * capacity);
  std::vector<std::uint32_t> counts(sizes.queryCount * (bits + 1));
  std::vector<HammingNearest> lists(sizes.queryCount);
  for (std::size_t q = 0; q < sizes.queryCount; q++) {
    lists[q] = {entries.data() + q * capacity,
                counts.data() + q * (bits + 1),
                sizes.k,
                capacity,
                0,
                0,
                bits + 1};
  }
  std::vector<std::uint8_t> scratch(kernels.hammingScratchBytes(sizes.words, sizes.queryCount));
  const std::size_t half = sizes.rows / 16 * 8;
  kernels.hammingSearch(codes.data(), half, sizes.words, 0, queries.data(), sizes.queryCount,
                        lists.data(), scratch.data());
  kernels.hammingSearch(codes.data() + half * sizes.words, sizes.rows - half, sizes.words,
                        static_cast<std::uint32_t>(half), queries.data(), sizes.queryCount,
                        lists.data(), scratch.data());
  const std::size_t places = sizes.queryCount * sizes.k;
  std::vector<std::uint32_t> found(2 * places + sizes.queryCount);
  for (std::size_t q = 0; q < sizes.queryCount; q++) {
    std::uint32_t* const ids = found.data() + q * sizes.k;
    found[2 * places + q] =
        static_cast<std::uint32_t>(kernels.hammingSort(lists[q], ids, ids + places));
  }
  return found;
}

}  // namespace

TEST(Hamming, NeighboursEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const Sizes sizes{draw.size(1, 300), draw.size(1, 9), draw.size(1, 20), draw.size(1, 40)};
    const std::size_t kinds = draw.size(1, 4);
    const auto codes = drawWords(draw, (sizes.rows + 7) / 8 * 8 * sizes.words, kinds);
    const auto queries = drawWords(draw, sizes.queryCount * sizes.words, kinds);
    EXPECT_EQ(search(scalar, sizes, codes, queries), search(level, sizes, codes, queries));
  });
}

TEST(Hamming, DistancesEqualScalar) {
  compareLevels(caseCount(5000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const Sizes sizes{draw.size(0, 40), draw.size(1, 40), draw.size(0, 4), 1};
    const auto codes = drawWords(draw, (sizes.rows + 7) / 8 * 8 * sizes.words, 4);
    const auto queries = drawWords(draw, sizes.queryCount * sizes.words, 4);
    std::vector<std::uint32_t> expected(sizes.rows * sizes.queryCount, 7);
    std::vector<std::uint32_t> actual = expected;
    scalar.hammingDistances(codes.data(), sizes.rows, sizes.words, queries.data(), sizes.queryCount,
                            expected.data());
    level.hammingDistances(codes.data(), sizes.rows, sizes.words, queries.data(), sizes.queryCount,
                           actual.data());
    EXPECT_EQ(expected, actual);
  });
}

TEST(Hamming, InterleavedCodesEqualScalar) {
  compareLevels(caseCount(5000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(0, 30);
    const std::size_t firstRow = draw.size(0, 20);
    const std::size_t codeBytes = draw.size(1, 40);
    const auto codes = draw.bytes(rows * codeBytes);
    std::vector<std::uint64_t> expected((firstRow + rows + 7) / 8 * 8 * ((codeBytes + 7) / 8), 7);
    std::vector<std::uint64_t> actual = expected;
    scalar.hammingInterleave(codes.data(), rows, codeBytes, firstRow, expected.data());
    level.hammingInterleave(codes.data(), rows, codeBytes, firstRow, actual.data());
    EXPECT_EQ(expected, actual);
  });
}

}  // namespace flyhash::test
