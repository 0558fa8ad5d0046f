// The doors of FlyVec's rule on mini-batches of windows. All three begin with tokens, count,
// radius, positions, windows, weights, scales, vocabulary, units:
//   windowsLearningWinners(threads, done, ..., winners)
//   windowsLearningSteps(threads, done, ..., winners, shares, decays, starts, sizes, inputs, gains,
//   bounds), which returns the largest change
//   windowsLearningMoves(threads, done, ..., rate, decays, starts, sizes, inputs, gains, bounds)
// Winners are cut into blocks of windows, steps and moves into ranges of units.

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "call.h"
#include "doors.h"
#include "fault.h"

namespace flyhash {

namespace {

constexpr std::size_t REST = 9;  // the first argument after those of all doors

// Every range of units looks through all winners, so there are few.
constexpr std::size_t RANGES_A_THREAD = 4;

void require(bool holds, const char* sentence) {
  if (!holds) throw Fault{Fault::Kind::range, sentence};
}

WindowsBatch batchOf(const Call& call) {
  constexpr std::size_t MOST = std::numeric_limits<std::uint32_t>::max();
  WindowsBatch batch{};
  batch.count = call.size(1);
  batch.radius = call.size(2);
  batch.windows = call.size(4);
  batch.vocabulary = call.size(7);
  batch.units = call.size(8);
  require(batch.units >= 1 && batch.units < MOST - 2, "internal: units must be at least 1");
  require(batch.vocabulary <= MOST / 2, "internal: vocabulary must be below 2^31");
  require(batch.radius <= WINDOWS_REACH, "internal: radius must be at most 511");
  require(batch.count < MOST && batch.windows <= MOST / (2 * batch.radius + 1),
          "internal: count and the words of all windows must be below 2^32");
  const std::size_t stride = (batch.units + 15) / 16 * 16;
  batch.tokens = call.signedIntegers(0, batch.count);
  batch.positions = call.integers(3, batch.windows);
  batch.weights = call.floats(5, product(2 * batch.vocabulary, stride));
  batch.scales = call.floats(6, batch.units);
  return batch;
}

// Arguments index to index + 5.
WindowsSteps stepsOf(const Call& call, const WindowsBatch& batch, std::size_t index) {
  const std::size_t places = batch.windows * (2 * batch.radius + 1);
  return {call.floats(index, batch.units),       call.integers(index + 1, batch.units),
          call.integers(index + 2, batch.units), call.integers(index + 3, places),
          call.floats(index + 4, places),        call.floats(index + 5, batch.units)};
}

// Whole groups of units, so that no two threads write to one cache line of weights.
std::size_t unitsPerBlock(const WindowsBatch& batch, std::size_t threads) {
  const std::size_t groups = (batch.units + WINDOWS_UNITS - 1) / WINDOWS_UNITS;
  const std::size_t ranges = RANGES_A_THREAD * std::max<std::size_t>(threads, 1);
  return (groups + ranges - 1) / ranges * WINDOWS_UNITS;
}

}  // namespace

Napi::Value windowsLearningWinners(const Napi::CallbackInfo& info) {
  const Call call(info);
  const WindowsBatch batch = batchOf(call);
  std::uint32_t* winners = call.integers(REST, batch.windows);
  const Kernels& kernels = call.kernels();
  const double rows = static_cast<double>(2 * batch.radius + 1);
  const std::size_t step = rowsPerBlock(0.06 * rows * static_cast<double>(batch.units) + 30);
  Work work;
  work.blocks = (batch.windows + step - 1) / step;
  work.scratchBytes = kernels.windowsLearningScratchBytes(batch);
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    kernels.windowsLearningWinners(batch, block * step, std::min(batch.windows, (block + 1) * step),
                                   scratch, winners);
  };
  return call.run(std::move(work));
}

Napi::Value windowsLearningSteps(const Napi::CallbackInfo& info) {
  const Call call(info);
  const WindowsBatch batch = batchOf(call);
  const std::uint32_t* winners = call.integers(REST, batch.windows);
  const float* shares = call.floats(REST + 1, batch.vocabulary);
  const WindowsSteps steps = stepsOf(call, batch, REST + 2);
  const Kernels& kernels = call.kernels();
  const std::size_t step = unitsPerBlock(batch, call.threads());
  const auto peaks = std::make_shared<std::vector<float>>(batch.units);
  const auto places = std::make_shared<std::unique_ptr<std::uint32_t[]>>(
      std::make_unique_for_overwrite<std::uint32_t[]>(2 * batch.vocabulary));
  const auto peak = std::make_shared<float>(0.0F);
  Work work;
  work.blocks = (batch.units + step - 1) / step;
  work.scratchBytes = kernels.windowsLearningStepsBytes(batch);
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    kernels.windowsLearningSteps(batch, winners, shares, block * step,
                                 std::min(batch.units, (block + 1) * step), scratch, steps,
                                 peaks->data());
  };
  work.finish = [=, &kernels] {
    *peak = kernels.windowsLearningPeak(batch, steps, peaks->data(), places->get());
  };
  return call.run(std::move(work), [peak] { return static_cast<double>(*peak); });
}

Napi::Value windowsLearningMoves(const Napi::CallbackInfo& info) {
  const Call call(info);
  const WindowsBatch batch = batchOf(call);
  const auto rate = static_cast<float>(call.number(REST));
  const WindowsSteps steps = stepsOf(call, batch, REST + 1);
  const Kernels& kernels = call.kernels();
  const std::size_t step = unitsPerBlock(batch, call.threads());
  Work work;
  work.blocks = (batch.units + step - 1) / step;
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    kernels.windowsLearningMoves(batch, steps, rate, block * step,
                                 std::min(batch.units, (block + 1) * step));
  };
  return call.run(std::move(work));
}

}  // namespace flyhash
