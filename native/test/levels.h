// What the native tests share: the levels to compare with the scalar one, and inputs that provoke
// mistakes in vector code, in buffers of exactly the asked size, so that AddressSanitizer sees
// every read past the end. The scalar level is held against the TypeScript reference by the vitest
// suite.

#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "dispatch.h"

namespace flyhash::test {

// Every level of this machine but scalar; scalar itself where it is the only one.
inline std::vector<const Kernels*> levelsToCompare() {
  std::vector<const Kernels*> levels = supportedLevels();
  if (levels.size() > 1) levels.erase(levels.begin());
  return levels;
}

// How many cases each test draws; FLYHASH_TEST_CASES, the number where 4,000 is usual, makes all of
// them more, or fewer under an emulator.
inline std::size_t caseCount(std::size_t usual) {
  const char* wanted = std::getenv("FLYHASH_TEST_CASES");
  if (wanted == nullptr) return usual;
  const std::size_t share =
      usual * static_cast<std::size_t>(std::strtoull(wanted, nullptr, 10)) / 4000;
  return share == 0 ? 1 : share;
}

enum class Shape { random, tied, constant, oneHot, zeros, denormal, huge, mixed, notFinite };

inline constexpr Shape FINITE_SHAPES[] = {Shape::random, Shape::tied,  Shape::constant,
                                          Shape::oneHot, Shape::zeros, Shape::denormal,
                                          Shape::huge,   Shape::mixed};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : engine(seed) {}

  std::size_t size(std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(engine);
  }

  std::uint32_t word() { return engine(); }

  std::vector<std::uint8_t> bytes(std::size_t count) {
    std::vector<std::uint8_t> result(count);
    for (std::uint8_t& byte : result) byte = static_cast<std::uint8_t>(engine());
    return result;
  }

  Shape shape() { return FINITE_SHAPES[size(0, std::size(FINITE_SHAPES) - 1)]; }

  std::vector<float> floats(std::size_t count, Shape shape) {
    std::vector<float> result(count, shape == Shape::constant ? normal() : 0.0F);
    if (shape == Shape::constant || count == 0) return result;
    if (shape == Shape::oneHot) {
      result[size(0, count - 1)] = normal();
      return result;
    }
    for (float& value : result) value = one(shape);
    return result;
  }

 private:
  float normal() { return std::normal_distribution<float>()(engine); }

  float one(Shape shape) {
    switch (shape) {
      case Shape::tied:
        return static_cast<float>(size(0, 4)) - 2.0F;
      case Shape::zeros:
        return size(0, 1) == 0 ? 0.0F : -0.0F;
      case Shape::denormal:
        return normal() * std::numeric_limits<float>::denorm_min() * 1000.0F;
      case Shape::huge:
        return normal() * 1e37F;
      case Shape::mixed:
        return one(FINITE_SHAPES[size(0, 1) == 0 ? 0 : size(4, 6)]);
      case Shape::notFinite:
        return size(0, 7) != 0 ? normal() : notFinite();
      default:
        return normal();
    }
  }

  float notFinite() {
    constexpr float INFINITE = std::numeric_limits<float>::infinity();
    const float values[] = {std::numeric_limits<float>::quiet_NaN(), INFINITE, -INFINITE};
    return values[size(0, 2)];
  }

  std::mt19937 engine;
};

// Equal bit for bit, which tells 0 from -0. A NaN equals any NaN: its payload is not part of the
// law.
inline ::testing::AssertionResult sameBits(const std::vector<float>& expected,
                                           const std::vector<float>& actual) {
  for (std::size_t i = 0; i < expected.size(); i++) {
    const bool bothNaN = expected[i] != expected[i] && actual[i] != actual[i];
    if (bothNaN ||
        std::bit_cast<std::uint32_t>(expected[i]) == std::bit_cast<std::uint32_t>(actual[i])) {
      continue;
    }
    return ::testing::AssertionFailure()
           << "value " << i << " is " << actual[i] << ", scalar says " << expected[i];
  }
  return ::testing::AssertionSuccess();
}

// Runs a case count times at each level, with the seed in the message of a failure.
template <typename Case>
void compareLevels(std::size_t count, Case compare) {
  for (const Kernels* level : levelsToCompare()) {
    for (std::uint32_t seed = 0; seed < count; seed++) {
      SCOPED_TRACE(std::string(level->isa) + ", seed " + std::to_string(seed));
      Generator generator(seed);
      compare(generator, *level, scalar::KERNELS);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace flyhash::test
