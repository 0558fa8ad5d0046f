// Shortlists: each level against scalar, in buffers of exactly the size that the kernels may touch.

#include "levels.h"

namespace flyhash::test {

namespace {

std::vector<std::uint64_t> shortlistWords(Generator& draw, std::size_t count) {
  const std::size_t kinds = draw.size(1, 3);
  std::vector<std::uint64_t> result(count);
  for (std::uint64_t& word : result) {
    const std::uint64_t random = static_cast<std::uint64_t>(draw.word()) << 32 | draw.word();
    const std::uint64_t some[] = {random, ~std::uint64_t{0}, random & random >> 7};
    word = some[draw.size(0, kinds - 1)];
  }
  return result;
}

// Memory of some lists.
struct ListMemory {
  std::vector<std::uint64_t> entries;
  std::vector<std::uint32_t> counts;
  std::vector<HammingNearest> lists;

  ListMemory(std::size_t queries, std::size_t words, std::size_t k)
      : entries(queries * (2 * k + 64)), counts(queries * (words * 64 + 1)), lists(queries) {
    for (std::size_t q = 0; q < queries; q++) {
      lists[q] = {entries.data() + q * (2 * k + 64),
                  counts.data() + q * (words * 64 + 1),
                  k,
                  2 * k + 64,
                  0,
                  0,
                  0};
    }
  }
};

struct ScanCase {
  std::size_t rows, words, stride, queryCount, k;
  std::vector<std::uint64_t> store, tail, queries;
  std::vector<std::uint8_t> allowed;
  ShortlistCodes codes;

  ScanCase(Generator& draw, std::size_t mostRows)
      : rows(draw.size(1, mostRows)),
        words(draw.size(1, 6)),
        stride(words + draw.size(0, 2)),
        queryCount(draw.size(1, 9)),
        k(draw.size(1, rows)),
        store(shortlistWords(draw, rows / 8 * 8 * words)),
        tail(shortlistWords(draw, rows % 8 == 0 ? 0 : 8 * words)),
        queries(shortlistWords(draw, queryCount * stride)),
        allowed(draw.bytes((rows + 7) / 8)) {
    const bool isFiltered = draw.size(0, 1) == 1;
    std::size_t live = 0;
    for (std::size_t i = 0; i < rows; i++) live += allowed[i / 8] >> (7 - i % 8) & 1;
    codes = {store.data(),
             tail.data(),
             rows,
             words,
             isFiltered ? allowed.data() : nullptr,
             isFiltered ? live : rows};
  }

  std::vector<std::vector<std::uint64_t>> run(const Kernels& kernels) const {
    ListMemory memory(queryCount, words, k);
    kernels.shortlistScan(codes, queries.data(), stride, queryCount, memory.lists.data());
    std::vector<std::vector<std::uint64_t>> found;
    for (const HammingNearest& list : memory.lists) {
      found.emplace_back(list.entries, list.entries + list.size);
    }
    return found;
  }
};

}  // namespace

TEST(Shortlist, ScanEqualsScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const ScanCase c(draw, 300);
    if (c.codes.live == 0) return;
    EXPECT_EQ(c.run(scalar), c.run(level));
  });
}

TEST(Shortlist, SampledScanEqualsScalar) {
  compareLevels(caseCount(200), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const ScanCase c(draw, 5000);
    if (c.codes.live == 0) return;
    EXPECT_EQ(c.run(scalar), c.run(level));
  });
}

TEST(Shortlist, RefiningEqualsScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(1, 100);
    const std::size_t words = draw.size(1, 20);
    const std::size_t k = draw.size(1, 30);
    const auto codes = shortlistWords(draw, rows * words);
    const auto query = shortlistWords(draw, words);
    std::vector<std::uint32_t> ids;
    for (std::uint32_t id = 0; id < rows + 20; id++) {
      if (draw.size(0, 2) == 0) ids.push_back(id);
    }
    const auto run = [&](const Kernels& kernels) {
      ListMemory memory(1, words, k);
      HammingNearest& list = memory.lists[0];
      kernels.shortlistRefine(codes.data(), rows, words, query.data(), ids.data(), ids.size(),
                              list);
      std::vector<std::uint32_t> found(2 * k);
      found.push_back(
          static_cast<std::uint32_t>(kernels.hammingSort(list, found.data(), found.data() + k)));
      return found;
    };
    EXPECT_EQ(run(scalar), run(level));
  });
}

}  // namespace flyhash::test
