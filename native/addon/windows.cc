// The doors of windows of text and of bags of words, by 16-bit weights:
//   windowsWinners(threads, done, tokens, count, radius, context, target, vocabulary, units,
//   targetWeight, onlyFull, onlyWords, winners)
//   windowsOrder(threads, done, tokens, count, vocabulary, starts, positions)
//   windowsGroupWinners(threads, done, tokens, count, radius, context, target, vocabulary, units,
//   targetWeight, starts, positions, groupSize, winners)
//   windowsCounts(threads, done, winners, count, radius, starts, positions, vocabulary, units,
//   contextCounts, targetCounts)
//   windowsSums(threads, done, words, starts, bags, table, vocabulary, units, targets, weights,
//   targetTable, sums)
//   windowsCodes(threads, done, words, starts, bags, table, vocabulary, units, targets, weights,
//   targetTable, active, indices)
// Winners are cut into blocks of positions, which may begin inside a paragraph; counts and groups
// into ranges of words with about equally many places, so that no two threads write to one row.

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "call.h"
#include "doors.h"
#include "fault.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST_POSITIONS = std::numeric_limits<std::uint32_t>::max() - 2;
constexpr std::size_t MOST_WORDS = std::numeric_limits<std::int32_t>::max();

void require(bool holds, const char* sentence) {
  if (!holds) throw Fault{Fault::Kind::range, sentence};
}

std::size_t strideOf(std::size_t units) { return (units + 31) / 32 * 32; }

struct Sizes {
  std::size_t vocabulary;
  std::size_t units;
};
Sizes sizesOf(const Call& call, std::size_t index) {
  const Sizes sizes{call.size(index), call.size(index + 1)};
  require(sizes.vocabulary <= MOST_WORDS, "internal: vocabulary must be below 2^31");
  require(sizes.units >= 1 && sizes.units <= MOST_POSITIONS, "internal: units must be at least 1");
  return sizes;
}

// Arguments 0 to 7: tokens, count, radius, context, target, vocabulary, units, targetWeight.
WindowsText textOf(const Call& call) {
  const std::size_t count = call.size(1);
  const std::size_t radius = call.size(2);
  const auto [vocabulary, units] = sizesOf(call, 5);
  const std::size_t targetWeight = call.size(7);
  require(count <= MOST_POSITIONS, "internal: count must be below 2^32 - 2");
  require(radius <= WINDOWS_REACH && targetWeight <= WINDOWS_REACH - radius,
          "internal: radius + targetWeight must be at most 511");
  const std::size_t entries = product(vocabulary, strideOf(units));
  return {call.signedIntegers(0, count),
          count,
          radius,
          call.signedShorts(3, entries),
          call.signedShorts(4, entries),
          vocabulary,
          units,
          targetWeight,
          false,
          false};
}

// Arguments index and index + 1: starts and positions.
WindowsPlaces placesOf(const Call& call, std::size_t index, std::size_t vocabulary) {
  const std::uint32_t* starts = call.integers(index, vocabulary + 1);
  return {starts, call.integers(index + 1, 0), call.length(index + 1)};
}

// Words cut into ranges of about `most` places: where each range begins, and the end.
std::vector<std::size_t> rangesOf(const WindowsPlaces& places, std::size_t vocabulary,
                                  std::size_t most) {
  std::vector<std::size_t> begins{0};
  std::size_t sum = 0;
  for (std::size_t word = 0; word < vocabulary; word++) {
    if (sum >= most) {
      begins.push_back(word);
      sum = 0;
    }
    const std::size_t end = std::min<std::size_t>(places.starts[word + 1], places.count);
    // Empty lists take a little time too.
    sum += 1 + (end > places.starts[word] ? end - places.starts[word] : 0);
  }
  begins.push_back(vocabulary);
  return begins;
}

// Arguments 0 to 8: words, starts, bags, table, vocabulary, units, targets, weights, targetTable.
WindowsBags bagsOf(const Call& call) {
  const std::size_t bags = call.size(2);
  const auto [vocabulary, units] = sizesOf(call, 4);
  const std::size_t entries = product(vocabulary, strideOf(units));
  require(bags < MOST_POSITIONS, "internal: bags must be below 2^32 - 2");
  WindowsBags problem{};
  problem.words = call.signedIntegers(0, 0);
  problem.wordCount = call.length(0);
  problem.starts = call.integers(1, bags + 1);
  problem.table = call.signedShorts(3, entries);
  problem.vocabulary = vocabulary;
  problem.units = units;
  if (!call.given(6)) return problem;
  problem.targets = call.signedIntegers(6, bags);
  problem.weights = call.signedIntegers(7, bags);
  problem.targetTable = call.signedShorts(8, entries);
  return problem;
}

// Runs use(first, end, scratch) over all bags, in blocks of about a millisecond.
Napi::Value runBags(const Call& call, const WindowsBags& problem,
                    std::function<void(std::size_t, std::size_t, std::byte*)> use) {
  const std::size_t bags = call.size(2);
  const double words = static_cast<double>(problem.wordCount) / static_cast<double>(bags + 1);
  const std::size_t step =
      rowsPerBlock(static_cast<double>(problem.units) * (1 + 0.05 * words) + 50);
  Work work;
  work.blocks = (bags + step - 1) / step;
  work.scratchBytes = call.kernels().windowsBagBytes(problem.units);
  work.run = [=, use = std::move(use)](std::size_t block, std::byte* scratch) {
    use(block * step, std::min(bags, (block + 1) * step), scratch);
  };
  return call.run(std::move(work));
}

}  // namespace

