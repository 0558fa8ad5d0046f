// Windows of words and bags of words: each level against scalar, for tokens, tables of places and
// bags of any content.

#include <algorithm>

#include "levels.h"

namespace flyhash::test {

namespace {

std::vector<std::int16_t> weightsOf(Generator& draw, std::size_t count) {
  std::vector<std::int16_t> result(count);
  const std::size_t kind = draw.size(0, 2);
  for (std::int16_t& weight : result) {
    const std::uint32_t any = draw.word();
    if (kind == 0) weight = static_cast<std::int16_t>(any);
    if (kind == 1) weight = static_cast<std::int16_t>(any % 5);
    if (kind == 2) weight = any % 2 == 0 ? 32767 : -32768;
  }
  return result;
}

// A word most often; else masked, the end of a paragraph, or any number.
std::int32_t anyToken(Generator& draw, std::size_t vocabulary) {
  const std::size_t kind = draw.size(0, 11);
  if (kind == 0) return -2;
  if (kind == 1) return static_cast<std::int32_t>(draw.word());
  if (kind < 4 || vocabulary == 0) return -1;
  return static_cast<std::int32_t>(draw.size(0, vocabulary - 1));
}

struct WindowsCase {
  std::size_t count, vocabulary, units, stride, radius, targetWeight;
  std::vector<std::int32_t> tokens;
  std::vector<std::int16_t> context, target;
  std::vector<std::uint32_t> starts, positions;
  bool onlyFull, onlyWords;

  explicit WindowsCase(Generator& draw)
      : count(draw.size(0, 150)),
        vocabulary(draw.size(0, 40)),
        units(draw.size(1, 150)),
        stride((units + 31) / 32 * 32),
        radius(draw.size(0, 9)),
        targetWeight(draw.size(0, 5) == 0 ? draw.size(0, 500) : draw.size(0, 2)),
        tokens(count),
        context(weightsOf(draw, vocabulary * stride)),
        target(weightsOf(draw, vocabulary * stride)),
        starts(vocabulary + 1),
        positions(count),
        onlyFull(draw.size(0, 1) == 0),
        onlyWords(draw.size(0, 1) == 0) {
    for (std::int32_t& token : tokens) token = anyToken(draw, vocabulary);
    scalar::KERNELS.windowsOrder(tokens.data(), count, vocabulary, starts.data(), positions.data());
    if (draw.size(0, 3) != 0) return;
    for (std::uint32_t& start : starts)
      start = draw.size(0, 1) == 0 ? draw.word() : draw.word() % 200;
    for (std::uint32_t& at : positions) at = draw.size(0, 1) == 0 ? draw.word() : draw.word() % 200;
  }

  WindowsText text() const {
    return {tokens.data(), count, radius,       context.data(), target.data(),
            vocabulary,    units, targetWeight, onlyFull,       onlyWords};
  }
  WindowsPlaces places() const { return {starts.data(), positions.data(), positions.size()}; }
};

using Integers = std::vector<std::uint32_t>;

Integers winnersOf(const WindowsCase& c, const Kernels& kernels) {
  Integers winners(c.count, 7);
  std::vector<std::byte> scratch(kernels.windowsScratchBytes(c.units), std::byte{0xaa});
  const std::size_t middle = c.count / 3;
  kernels.windowsWinners(c.text(), 0, middle, scratch.data(), winners.data());
  kernels.windowsWinners(c.text(), middle, c.count, scratch.data(), winners.data());
  return winners;
}

Integers groupWinnersOf(const WindowsCase& c, std::size_t groupSize, const Kernels& kernels) {
  Integers winners(c.count, 7);
  std::vector<std::byte> scratch(kernels.windowsBagBytes(c.units), std::byte{0xaa});
  kernels.windowsUngrouped(c.text(), 0, c.count, winners.data());
  kernels.windowsGroups(c.text(), c.places(), groupSize, 0, c.vocabulary, scratch.data(),
                        winners.data());
  return winners;
}

std::vector<Integers> countsOf(const WindowsCase& c, const Integers& winners,
                               const Kernels& kernels) {
  std::vector<Integers> counts(2, Integers(c.vocabulary * c.units, 3));
  kernels.windowsCounts(winners.data(), c.count, c.radius, c.places(), c.units, 0, c.vocabulary,
                        counts[0].data(), counts[1].data());
  return counts;
}

struct BagsCase {
  std::size_t bags, vocabulary, units, stride, active;
  std::vector<std::int32_t> words, targets, weights;
  std::vector<std::uint32_t> starts;
  std::vector<std::int16_t> table, targetTable;
  bool withTargets;

