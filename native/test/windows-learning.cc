// FlyVec's rule on mini-batches of windows: each level against scalar, over several batches one
// after the other, and moves by steps of any content.

#include <algorithm>

#include "levels.h"

namespace flyhash::test {

namespace {

struct Learning {
  std::size_t count, radius, windows, vocabulary, units, stride;
  std::vector<std::int32_t> tokens;
  std::vector<std::uint32_t> positions;
  std::vector<float> weights, scales, shares;
  // Steps.
  std::vector<float> decays, gains, bounds;
  std::vector<std::uint32_t> starts, sizes, inputs;

  explicit Learning(Generator& draw)
      : count(draw.size(0, 120)),
        radius(draw.size(0, 6)),
        windows(draw.size(0, 50)),
        vocabulary(draw.size(0, 30)),
        units(draw.size(1, 120)),
        stride((units + 15) / 16 * 16),
        tokens(count),
        positions(windows),
        weights(draw.floats(2 * vocabulary * stride, draw.shape())),
        scales(units, 1.0F),
        shares(vocabulary),
        decays(units, 7.0F),
        gains(windows * (2 * radius + 1), 7.0F),
        bounds(units, std::numeric_limits<float>::infinity()),
        starts(units, 7),
        sizes(units, 7),
        inputs(windows * (2 * radius + 1), 7) {
    for (std::int32_t& token : tokens) token = anyToken(draw);
    for (std::uint32_t& at : positions) {
      const std::size_t kind = draw.size(0, 9);
      at = kind == 0 ? draw.word() : static_cast<std::uint32_t>(draw.size(0, count));
    }
    for (float& share : shares) share = 1.0F / static_cast<float>(draw.size(1, 99));
    if (draw.size(0, 4) == 0) scales = draw.floats(units, draw.shape());
  }

  std::int32_t anyToken(Generator& draw) const {
    const std::size_t kind = draw.size(0, 11);
    if (kind == 0) return -2;
    if (kind == 1) return static_cast<std::int32_t>(draw.word());
    if (kind < 4 || vocabulary == 0) return -1;
    return static_cast<std::int32_t>(draw.size(0, vocabulary - 1));
  }

  WindowsBatch batch() {
    return {tokens.data(), count,      radius, positions.data(), windows, weights.data(),
            scales.data(), vocabulary, units};
  }
  WindowsSteps steps() {
    return {decays.data(), starts.data(), sizes.data(), inputs.data(), gains.data(), bounds.data()};
  }
};

struct Learned {
  std::vector<std::uint32_t> winners;
  float peak;
};

// Winners, steps of two ranges of units, the peak, and moves: one mini-batch.
Learned learn(Learning& state, const Kernels& kernels, float rate) {
  const WindowsBatch batch = state.batch();
  const WindowsSteps steps = state.steps();
  Learned learned{std::vector<std::uint32_t>(state.windows, 7), 0.0F};
  std::vector<std::byte> scratch(kernels.windowsLearningScratchBytes(batch), std::byte{0xaa});
  kernels.windowsLearningWinners(batch, 0, state.windows, scratch.data(), learned.winners.data());
  std::vector<float> peaks(state.units, 7.0F);
  std::vector<std::uint32_t> places(2 * state.vocabulary, 7);
  const std::size_t middle = std::min<std::size_t>(state.units, 16);
  for (const auto& [first, end] : {std::pair{std::size_t{0}, middle}, {middle, state.units}}) {
    std::vector<std::byte> memory(kernels.windowsLearningStepsBytes(batch), std::byte{0xaa});
    kernels.windowsLearningSteps(batch, learned.winners.data(), state.shares.data(), first, end,
                                 memory.data(), steps, peaks.data());
  }
  learned.peak = kernels.windowsLearningPeak(batch, steps, peaks.data(), places.data());
  kernels.windowsLearningMoves(batch, steps, rate, 0, state.units);
  return learned;
}

}  // namespace

TEST(WindowsLearning, BatchesEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    Learning expected(draw);
    Learning actual = expected;
    const float rate = 1.0F / static_cast<float>(draw.size(1, 50));
    for (int i = 0; i < 2; i++) {
      const Learned wanted = learn(expected, scalar, rate);
      const Learned learned = learn(actual, level, rate);
      EXPECT_EQ(wanted.winners, learned.winners);
      EXPECT_TRUE(sameBits({wanted.peak}, {learned.peak}));
      EXPECT_TRUE(sameBits(expected.weights, actual.weights));
      EXPECT_TRUE(sameBits(expected.scales, actual.scales));
      EXPECT_TRUE(sameBits(expected.bounds, actual.bounds));
      EXPECT_TRUE(sameBits(expected.decays, actual.decays));
    }
  });
}

TEST(WindowsLearning, MovesByAnyStepsEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    Learning expected(draw);
    for (std::uint32_t& start : expected.starts) {
      start = draw.size(0, 2) == 0 ? draw.word() : draw.word() % 300;
    }
    for (std::uint32_t& size : expected.sizes) {
      size = draw.size(0, 2) == 0 ? draw.word() : draw.word() % 9;
    }
    for (std::uint32_t& input : expected.inputs) {
      input = draw.size(0, 5) == 0 ? draw.word() : draw.word() % 64;
    }
    expected.decays = draw.floats(expected.units, draw.shape());
    expected.gains = draw.floats(expected.gains.size(), draw.shape());
    Learning actual = expected;
    scalar.windowsLearningMoves(expected.batch(), expected.steps(), 0.5F, 0, expected.units);
    level.windowsLearningMoves(actual.batch(), actual.steps(), 0.5F, 0, actual.units);
    EXPECT_TRUE(sameBits(expected.weights, actual.weights));
    EXPECT_TRUE(sameBits(expected.scales, actual.scales));
    EXPECT_TRUE(sameBits(expected.bounds, actual.bounds));
  });
}

}  // namespace flyhash::test