Napi::Value windowsWinners(const Napi::CallbackInfo& info) {
  const Call call(info);
  WindowsText text = textOf(call);
  text.onlyFull = call.size(8) != 0;
  text.onlyWords = call.size(9) != 0;
  std::uint32_t* winners = call.integers(10, text.count);
  const Kernels& kernels = call.kernels();
  const double nanoseconds = 0.12 * static_cast<double>(text.units) + 10;
  // The first window of a block is added up anew, row by row.
  const std::size_t step = std::max(rowsPerBlock(nanoseconds), 16 * text.radius + 64);
  Work work;
  work.blocks = (text.count + step - 1) / step;
  work.scratchBytes = kernels.windowsScratchBytes(text.units);
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    kernels.windowsWinners(text, block * step, std::min(text.count, (block + 1) * step), scratch,
                           winners);
  };
  return call.run(std::move(work));
}

Napi::Value windowsOrder(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t count = call.size(1);
  const std::size_t vocabulary = call.size(2);
  require(count <= MOST_POSITIONS, "internal: count must be below 2^32 - 2");
  require(vocabulary <= MOST_WORDS, "internal: vocabulary must be below 2^31");
  const std::int32_t* tokens = call.signedIntegers(0, count);
  std::uint32_t* starts = call.integers(3, vocabulary + 1);
  std::uint32_t* positions = call.integers(4, count);
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = 1;
  work.run = [=, &kernels](std::size_t, std::byte*) {
    kernels.windowsOrder(tokens, count, vocabulary, starts, positions);
  };
  return call.run(std::move(work));
}

Napi::Value windowsGroupWinners(const Napi::CallbackInfo& info) {
  const Call call(info);
  const WindowsText text = textOf(call);
  const WindowsPlaces places = placesOf(call, 8, text.vocabulary);
  const std::size_t groupSize = call.size(10);
  const std::size_t reach = std::max<std::size_t>(text.radius + text.targetWeight, 1);
  require(groupSize >= 1 && groupSize <= WINDOWS_GROUP_REACH / reach,
          "internal: groupSize x (radius + targetWeight) must be at most 32767");
  std::uint32_t* winners = call.integers(11, text.count);
  const Kernels& kernels = call.kernels();
  constexpr std::size_t STEP = 1 << 18;
  const std::size_t plain = (text.count + STEP - 1) / STEP;
  const double nanoseconds = 0.02 * static_cast<double>(text.units * (text.radius + 8));
  const auto ranges = std::make_shared<const std::vector<std::size_t>>(
      rangesOf(places, text.vocabulary, rowsPerBlock(nanoseconds)));
  Work work;
  work.blocks = plain + ranges->size() - 1;
  work.scratchBytes = kernels.windowsBagBytes(text.units);
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    if (block < plain) {
      const std::size_t end = std::min(text.count, (block + 1) * STEP);
      return kernels.windowsUngrouped(text, block * STEP, end, winners);
    }
    const std::size_t range = block - plain;
    kernels.windowsGroups(text, places, groupSize, (*ranges)[range], (*ranges)[range + 1], scratch,
                          winners);
  };
  return call.run(std::move(work));
}

Napi::Value windowsCounts(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t count = call.size(1);
  const std::uint32_t* winners = call.integers(0, count);
  const std::size_t radius = call.size(2);
  const auto [vocabulary, units] = sizesOf(call, 5);
  const WindowsPlaces places = placesOf(call, 3, vocabulary);
  std::uint32_t* contextCounts = call.integers(7, product(vocabulary, units));
  std::uint32_t* targetCounts = call.integers(8, product(vocabulary, units));
  const Kernels& kernels = call.kernels();
  const auto ranges = std::make_shared<const std::vector<std::size_t>>(
      rangesOf(places, vocabulary, rowsPerBlock(20.0 + static_cast<double>(radius))));
  const std::size_t unitCount = units;
  Work work;
  work.blocks = ranges->size() - 1;
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    kernels.windowsCounts(winners, count, radius, places, unitCount, (*ranges)[block],
                          (*ranges)[block + 1], contextCounts, targetCounts);
  };
  return call.run(std::move(work));
}

Napi::Value windowsSums(const Napi::CallbackInfo& info) {
  const Call call(info);
  const WindowsBags problem = bagsOf(call);
  double* sums = call.doubles(9, product(call.size(2), problem.units));
  const Kernels& kernels = call.kernels();
  return runBags(call, problem,
                 [=, &kernels](std::size_t first, std::size_t end, std::byte* scratch) {
                   kernels.windowsSums(problem, first, end, scratch, sums);
                 });
}

Napi::Value windowsCodes(const Napi::CallbackInfo& info) {
  const Call call(info);
  const WindowsBags problem = bagsOf(call);
  const std::size_t active = call.size(9);
  require(active >= 1 && active <= problem.units, "internal: active must be from 1 to units");
  std::uint32_t* indices = call.integers(10, product(call.size(2), active));
  const Kernels& kernels = call.kernels();
  return runBags(call, problem,
                 [=, &kernels](std::size_t first, std::size_t end, std::byte* scratch) {
                   kernels.windowsCodes(problem, first, end, active, scratch, indices);
                 });
}

}  // namespace flyhash
