// Hash tables: each level against scalar, in buffers of exactly the size that the kernels may
// touch, and with tables of any content.

#include <algorithm>

#include "levels.h"

namespace flyhash::test {

namespace {

struct Sizes {
  std::size_t rows, words, tables, keyBits, directoryBits, queryCount, k;

  std::size_t table() const {
    const std::size_t cells = std::size_t{1} << directoryBits;
    return cells + 1 + rows * (directoryBits < keyBits ? 2 : 1);
  }
};

Sizes drawSizes(Generator& draw) {
  Sizes sizes{draw.size(1, 300), draw.size(1, 6), draw.size(1, 4), draw.size(1, 32), 0,
              draw.size(1, 5),   draw.size(1, 20)};
  sizes.directoryBits = draw.size(0, std::min<std::size_t>(sizes.keyBits, 8));
  sizes.k = std::min(sizes.k, sizes.rows);
  return sizes;
}

// Few distinct words, so that keys meet.
std::vector<std::uint64_t> drawWords(Generator& draw, std::size_t count) {
  const std::uint64_t base = static_cast<std::uint64_t>(draw.word()) << 32 | draw.word();
  std::vector<std::uint64_t> result(count);
  for (std::uint64_t& word : result) {
    word = base;
    for (std::size_t flips = draw.size(0, 3); flips > 0; flips--)
      word ^= std::uint64_t{1} << draw.size(0, 63);
  }
  return result;
}

std::vector<std::uint32_t> keysOf(const Kernels& kernels, const Sizes& sizes,
                                  const std::vector<std::uint64_t>& codes,
                                  const std::vector<std::uint32_t>& positions, std::size_t rows) {
  std::vector<std::uint32_t> keys(rows * sizes.tables);
  kernels.bucketKeys(reinterpret_cast<const std::uint8_t*>(codes.data()), sizes.words * 8, nullptr,
                     rows, positions.data(), sizes.tables, sizes.keyBits, keys.data());
  return keys;
}

std::vector<std::uint32_t> segmentOf(const Kernels& kernels, const Sizes& sizes,
                                     const std::vector<std::uint32_t>& keys) {
  std::vector<std::uint32_t> segment(sizes.tables * sizes.table());
  std::vector<std::uint64_t> scratch(kernels.bucketSortScratchBytes(sizes.rows) / 8);
  for (std::size_t t = 0; t < sizes.tables; t++) {
    kernels.bucketSort(keys.data() + t, sizes.tables, nullptr, sizes.rows, sizes.keyBits,
                       sizes.directoryBits, reinterpret_cast<std::byte*>(scratch.data()),
                       segment.data() + t * sizes.table());
  }
  return segment;
}

struct Case {
  Sizes sizes;
  std::vector<std::uint64_t> codes, queries;
  std::vector<std::uint32_t> positions, masks;
  std::vector<std::uint8_t> allowed, stale;
  std::vector<float> margins;
  std::size_t probes, radius;
};

Case drawCase(Generator& draw) {
  Case one{};
  one.sizes = drawSizes(draw);
  const Sizes& sizes = one.sizes;
  one.codes = drawWords(draw, sizes.rows * sizes.words);
  one.queries = drawWords(draw, sizes.queryCount * sizes.words);
  for (std::size_t i = 0; i < sizes.tables * sizes.keyBits; i++)
    one.positions.push_back(static_cast<std::uint32_t>(draw.size(0, sizes.words * 64 - 1)));
  one.allowed = draw.bytes((sizes.rows + 7) / 8);
  one.stale = draw.bytes((sizes.rows + 7) / 8);
  one.probes = draw.size(0, 80);
  one.radius = draw.size(0, sizes.keyBits);
  if (one.probes > 0 && draw.size(0, 1) == 0)
    one.margins = draw.floats(sizes.queryCount * sizes.tables * sizes.keyBits, Shape::notFinite);
  for (std::size_t i = 0; i < one.probes; i++) one.masks.push_back(draw.word() & draw.word());
  return one;
}

// Neighbours of all queries: ids, distances, counts, candidates.
std::vector<std::uint32_t> search(const Kernels& kernels, const Case& one,
                                  const std::vector<std::uint32_t>& keys,
                                  const std::vector<std::uint32_t>& segment) {
  const Sizes& sizes = one.sizes;
  const BucketSegment segments[] = {
      {segment.data(), sizes.rows, sizes.directoryBits, sizes.rows, one.stale.data()}};
  const BucketIndex index{one.codes.data(), sizes.rows,          sizes.words,  one.allowed.data(),
                          segments,         std::size(segments), sizes.tables, sizes.keyBits};
  const BucketProbes probes{one.masks.data(), one.probes, one.radius,
                            one.margins.empty() ? nullptr : one.margins.data()};
  const std::size_t places = sizes.queryCount * sizes.k;
  std::vector<std::uint32_t> found(2 * places + 2 * sizes.queryCount);
  std::uint32_t* const counts = found.data() + 2 * places;
  const BucketResults results{found.data(), found.data() + places, counts,
                              counts + sizes.queryCount, sizes.k};
  const std::size_t bytes = kernels.bucketScratchBytes(index, probes, sizes.k);
  std::vector<std::uint64_t> scratch((bytes + 7) / 8, 7);
  kernels.bucketSearch(index, probes, {one.queries.data(), keys.data(), sizes.k}, 0,
                       sizes.queryCount, reinterpret_cast<std::byte*>(scratch.data()), results);
  return found;
}

}  // namespace

TEST(Buckets, KeysAndTablesEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const Case one = drawCase(draw);
    const auto expected = keysOf(scalar, one.sizes, one.codes, one.positions, one.sizes.rows);
    EXPECT_EQ(expected, keysOf(level, one.sizes, one.codes, one.positions, one.sizes.rows));
    EXPECT_EQ(segmentOf(scalar, one.sizes, expected), segmentOf(level, one.sizes, expected));
  });
}

TEST(Buckets, NeighboursEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const Case one = drawCase(draw);
    const auto keys = keysOf(scalar, one.sizes, one.codes, one.positions, one.sizes.rows);
    const auto segment = segmentOf(scalar, one.sizes, keys);
    const auto asked = keysOf(scalar, one.sizes, one.queries, one.positions, one.sizes.queryCount);
    EXPECT_EQ(search(scalar, one, asked, segment), search(level, one, asked, segment));
  });
}

TEST(Buckets, TablesOfAnyContentStayWithinBounds) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const Case one = drawCase(draw);
    const Sizes& sizes = one.sizes;
    std::vector<std::uint32_t> segment(sizes.tables * sizes.table());
    for (std::uint32_t& value : segment)
      value = draw.size(0, 3) == 0 ? draw.word()
                                   : static_cast<std::uint32_t>(draw.size(0, sizes.rows + 1));
    std::vector<std::uint32_t> asked(sizes.queryCount * sizes.tables);
    for (std::uint32_t& key : asked) key = draw.word();
    EXPECT_EQ(search(scalar, one, asked, segment), search(level, one, asked, segment));
  });
}

}  // namespace flyhash::test
