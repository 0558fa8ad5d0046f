// Blocks of a self-join: see hamming-join-blocks.h.

#include "hamming-join-blocks.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace flyhash {

namespace {

// Rows that one pass over all later rows serves, and those of a block that looks them up.
constexpr std::size_t SCANNED_LEFTS = 128;
constexpr std::size_t LEAST_SCANNED_LEFTS = 16;
constexpr std::size_t PROBED_LEFTS = 1024;
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
  if (first == end || pairs.size() >= step.capacity) return;
  auto* const entries = reinterpret_cast<std::uint64_t*>(scratch);
  HammingPairs found{entries, ENTRIES, 0};
  if (!kernels.hammingJoinProbe(step.join, first, end, found)) {
    if (end - first == 1) return compare(first, scratch, pairs);
    const std::size_t middle = first + (end - first) / 2;
    probe(first, middle, scratch, pairs);
    return probe(middle, end, scratch, pairs);
  }
  std::sort(entries, entries + found.size);
  for (std::size_t i = 0; i < found.size; i++) {
    const std::uint64_t entry = entries[i];
    append(first + (entry >> 40), static_cast<std::uint32_t>(entry >> 8), entry & 0xff, pairs);
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
      const std::uint64_t* const entries = lists[q].entries;
      for (std::size_t i = 0; i < lists[q].size; i++) {
        append(first + q, static_cast<std::uint32_t>(entries[i]), entries[i] >> 32, pairs);
      }
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
    for (std::size_t i = 0; i < found.size; i++) {
      append(left, entries[i] >> 32, static_cast<std::uint32_t>(entries[i]), pairs);
    }
    begin = end;
  }
}

// Pairs come in order; those that do not belong to the step are left out.
void HammingJoinBlocks::append(std::size_t left, std::size_t right, std::uint64_t distance,
                               Pairs& pairs) const {
  if (right <= left || (left == step.firstLeft && right < step.firstRight)) return;
  if (pairs.size() == step.capacity) return;
  pairs.push_back({static_cast<std::uint32_t>(left), static_cast<std::uint32_t>(right),
                   static_cast<std::uint32_t>(distance)});
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
