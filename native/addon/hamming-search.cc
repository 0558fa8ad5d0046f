// Blocks of a Hamming search: see hamming-search.h.

#include "hamming-search.h"

#include <algorithm>
#include <cstring>

namespace flyhash {

namespace {

// Entries kept between ranges may take as much memory as the result, or this many.
constexpr std::size_t KEPT_ENTRIES = std::size_t{1} << 23;

void lower(std::atomic<std::uint64_t>& least, std::uint64_t value) {
  std::uint64_t seen = least.load(std::memory_order_relaxed);
  while (value < seen && !least.compare_exchange_weak(seen, value)) {
  }
}

}  // namespace

HammingSearch::HammingSearch(const HammingProblem& newProblem, const Kernels& newKernels,
                             std::size_t threads)
    : problem(newProblem),
      kernels(newKernels),
      grid(hammingGrid(problem, kernels, listBytes(), threads)) {
  joinRanges();
  keptMost = std::min(problem.k, grid.rangeRows);
  kept.resize(problem.queryCount * grid.ranges * keptMost);
  keptCounts.resize(problem.queryCount * grid.ranges);
  bounds = std::make_unique<std::atomic<std::uint64_t>[]>(problem.queryCount);
  for (std::size_t q = 0; q < problem.queryCount; q++) bounds[q] = problem.bits;
  left = std::make_unique<std::atomic<std::size_t>[]>(grid.chunks);
  for (std::size_t c = 0; c < grid.chunks; c++) left[c] = grid.ranges;
}

// Makes ranges longer until what they keep is not much.
void HammingSearch::joinRanges() {
  const std::size_t most = std::max(problem.queryCount * problem.k, KEPT_ENTRIES);
  while (grid.rangeRows < problem.rows &&
         problem.queryCount * grid.ranges * std::min(problem.k, grid.rangeRows) > most) {
    grid.rangeRows = std::min(2 * grid.rangeRows, alignedBytes(problem.rows));
    grid.ranges = divideUp(problem.rows, grid.rangeRows);
  }
}

std::size_t HammingSearch::capacity() const { return std::min(2 * problem.k + 64, problem.rows); }

std::size_t HammingSearch::listBytes() const {
  return alignedBytes(8 * capacity() + 4 * (problem.bits + 1));
}

std::size_t HammingSearch::scratchBytes() const {
  return alignedBytes(grid.chunkQueries * sizeof(HammingNearest)) +
         grid.chunkQueries * listBytes() + hammingScanBytes(problem, kernels, grid.chunkQueries);
}

void HammingSearch::resetList(HammingNearest& list, std::byte* memory, std::uint64_t bound) const {
  auto* const entries = reinterpret_cast<std::uint64_t*>(memory);
  auto* const counts = reinterpret_cast<std::uint32_t*>(entries + capacity());
  std::memset(counts, 0, 4 * bound);
  list = {entries, counts, problem.k, capacity(), 0, 0, bound};
}

void HammingSearch::runBlock(std::size_t block, std::byte* scratch) {
  const std::size_t chunk = block / grid.ranges;
  const std::size_t range = block % grid.ranges;
  const std::size_t firstQuery = chunk * grid.chunkQueries;
  const std::size_t count = std::min(grid.chunkQueries, problem.queryCount - firstQuery);
  auto* const lists = reinterpret_cast<HammingNearest*>(scratch);
  std::byte* const memory = scratch + alignedBytes(grid.chunkQueries * sizeof(HammingNearest));
  for (std::size_t q = 0; q < count; q++) {
    const std::uint64_t known = bounds[firstQuery + q].load(std::memory_order_relaxed);
    resetList(lists[q], memory + q * listBytes(), known + 1);
  }
  const std::size_t first = range * grid.rangeRows;
  const HammingRows rows{first, std::min(first + grid.rangeRows, problem.rows)};
  hammingScanRows(problem, kernels, rows, firstQuery, count, lists,
                  memory + grid.chunkQueries * listBytes());
  for (std::size_t q = 0; q < count; q++) publish(range, firstQuery + q, lists[q]);
  if (left[chunk].fetch_sub(1) == 1) merge(firstQuery, count, memory);
}

void HammingSearch::publish(std::size_t range, std::size_t query, HammingNearest& list) {
  kernels.hammingCompact(list);
  const std::size_t slot = query * grid.ranges + range;
  std::memcpy(kept.data() + slot * keptMost, list.entries, list.size * sizeof(std::uint64_t));
  keptCounts[slot] = list.size;
  if (list.size == problem.k) lower(bounds[query], list.bound);
}

void HammingSearch::merge(std::size_t firstQuery, std::size_t count, std::byte* memory) {
  for (std::size_t q = firstQuery; q < firstQuery + count; q++) {
    HammingNearest list;
    resetList(list, memory, problem.bits + 1);
    for (std::size_t range = 0; range < grid.ranges; range++) {
      const std::size_t slot = q * grid.ranges + range;
      kernels.hammingMerge(list, kept.data() + slot * keptMost, keptCounts[slot]);
    }
    const std::size_t start = q * problem.resultStride;
    problem.counts[q] = static_cast<std::uint32_t>(
        kernels.hammingSort(list, problem.ids + start, problem.distances + start));
  }
}

}  // namespace flyhash