  explicit BagsCase(Generator& draw)
      : bags(draw.size(0, 12)),
        vocabulary(draw.size(0, 40)),
        units(draw.size(1, 150)),
        stride((units + 31) / 32 * 32),
        active(draw.size(1, units)),
        words(draw.size(0, 5) == 0 ? draw.size(0, 1200) : draw.size(0, 60)),
        targets(bags),
        weights(bags),
        starts(bags + 1),
        table(weightsOf(draw, vocabulary * stride)),
        targetTable(weightsOf(draw, vocabulary * stride)),
        withTargets(draw.size(0, 1) == 0) {
    for (std::int32_t& word : words) word = anyToken(draw, vocabulary);
    for (std::int32_t& word : targets) word = anyToken(draw, vocabulary);
    for (std::int32_t& weight : weights) {
      weight = draw.size(0, 3) == 0 ? static_cast<std::int32_t>(draw.word())
                                    : static_cast<std::int32_t>(draw.size(0, 4)) - 2;
    }
    for (std::uint32_t& start : starts) {
      start = static_cast<std::uint32_t>(draw.size(0, words.size()));
    }
    const bool isSorted = draw.size(0, 3) != 0;
    if (isSorted) std::sort(starts.begin(), starts.end());
    if (!isSorted) starts[draw.size(0, bags)] = draw.word();
  }

  WindowsBags problem() const {
    return {words.data(),
            words.size(),
            starts.data(),
            table.data(),
            withTargets ? targets.data() : nullptr,
            weights.data(),
            targetTable.data(),
            vocabulary,
            units};
  }
};

}  // namespace

TEST(Windows, OrderEqualsScalar) {
  compareLevels(caseCount(1000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const WindowsCase c(draw);
    Integers starts[2], positions[2];
    const Kernels* kernels[] = {&scalar, &level};
    for (int i = 0; i < 2; i++) {
      starts[i].assign(c.vocabulary + 1, 7);
      positions[i].assign(c.count, 7);
      kernels[i]->windowsOrder(c.tokens.data(), c.count, c.vocabulary, starts[i].data(),
                               positions[i].data());
    }
    EXPECT_EQ(starts[0], starts[1]);
    EXPECT_EQ(positions[0], positions[1]);
  });
}

TEST(Windows, WinnersEqualScalar) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const WindowsCase c(draw);
    EXPECT_EQ(winnersOf(c, scalar), winnersOf(c, level));
  });
}

TEST(Windows, GroupWinnersEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const WindowsCase c(draw);
    const std::size_t reach = std::max<std::size_t>(c.radius + c.targetWeight, 1);
    const std::size_t most = WINDOWS_GROUP_REACH / reach;
    const std::size_t groupSize = draw.size(0, 4) == 0 ? most : draw.size(1, 9);
    EXPECT_EQ(groupWinnersOf(c, groupSize, scalar), groupWinnersOf(c, groupSize, level));
  });
}

TEST(Windows, CountsEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const WindowsCase c(draw);
    Integers winners = winnersOf(c, scalar);
    for (std::uint32_t& winner : winners) {
      if (draw.size(0, 9) == 0) winner = draw.word();
    }
    EXPECT_EQ(countsOf(c, winners, scalar), countsOf(c, winners, level));
  });
}

TEST(Windows, SumsAndCodesOfBagsEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const BagsCase c(draw);
    std::vector<double> sums[2];
    Integers codes[2];
    const Kernels* kernels[] = {&scalar, &level};
    for (int i = 0; i < 2; i++) {
      std::vector<std::byte> scratch(kernels[i]->windowsBagBytes(c.units), std::byte{0xaa});
      sums[i].assign(c.bags * c.units, 7);
      codes[i].assign(c.bags * c.active, 7);
      kernels[i]->windowsSums(c.problem(), 0, c.bags, scratch.data(), sums[i].data());
      kernels[i]->windowsCodes(c.problem(), 0, c.bags, c.active, scratch.data(), codes[i].data());
    }
    EXPECT_EQ(sums[0], sums[1]);
    EXPECT_EQ(codes[0], codes[1]);
  });
}

}  // namespace flyhash::test
