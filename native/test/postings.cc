// Kernels of search by overlap: each level against scalar, in buffers of exactly the size that they
// may touch, with well-made and with lying lists.

#include <algorithm>

#include "levels.h"

namespace flyhash::test {

namespace {

constexpr std::size_t BITMAP_ROWS = 512;

struct Lists {
  std::vector<std::uint16_t> offsets;
  std::vector<std::uint32_t> starts;
  std::vector<std::uint32_t> codes;
  std::vector<std::uint32_t> stale;
  std::vector<std::uint8_t> allowed;
};

// Different units, ascending.
std::vector<std::uint32_t> drawUnits(Generator& draw, std::size_t units, std::size_t active) {
  std::vector<std::uint32_t> all(units);
  for (std::size_t u = 0; u < units; u++) all[u] = static_cast<std::uint32_t>(u);
  for (std::size_t i = 0; i < active; i++) std::swap(all[i], all[draw.size(i, units - 1)]);
  all.resize(active);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::uint32_t> drawCodes(Generator& draw, std::size_t rows, std::size_t units,
                                     std::size_t active) {
  std::vector<std::uint32_t> codes;
  for (std::size_t row = 0; row < rows; row++) {
    const auto code = drawUnits(draw, units, active);
    codes.insert(codes.end(), code.begin(), code.end());
  }
  return codes;
}

// Lists of the codes, or of anything.
Lists drawLists(Generator& draw, std::size_t rows, std::size_t units, std::size_t active) {
  Lists lists;
  lists.codes = drawCodes(draw, rows, units, active);
  for (std::size_t unit = 0; unit < units; unit++) {
    lists.starts.push_back(static_cast<std::uint32_t>(lists.offsets.size()));
    for (std::size_t i = 0; i < lists.codes.size(); i++) {
      if (lists.codes[i] == unit) lists.offsets.push_back(static_cast<std::uint16_t>(i / active));
    }
  }
  lists.starts.push_back(static_cast<std::uint32_t>(lists.offsets.size()));
  for (std::uint32_t row = 0; row < rows; row++) {
    if (draw.size(0, 9) == 0) lists.stale.push_back(row);
  }
  lists.allowed = draw.bytes((rows + 7) / 8);
  if (draw.size(0, 3) != 0) return lists;
  for (auto& start : lists.starts) start = draw.word() % (2 * lists.offsets.size() + 2);
  for (auto& offset : lists.offsets) offset = static_cast<std::uint16_t>(draw.word());
  for (auto& unit : lists.codes) unit = draw.word();
  return lists;
}

// Entries, counts and the list itself of each query; then the neighbours: ids, distances, numbers.
class Nearest {
 public:
  Nearest(std::size_t queryCount, std::size_t active, std::size_t newK, std::size_t rows)
      : k(newK), entries(queryCount * (2 * newK + rows)), counts(queryCount * (active + 1)) {
    const std::size_t capacity = 2 * k + rows;
    for (std::size_t q = 0; q < queryCount; q++) {
      lists.push_back({entries.data() + q * capacity, counts.data() + q * (active + 1), k, capacity,
                       0, 0, active});
    }
  }

  std::vector<std::uint32_t> sorted(const Kernels& kernels) {
    const std::size_t places = lists.size() * k;
    std::vector<std::uint32_t> found(2 * places + lists.size());
    for (std::size_t q = 0; q < lists.size(); q++) {
      std::uint32_t* const ids = found.data() + q * k;
      found[2 * places + q] =
          static_cast<std::uint32_t>(kernels.hammingSort(lists[q], ids, ids + places));
    }
    return found;
  }

  const std::size_t k;
  std::vector<std::uint64_t> entries;
  std::vector<std::uint32_t> counts;
  std::vector<HammingNearest> lists;
};

}  // namespace

TEST(Postings, NeighboursByListsEqualScalar) {
  compareLevels(caseCount(1500), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(1, 300);
    const std::size_t units = draw.size(1, draw.size(0, 9) == 0 ? 700 : 60);
    const std::size_t active = draw.size(1, std::min<std::size_t>(units, 20));
    const std::size_t queryCount = draw.size(1, 9);
    const std::size_t queryActive = draw.size(1, units);
    const std::size_t k = draw.size(1, 40);
    const Lists lists = drawLists(draw, rows, units, active);
    const auto queries = drawCodes(draw, queryCount, units, queryActive);
    const bool filtered = draw.size(0, 1) == 0;
    const auto search = [&](const Kernels& kernels) {
      const PostingsBlock block{lists.offsets.data(),
                                lists.starts.data(),
                                lists.offsets.size(),
                                units,
                                lists.codes.data(),
                                active,
                                lists.stale.data(),
                                lists.stale.size(),
                                filtered ? lists.allowed.data() : nullptr,
                                0,
                                rows};
      Nearest nearest(queryCount, queryActive, k, rows);
      std::vector<std::byte> scratch(kernels.postingsScratchBytes(units));
      kernels.postingsSearch(block, {queries.data(), queryCount, queryActive}, nearest.lists.data(),
                             scratch.data());
      return nearest.sorted(kernels);
    };
    EXPECT_EQ(search(scalar), search(level));
  });
}

TEST(Postings, NeighboursByBitmapsEqualScalar) {
  compareLevels(caseCount(1500), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const std::size_t rows = draw.size(1, 1200);
    const std::size_t units = draw.size(1, draw.size(0, 9) == 0 ? 600 : 40);
    const std::size_t queryCount = draw.size(1, 9);
    const std::size_t active = draw.size(1, units);
    const std::size_t k = draw.size(1, 40);
    const bool filtered = draw.size(0, 1) == 0;
    const unsigned density = static_cast<unsigned>(draw.size(0, 2));
    std::vector<std::uint64_t> bitmaps((rows + BITMAP_ROWS - 1) / BITMAP_ROWS * units * 8);
    for (auto& word : bitmaps) {
      word = static_cast<std::uint64_t>(draw.word()) << 32 | draw.word();
      for (unsigned i = 0; i < density; i++) {
        word &= static_cast<std::uint64_t>(draw.word()) << 32 | draw.word();
      }
    }
    const auto allowed = draw.bytes((rows + 7) / 8);
    const auto queries = drawCodes(draw, queryCount, units, active);
    const auto search = [&](const Kernels& kernels) {
      const PostingsBitmaps part{bitmaps.data(), units, filtered ? allowed.data() : nullptr, 0,
                                 rows};
      Nearest nearest(queryCount, active, k, rows);
      kernels.postingsBitmapsSearch(part, {queries.data(), queryCount, active},
                                    nearest.lists.data());
      return nearest.sorted(kernels);
    };
    EXPECT_EQ(search(scalar), search(level));
  });
}

}  // namespace flyhash::test
