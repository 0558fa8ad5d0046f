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

TEST(Hamming, DeinterleavedCodesAreThoseThatWereInterleaved) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(0, 30);
    const std::size_t firstRow = draw.size(0, 20);
    const std::size_t codeBytes = draw.size(1, 40);
    const auto codes = draw.bytes(rows * codeBytes);
    std::vector<std::uint64_t> store((firstRow + rows + 7) / 8 * 8 * ((codeBytes + 7) / 8), 7);
    scalar.hammingInterleave(codes.data(), rows, codeBytes, firstRow, store.data());
    std::vector<std::uint8_t> back(codes.size(), 7);
    level.hammingDeinterleave(store.data(), firstRow, rows, codeBytes, back.data());
    EXPECT_EQ(codes, back);
  });
}

namespace {

// Empty lists with the least memory that they may have.
struct Lists {
  explicit Lists(const Sizes& sizes)
      : entries(sizes.queryCount * 2 * sizes.k),
        counts(sizes.queryCount * (sizes.words * 64 + 1)),
        lists(sizes.queryCount) {
    const std::size_t bits = sizes.words * 64;
    for (std::size_t q = 0; q < sizes.queryCount; q++) {
      lists[q] = {entries.data() + q * 2 * sizes.k,
                  counts.data() + q * (bits + 1),
                  sizes.k,
                  2 * sizes.k,
                  0,
                  0,
                  bits + 1};
    }
  }

  std::vector<std::uint64_t> entries;
  std::vector<std::uint32_t> counts;
  std::vector<HammingNearest> lists;
};

// A bitmap of exactly its size, as dense as drawn, sometimes in runs.
std::vector<std::uint8_t> drawBitmap(Generator& draw, std::size_t rows) {
  std::vector<std::uint8_t> bitmap((rows + 7) / 8);
  const std::size_t step = draw.size(1, 40);
  const bool inRuns = draw.size(0, 2) == 0;
  for (std::size_t row = 0; row < rows; row++) {
    const bool isSet = inRuns ? row / (step * 20) % 2 == 0 : draw.size(0, step - 1) == 0;
    if (isSet) bitmap[row / 8] |= static_cast<std::uint8_t>(0x80 >> row % 8);
  }
  return bitmap;
}

// Distance << 32 | row of the allowed rows of one query, in order.
std::vector<std::uint64_t> sortedRows(const std::vector<std::uint32_t>& distances,
                                      const std::vector<std::uint8_t>& bitmap) {
  std::vector<std::uint64_t> sorted;
  for (std::size_t row = 0; row < distances.size(); row++) {
    if ((bitmap[row / 8] >> (7 - row % 8) & 1) == 0) continue;
    sorted.push_back(static_cast<std::uint64_t>(distances[row]) << 32 | row);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

TEST(Hamming, AllowedNeighboursAreTheFirstOfTheSortedAllowedRows) {
  compareLevels(caseCount(1000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const bool isLong = draw.size(0, 9) == 0;
    const Sizes sizes{draw.size(1, isLong ? 10000 : 500), draw.size(1, isLong ? 4 : 9),
                      draw.size(1, 20), draw.size(1, 40)};
    const std::size_t kinds = draw.size(1, 4);
    const auto codes = drawWords(draw, (sizes.rows + 7) / 8 * 8 * sizes.words, kinds);
    const auto queries = drawWords(draw, sizes.queryCount * sizes.words, kinds);
    const auto bitmap = drawBitmap(draw, sizes.rows);
    Lists lists(sizes);
    std::vector<std::uint8_t> scratch(
        level.hammingAllowedScratchBytes(sizes.words, sizes.queryCount));
    level.hammingSearchAllowed(codes.data(), sizes.rows, sizes.words, 0, bitmap.data(),
                               queries.data(), sizes.queryCount, lists.lists.data(),
                               scratch.data());
    std::vector<std::uint32_t> distances(sizes.rows);
    for (std::size_t q = 0; q < sizes.queryCount; q++) {
      scalar.hammingDistances(codes.data(), sizes.rows, sizes.words,
                              queries.data() + q * sizes.words, 1, distances.data());
      auto expected = sortedRows(distances, bitmap);
      expected.resize(std::min(expected.size(), sizes.k));
      std::vector<std::uint32_t> ids(sizes.k);
      std::vector<std::uint32_t> near(sizes.k);
      const std::size_t found = level.hammingSort(lists.lists[q], ids.data(), near.data());
      std::vector<std::uint64_t> actual;
      for (std::size_t i = 0; i < found; i++)
        actual.push_back(static_cast<std::uint64_t>(near[i]) << 32 | ids[i]);
      EXPECT_EQ(expected, actual);
    }
  });
}

}  // namespace flyhash::test
