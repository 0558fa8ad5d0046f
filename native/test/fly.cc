// The fly kernels: each level against scalar, on input that need not be finite and connections that
// may be wrong.

#include "levels.h"

namespace flyhash::test {

namespace {

struct FlyCase {
  std::size_t rows, active;
  FlyNetwork network;
  std::vector<std::uint16_t> narrow;
  std::vector<std::uint32_t> wide;
  std::vector<float> vectors;

  explicit FlyCase(Generator& draw) : rows(draw.size(0, 20)) {
    const bool isWide = draw.size(0, 9) == 0;
    const std::size_t dim = isWide ? draw.size(8192, 8200) : draw.size(1, 40);
    // From 1025 units on, the winners' first thresholds come from a sample.
    const std::size_t units = draw.size(0, 9) == 0   ? draw.size(1025, 1300)
                              : draw.size(0, 1) == 0 ? draw.size(1, 60)
                                                     : draw.size(280, 700);
    const std::size_t fanIn = draw.size(1, 12);
    active = draw.size(0, 1) == 0 ? draw.size(1, units) : draw.size(1, units / 20 + 1);
    const std::size_t count = (units + 7) / 8 * 8 * fanIn;
    const bool isWrong = draw.size(0, 9) == 0;
    for (std::size_t i = 0; i < count; i++) {
      const std::size_t input = draw.size(0, dim - 1);
      narrow.push_back(static_cast<std::uint16_t>(8 * input));
      wide.push_back(isWrong ? draw.word() : static_cast<std::uint32_t>(input));
    }
    network = {nullptr, dim, units, fanIn};
    vectors = draw.floats(rows * dim, draw.size(0, 9) == 0 ? Shape::notFinite : draw.shape());
  }

  const void* rightConnections() const {
    return network.dim > 8191 ? static_cast<const void*>(wide.data()) : narrow.data();
  }
};

}  // namespace

TEST(Fly, WinnersEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    FlyCase c(draw);
    c.network.connections = c.rightConnections();
    std::vector<std::uint32_t> expected(c.rows * c.active, 7);
    std::vector<std::uint32_t> actual = expected;
    std::vector<float> expectedValues(c.rows * c.active, 7.0F);
    std::vector<float> actualValues = expectedValues;
    const auto run = [&](const Kernels& kernels, std::vector<std::uint32_t>& indices,
                         std::vector<float>& values) {
      std::vector<std::byte> scratch(kernels.flyWinnersScratchBytes(c.network, c.rows, c.active));
      kernels.flyWinners(c.network, c.vectors.data(), c.rows, c.active, scratch.data(),
                         indices.data(), values.data());
    };
    run(scalar, expected, expectedValues);
    run(level, actual, actualValues);
    EXPECT_EQ(expected, actual);
    EXPECT_TRUE(sameBits(expectedValues, actualValues));
  });
}

TEST(Fly, SignsEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    FlyCase c(draw);
    c.network.connections = c.rightConnections();
    std::vector<std::uint8_t> expected(c.rows * ((c.network.units + 7) / 8), 0xaa);
    std::vector<std::uint8_t> actual = expected;
    const std::size_t keyBits = c.network.units % 4 == 0 ? c.network.units / 4 : 1;
    std::vector<std::uint8_t> expectedKeys(c.rows * ((keyBits + 7) / 8), 0xaa);
    std::vector<std::uint8_t> actualKeys = expectedKeys;
    const auto run = [&](const Kernels& kernels, std::vector<std::uint8_t>& codes,
                         std::vector<std::uint8_t>& keys) {
      std::vector<std::byte> scratch(kernels.flyScratchBytes(c.network, c.rows));
      kernels.flySigns(c.network, c.vectors.data(), c.rows, scratch.data(), codes.data());
      kernels.flyPseudoSigns(c.network, c.vectors.data(), c.rows, keyBits, scratch.data(),
                             keys.data());
    };
    run(scalar, expected, expectedKeys);
    run(level, actual, actualKeys);
    EXPECT_EQ(expected, actual);
    EXPECT_EQ(expectedKeys, actualKeys);
  });
}

TEST(Fly, ValuesEqualScalar) {
  compareLevels(caseCount(3000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    FlyCase c(draw);
    c.network.connections = c.rightConnections();
    std::vector<float> expected(c.rows * c.network.units, 7.0F);
    std::vector<float> actual = expected;
    const auto run = [&](const Kernels& kernels, std::vector<float>& values) {
      std::vector<std::byte> scratch(kernels.flyScratchBytes(c.network, c.rows));
      kernels.flyValues(c.network, c.vectors.data(), c.rows, scratch.data(), values.data());
    };
    run(scalar, expected);
    run(level, actual);
    EXPECT_TRUE(sameBits(expected, actual));
  });
}

// Beside two chunks of input of a MiB, or one row where that is more than a chunk, a thread's
// memory stays within 8 MiB, whatever the number of units, up to 250,000 winners.
constexpr std::size_t MEBIBYTE = std::size_t{1} << 20;

TEST(Fly, ScratchFitsAThread) {
  for (const Kernels* level : supportedLevels()) {
    for (std::size_t dim = 1; dim <= MEBIBYTE; dim = dim * 2 + dim % 3) {
      for (std::size_t active = 1; active <= 250000; active = active * 3 / 2 + 1) {
        const FlyNetwork network{nullptr, dim, std::size_t{1} << 24, 1};
        const std::size_t row = dim * sizeof(float);
        const std::size_t chunks = row > MEBIBYTE ? row : 2 * MEBIBYTE;
        const std::size_t most = 8 * MEBIBYTE - chunks;
        EXPECT_LE(level->flyWinnersScratchBytes(network, 1000, active), most)
            << dim << ' ' << active;
        EXPECT_LE(level->flyScratchBytes(network, 1000), most) << dim;
      }
    }
  }
}

}  // namespace flyhash::test
