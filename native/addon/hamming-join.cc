// The doors of the self-join: hammingJoinGather(threads, done, store, rows, words, ids, count,
// codes), hammingJoinTables(threads, done, codes, count, bits, blocks, flips, keyBits, starts,
// members) and hammingJoin(threads, done, codes, count, bits, radius, blocks, flips, keyBits,
// starts, members, store, firstLeft, firstRight, endLeft, capacity, pairs).

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "call.h"
#include "doors.h"
#include "fault.h"
#include "hamming-join-blocks.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST_KEY_BITS = 24;
constexpr std::size_t MOST_RADIUS = 255;  // of tables: hammingJoinProbe packs distances in a byte
constexpr std::size_t MOST = std::numeric_limits<std::uint32_t>::max();

void requireRange(std::size_t value, std::size_t least, std::size_t most, const char* name) {
  if (value < least || value > most)
    throw Fault{Fault::Kind::range, std::string("internal: ") + name};
}

// The first three arguments: codes, count, bits.
HammingJoin rowsOf(const Call& call) {
  HammingJoin join{};
  join.count = call.size(1);
  const std::size_t bits = call.size(2);
  requireRange(join.count, 0, MOST, "count");
  requireRange(bits, 1, MOST - 7, "bits");
  join.bits = (bits + 7) / 8 * 8;
  join.words = (bits + 63) / 64;
  join.rows = call.words(0, product(join.count, join.words));
  return join;
}

// The arguments from `first` on: blocks, flips, keyBits. Gives the sizes of starts and members.
std::pair<std::size_t, std::size_t> planOf(const Call& call, std::size_t first, HammingJoin& join) {
  join.blocks = call.size(first);
  join.flips = call.size(first + 1);
  join.keyBits = call.size(first + 2);
  requireRange(join.blocks, 0, join.bits, "blocks");
  requireRange(join.flips, 0, 1, "flips");
  requireRange(join.keyBits, 1, MOST_KEY_BITS, "keyBits");
  return {product(join.blocks, (std::size_t{1} << join.keyBits) + 1),
          product(join.blocks, join.count)};
}

}  // namespace

Napi::Value hammingJoinGather(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  const std::size_t words = call.size(2);
  const std::size_t count = call.size(4);
  requireRange(rows, 0, MOST, "rows");
  const std::uint64_t* store = call.words(0, product((rows + 7) / 8 * 8, words));
  const std::uint32_t* ids = call.integers(3, count);
  std::uint64_t* codes = call.words(5, product(count, words));
  if (std::any_of(ids, ids + count, [=](std::uint32_t id) { return id >= rows; }))
    throw Fault{Fault::Kind::range, "internal: ids"};
  const Kernels& kernels = call.kernels();
  const std::size_t blockRows = rowsPerBlock(2.0 * static_cast<double>(words));
  Work work;
  work.blocks = (count + blockRows - 1) / blockRows;
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    const std::size_t first = block * blockRows;
    kernels.hammingJoinGather(store, words, ids + first, std::min(blockRows, count - first),
                              codes + first * words);
  };
  return call.run(std::move(work));
}

Napi::Value hammingJoinTables(const Napi::CallbackInfo& info) {
  const Call call(info);
  HammingJoin join = rowsOf(call);
  const auto [startCount, memberCount] = planOf(call, 3, join);
  std::uint32_t* starts = call.integers(6, startCount);
  std::uint32_t* members = call.integers(7, memberCount);
  const Kernels& kernels = call.kernels();
  const auto candidates = std::make_shared<std::vector<double>>(join.blocks);
  Work work;
  work.blocks = join.blocks;
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    std::uint32_t* const own = starts + block * ((std::size_t{1} << join.keyBits) + 1);
    kernels.hammingJoinTable(join, block, own, members + block * join.count);
    (*candidates)[block] = kernels.hammingJoinCandidates(join, own);
  };
  return call.run(std::move(work), [candidates] {
    double sum = 0;
    for (const double part : *candidates) sum += part;
    return sum;
  });
}

Napi::Value hammingJoin(const Napi::CallbackInfo& info) {
  const Call call(info);
  HammingJoinStep step{};
  step.join = rowsOf(call);
  step.join.radius = call.size(3);
  const auto [startCount, memberCount] = planOf(call, 4, step.join);
  const std::size_t found = step.join.blocks * (step.join.flips + 1);  // tables find less than that
  const std::size_t most = step.join.blocks > 0 ? std::min(found - 1, MOST_RADIUS) : step.join.bits;
  requireRange(step.join.radius, 0, most, "radius");
  step.join.starts = call.integers(7, startCount);
  step.join.members = call.integers(8, memberCount);
  const std::size_t padded = (step.join.count + 7) / 8 * 8;
  step.store = step.join.blocks > 0 ? nullptr : call.words(9, product(padded, step.join.words));
  step.firstLeft = call.size(10);
  step.firstRight = call.size(11);
  step.endLeft = std::min(call.size(12), step.join.count);
  step.capacity = call.size(13);
  step.pairs = call.integers(14, product(3, step.capacity));
  const auto blocks = std::make_shared<HammingJoinBlocks>(step, call.kernels(), call.threads());
  Work work;
  work.blocks = blocks->blocks();
  work.scratchBytes = blocks->scratchBytes();
  work.run = [blocks](std::size_t block, std::byte* scratch) { blocks->runBlock(block, scratch); };
  work.finish = [blocks] { blocks->finish(); };
  return call.run(std::move(work), [blocks] { return static_cast<double>(blocks->pairCount()); });
}

}  // namespace flyhash
