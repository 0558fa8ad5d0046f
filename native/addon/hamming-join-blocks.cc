// Blocks of a self-join: see hamming-join-blocks.h.

#include "hamming-join-blocks.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace flyhash {

namespace {

// Rows that one pass over all later rows serves, and those of a block that looks them up.
constexpr std::size_t SCANNED_LEFTS = 128;
constexpr std::size_t LEAST_SCANNED_LEFTS = 16;
constexpr std::size_t PROBED_LEFTS = 64;
constexpr std::size_t BLOCKS_PER_THREAD = 4;
constexpr double BLOCK_NANOSECONDS = 1.5e6;

// What a block keeps before it is in order: entries of its rows, and counts of their distances.
constexpr std::size_t ENTRIES = std::size_t{1} << 17;
constexpr std::size_t COUNT_BYTES = std::size_t{4} << 20;

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

constexpr std::size_t divideUp(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

HammingJoinBlocks::HammingJoinBlocks(const HammingJoinStep& newStep, const Kernels& newKernels,
                                     std::size_t threads)
    : step(newStep), kernels(newKernels) {
  const std::size_t rows = step.endLeft - std::min(step.firstLeft, step.endLeft);
  if (step.join.blocks > 0) {
    lefts = PROBED_LEFTS;
  } else {
    chooseLefts(threads);
  }
  if (step.capacity > 0) kept.resize(divideUp(rows, lefts));
  last = kept.size();
}

void HammingJoinBlocks::chooseLefts(std::size_t threads) {
  const HammingJoin& join = step.join;
  const double leftNanoseconds =
      static_cast<double>(join.count * join.words) * kernels.hammingWordNanoseconds;
  const double wanted = std::min(BLOCK_NANOSECONDS / leftNanoseconds, 1e6);
  const std::size_t most = std::clamp<std::size_t>(
      COUNT_BYTES / (sizeof(std::uint32_t) * (join.radius + 1)), 1, SCANNED_LEFTS);
  const std::size_t share = (step.endLeft - step.firstLeft) / (threads * BLOCKS_PER_THREAD);
  lefts = std::max<std::size_t>(static_cast<std::size_t>(wanted), LEAST_SCANNED_LEFTS);
  lefts = std::clamp<std::size_t>(std::min(lefts, share), 1, most);
  if (lefts > 4) lefts -= lefts % 4;
  listMost = ENTRIES / lefts;
}

std::size_t HammingJoinBlocks::listBytes() const {
  return aligned(2 * listMost * sizeof(std::uint64_t) +
                 (step.join.radius + 1) * sizeof(std::uint32_t));
}

std::size_t HammingJoinBlocks::scratchBytes() const {
  const std::size_t entryBytes = ENTRIES * sizeof(std::uint64_t);
  if (step.join.blocks > 0) return entryBytes;
  return aligned(lefts * sizeof(HammingNearest)) + lefts * listBytes() +
         std::max(kernels.hammingScratchBytes(step.join.words, lefts), entryBytes);
}

void HammingJoinBlocks::runBlock(std::size_t block, std::byte* scratch) {
  if (block > last.load(std::memory_order_relaxed)) return;
  std::size_t first = step.firstLeft + block * lefts;
  const std::size_t end = std::min(first + lefts, step.endLeft);
  Pairs pairs;
  if (block == 0 && step.firstRight > first + 1) compare(first++, scratch, pairs);
  if (step.join.blocks > 0) {
    probe(first, end, scratch, pairs);
  } else if (first < end) {
    scan(first, end, scratch, pairs);
  }
  if (!pairs.empty()) publish(block, std::move(pairs));
}

void HammingJoinBlocks::probe(std::size_t first, std::size_t end, std::byte* scratch,
                              Pairs& pairs) const {
  auto* const entries = reinterpret_cast<std::uint64_t*>(scratch);
  std::uint32_t counts[PROBED_LEFTS];
  for (std::size_t left = first; left < end && pairs.size() < step.capacity; left++) {
    HammingPairs found{entries, ENTRIES, 0};
    const std::size_t reached = kernels.hammingJoinProbe(step.join, left, end, found, counts);
    std::uint64_t* own = entries;
    for (std::size_t i = 0; left < reached; left++, own += counts[i++]) {
      if (counts[i] > 1) std::sort(own, own + counts[i]);
      append(left, own, counts[i], pairs);
    }
    if (reached < end) compare(reached, scratch, pairs);
  }
}

// A search of as many neighbours as there are places: a list that had more has lowered its bound.
// Its entries have the distance above the row.
void HammingJoinBlocks::scan(std::size_t first, std::size_t end, std::byte* scratch,
                             Pairs& pairs) const {
  const HammingJoin& join = step.join;
  const std::size_t from = first / 8 * 8;
  auto* const lists = reinterpret_cast<HammingNearest*>(scratch);
  std::byte* const memory = scratch + aligned(lefts * sizeof(HammingNearest));
  std::byte* const rest = memory + lefts * listBytes();
  for (std::size_t q = 0; q < end - first; q++) {
    auto* const entries = reinterpret_cast<std::uint64_t*>(memory + q * listBytes());
    auto* const counts = reinterpret_cast<std::uint32_t*>(entries + 2 * listMost);
    std::memset(counts, 0, (join.radius + 1) * sizeof(std::uint32_t));
    lists[q] = {entries, counts, listMost, 2 * listMost, 0, 0, join.radius + 1};
  }
  kernels.hammingSearch(step.store + from * join.words, join.count - from, join.words,
                        static_cast<std::uint32_t>(from), join.rows + first * join.words,
                        end - first, lists, reinterpret_cast<std::uint8_t*>(rest));
  for (std::size_t q = 0; q < end - first && pairs.size() < step.capacity; q++) {
    if (lists[q].bound <= join.radius) {
      compare(first + q, rest, pairs);
    } else {
      std::uint64_t* const entries = lists[q].entries;
      for (std::size_t i = 0; i < lists[q].size; i++) entries[i] = std::rotl(entries[i], 32);
      append(first + q, entries, lists[q].size, pairs);
    }
  }
}

// A left row with more pairs than entries: in order, as far as the step has room.
void HammingJoinBlocks::compare(std::size_t left, std::byte* scratch, Pairs& pairs) const {
  auto* const entries = reinterpret_cast<std::uint64_t*>(scratch);
  std::size_t begin = left + 1;
  if (left == step.firstLeft) begin = std::max(begin, step.firstRight);
  while (begin < step.join.count && pairs.size() < step.capacity) {
    const std::size_t end = std::min(begin + ENTRIES, step.join.count);
    HammingPairs found{entries, ENTRIES, 0};
    kernels.hammingJoinRange(step.join, left, begin, end, found);
    append(left, entries, found.size, pairs);
    begin = end;
  }
}

void HammingJoinBlocks::append(std::size_t left, const std::uint64_t* entries, std::size_t count,
                               Pairs& pairs) const {
  std::size_t least = left + 1;
  if (left == step.firstLeft) least = std::max(least, step.firstRight);
  for (std::size_t i = 0; i < count && pairs.size() < step.capacity; i++) {
    const auto right = static_cast<std::uint32_t>(entries[i] >> 32);
    if (right < least) continue;
    pairs.push_back(
        {static_cast<std::uint32_t>(left), right, static_cast<std::uint32_t>(entries[i])});
  }
}

// Once the blocks that have ended hold enough pairs, what comes after enough of them is dropped.
void HammingJoinBlocks::publish(std::size_t block, Pairs&& pairs) {
  const std::lock_guard lock(mutex);
  if (block > last.load()) return;
  keptPairs += pairs.size();
  kept[block] = std::move(pairs);
  if (keptPairs < step.capacity) return;
  std::size_t sum = 0;
  std::size_t enough = 0;
  while ((sum += kept[enough].size()) < step.capacity) enough++;
  for (std::size_t b = enough + 1; b < kept.size(); b++) Pairs().swap(kept[b]);
  keptPairs = sum;
  last.store(enough);
}

void HammingJoinBlocks::finish() {
  std::uint32_t* const lefts = step.pairs;
  for (const Pairs& pairs : kept) {
    for (const Pair& pair : pairs) {
      if (written == step.capacity) return;
      lefts[written] = pair.left;
      lefts[step.capacity + written] = pair.right;
      lefts[2 * step.capacity + written] = pair.distance;
      written++;
    }
  }
}

}  // namespace flyhash
