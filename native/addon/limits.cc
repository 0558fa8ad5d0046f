// The doors of the machine's limits (kernels/limits.inl.h), for the benches alone, and
// std::partial_sort as the yardstick of top-k. Each thread works on its own part: multiply-adds of
// its own, or its slice of the buffer.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "call.h"
#include "doors.h"

namespace flyhash {

namespace {

constexpr std::size_t LINE_BYTES = 64;
constexpr std::size_t STEP_WORDS = 64;

// A slice of whole cache lines, so that no load of a limit straddles two: JavaScript aligns memory
// to 16 only.
struct Words {
  const std::uint64_t* first;
  std::size_t count;
};

Words alignedWords(const std::uint8_t* bytes, std::size_t byteCount) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes);
  const std::size_t skipped = std::min(byteCount, (LINE_BYTES - address % LINE_BYTES) % LINE_BYTES);
  const auto* first = reinterpret_cast<const std::uint64_t*>(bytes + skipped);
  return {first, (byteCount - skipped) / 8 / STEP_WORDS * STEP_WORDS};
}

// The slice of one of `parts` equal parts, each of whole steps.
Words sliceOf(Words words, std::size_t part, std::size_t parts) {
  const std::size_t steps = words.count / STEP_WORDS / parts;
  return {words.first + part * steps * STEP_WORDS, steps * STEP_WORDS};
}

using Pass = std::function<std::uint64_t(const Kernels&, Words, std::uint64_t)>;

// door(threads, done, bytes, byteCount, passes): passes over the buffer; gives the words read in
// one pass.
Napi::Value runPasses(const Napi::CallbackInfo& info, const Pass& pass) {
  const Call call(info);
  const std::size_t byteCount = call.size(1);
  const Words words = alignedWords(call.bytes(0, byteCount), byteCount);
  const std::size_t passes = call.size(2);
  const std::size_t parts = std::max<std::size_t>(1, call.threads());
  const auto sink = std::make_shared<std::atomic<std::uint64_t>>(0);
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = parts;
  work.run = [=, &kernels](std::size_t part, std::byte*) {
    const Words slice = sliceOf(words, part, parts);
    for (std::size_t i = 0; i < passes; i++) *sink += pass(kernels, slice, i);
  };
  const std::size_t read = sliceOf(words, 0, parts).count * parts;
  return call.run(std::move(work), [read, sink] { return static_cast<double>(read); });
}

}  // namespace

// limitMultiplyAdd(threads, done, chains, iterations): 32 x chains x iterations operations on each
// thread.
Napi::Value limitMultiplyAdd(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t chains = call.size(0);
  const std::size_t iterations = call.size(1);
  const auto sink = std::make_shared<std::atomic<double>>(0);
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = std::max<std::size_t>(1, call.threads());
  work.run = [=, &kernels](std::size_t, std::byte*) {
    *sink = kernels.fmaPeak(chains, iterations);
  };
  return call.run(std::move(work), [sink] { return sink->load(); });
}

Napi::Value limitXorPopcount(const Napi::CallbackInfo& info) {
  return runPasses(info, [](const Kernels& kernels, Words words, std::uint64_t pass) {
    return kernels.xorPopcount(words.first, words.count, pass);
  });
}

Napi::Value limitRead(const Napi::CallbackInfo& info) {
  return runPasses(info, [](const Kernels& kernels, Words words, std::uint64_t) {
    return kernels.plainRead(words.first, words.count);
  });
}

// limitPartialSort(threads, done, values, rows, n, k, scratch, sorted): the k largest of each row
// of n values, descending, into sorted (rows x k), by std::partial_sort on a copy in scratch (n).
// One thread.
Napi::Value limitPartialSort(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  const std::size_t n = call.size(2);
  const std::size_t k = std::min(call.size(3), n);
  const float* values = call.floats(0, product(rows, n));
  float* scratch = call.floats(4, n);
  float* sorted = call.floats(5, product(rows, k));
  Work work;
  work.blocks = rows;
  work.run = [=](std::size_t row, std::byte*) {
    std::copy_n(values + row * n, n, scratch);
    std::partial_sort(scratch, scratch + k, scratch + n, std::greater<float>());
    std::copy_n(scratch, k, sorted + row * k);
  };
  return call.run(std::move(work));
}

}  // namespace flyhash
