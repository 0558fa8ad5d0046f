// Kernels of the self-join: each level against scalar, in buffers of exactly the size that the
// kernels may touch; and the pairs of the tables against those of comparing every row.

#include <algorithm>

#include "levels.h"

namespace flyhash::test {

namespace {

// A join with its memory.
struct Joined {
  std::vector<std::uint64_t> rows;
  std::vector<std::uint32_t> starts, members;
  HammingJoin join{};
};

// Rows near a few codes, so that pairs are found; blocks and flips find all of them.
Joined drawJoin(Generator& draw) {
  Joined drawn;
  HammingJoin& join = drawn.join;
  join.count = draw.size(0, 60);
  join.words = draw.size(1, 5);
  join.bits = join.words * 64 - 8 * draw.size(0, 7);
  join.radius = draw.size(0, 12);
  join.flips = draw.size(0, 1);
  join.blocks = join.radius / (join.flips + 1) + 1;
  join.keyBits = draw.size(1, 9);
  for (std::size_t i = 0; i < join.count * join.words; i++) {
    const std::uint64_t base = 0x9e3779b97f4a7c15 * (i % join.words + draw.size(0, 1));
    const std::uint64_t bit = std::uint64_t{1} << draw.size(0, 63);
    const bool isLast = i % join.words == join.words - 1;
    const std::uint64_t kept = ~std::uint64_t{0} >> (isLast ? join.words * 64 - join.bits : 0);
    drawn.rows.push_back((base ^ bit) & kept);
  }
  drawn.starts.assign(join.blocks * ((std::size_t{1} << join.keyBits) + 1), 7);
  drawn.members.assign(join.blocks * join.count, 7);
  join.rows = drawn.rows.data();
  join.starts = drawn.starts.data();
  join.members = drawn.members.data();
  return drawn;
}

double makeTables(const Kernels& kernels, Joined& joined) {
  const std::size_t starts = (std::size_t{1} << joined.join.keyBits) + 1;
  double candidates = 0;
  for (std::size_t block = 0; block < joined.join.blocks; block++) {
    std::uint32_t* const own = joined.starts.data() + block * starts;
    kernels.hammingJoinTable(joined.join, block, own,
                             joined.members.data() + block * joined.join.count);
    candidates += kernels.hammingJoinCandidates(joined.join, own);
  }
  return candidates;
}

using Found = std::vector<std::vector<std::uint64_t>>;

// The pairs of all rows by the tables, or false where they find no place.
bool probed(const Kernels& kernels, const HammingJoin& join, std::size_t capacity, Found& rows) {
  std::vector<std::uint64_t> entries(capacity);
  HammingPairs found{entries.data(), capacity, 0};
  if (!kernels.hammingJoinProbe(join, 0, join.count, found)) return false;
  std::sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(found.size));
  rows.assign(join.count, {});
  for (std::size_t i = 0; i < found.size; i++) {
    const std::uint64_t right = entries[i] >> 8 & 0xffffffff;
    rows[entries[i] >> 40].push_back(right << 32 | (entries[i] & 0xff));
  }
  return true;
}

Found compared(const Kernels& kernels, const HammingJoin& join) {
  Found rows(join.count);
  for (std::size_t left = 0; left < join.count; left++) {
    rows[left].resize(join.count - left - 1);
    HammingPairs found{rows[left].data(), rows[left].size(), 0};
    kernels.hammingJoinRange(join, left, left + 1, join.count, found);
    rows[left].resize(found.size);
  }
  return rows;
}

}  // namespace

TEST(HammingJoin, TablesEqualScalarAndFindEveryPairOnce) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    Joined expected = drawJoin(draw);
    Joined actual = expected;
    actual.join.starts = actual.starts.data();
    actual.join.members = actual.members.data();
    EXPECT_EQ(makeTables(scalar, expected), makeTables(level, actual));
    EXPECT_EQ(expected.starts, actual.starts);
    EXPECT_EQ(expected.members, actual.members);
    const Found pairs = compared(scalar, expected.join);
    EXPECT_EQ(pairs, compared(level, actual.join));
    std::size_t total = 0;
    for (const auto& row : pairs) total += row.size();
    Found found;
    EXPECT_TRUE(probed(level, actual.join, total, found));
    EXPECT_EQ(pairs, found);
    if (total > 0) EXPECT_FALSE(probed(level, actual.join, draw.size(0, total - 1), found));
  });
}

TEST(HammingJoin, GatheredRowsEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(1, 40);
    const std::size_t words = draw.size(1, 5);
    std::vector<std::uint64_t> store((rows + 7) / 8 * 8 * words);
    for (std::uint64_t& word : store) word = draw.word();
    std::vector<std::uint32_t> ids(draw.size(0, 20));
    for (std::uint32_t& id : ids) id = static_cast<std::uint32_t>(draw.size(0, rows - 1));
    std::vector<std::uint64_t> expected(ids.size() * words, 7);
    std::vector<std::uint64_t> actual = expected;
    scalar.hammingJoinGather(store.data(), words, ids.data(), ids.size(), expected.data());
    level.hammingJoinGather(store.data(), words, ids.data(), ids.size(), actual.data());
    EXPECT_EQ(expected, actual);
  });
}

}  // namespace flyhash::test
