// Blocks of a Hamming range search: see hamming-range.h.

#include "hamming-range.h"

#include <algorithm>
#include <limits>

namespace flyhash {

namespace {

// Rows after which finds are taken out of the lists: a list has room for all of them.
constexpr std::size_t STEP = 4096;
constexpr std::size_t LIST_BYTES = STEP * sizeof(std::uint64_t);

// Stable, hence in order of rows within a distance.
void countingSort(std::vector<std::uint64_t>& entries, std::size_t radius) {
  std::vector<std::size_t> next(radius + 2);
  for (const std::uint64_t entry : entries) next[(entry >> 32) + 1]++;
  for (std::size_t d = 0; d <= radius; d++) next[d + 1] += next[d];
  std::vector<std::uint64_t> sorted(entries.size());
  for (const std::uint64_t entry : entries) sorted[next[entry >> 32]++] = entry;
  entries = std::move(sorted);
}

}  // namespace

HammingRange::HammingRange(const HammingRangeProblem& newProblem, const Kernels& newKernels,
                           std::size_t threads)
    : problem(newProblem),
      kernels(newKernels),
      grid(hammingGrid(problem, kernels, LIST_BYTES, threads)),
      kept(problem.queryCount * grid.ranges),
      keptCounts(problem.queryCount * grid.ranges) {
  left = std::make_unique<std::atomic<std::size_t>[]>(grid.chunks);
  for (std::size_t c = 0; c < grid.chunks; c++) left[c] = grid.ranges;
}

// The lists, their entries, the counters of a distance, which nobody reads, and what a scan needs.
std::size_t HammingRange::scratchBytes() const {
  return alignedBytes(grid.chunkQueries * sizeof(HammingNearest)) + grid.chunkQueries * LIST_BYTES +
         alignedBytes(4 * (problem.radius + 1)) +
         hammingScanBytes(problem, kernels, grid.chunkQueries);
}

void HammingRange::runBlock(std::size_t block, std::byte* scratch) {
  const std::size_t chunk = block / grid.ranges;
  const std::size_t range = block % grid.ranges;
  const std::size_t firstQuery = chunk * grid.chunkQueries;
  const std::size_t count = std::min(grid.chunkQueries, problem.queryCount - firstQuery);
  auto* const lists = reinterpret_cast<HammingNearest*>(scratch);
  auto* const entries = reinterpret_cast<std::uint64_t*>(
      scratch + alignedBytes(grid.chunkQueries * sizeof(HammingNearest)));
  auto* const counters = reinterpret_cast<std::uint32_t*>(entries + grid.chunkQueries * STEP);
  std::byte* const rest =
      reinterpret_cast<std::byte*>(counters) + alignedBytes(4 * (problem.radius + 1));
  for (std::size_t q = 0; q < count; q++) {
    lists[q] = {entries + q * STEP, counters, std::numeric_limits<std::size_t>::max(), STEP, 0, 0,
                problem.radius + 1};
  }
  const std::size_t end = std::min((range + 1) * grid.rangeRows, problem.rows);
  for (std::size_t row = range * grid.rangeRows; row < end; row += STEP) {
    hammingScanRows(problem, kernels, {row, std::min(row + STEP, end)}, firstQuery, count, lists,
                    rest);
    for (std::size_t q = 0; q < count; q++) take(lists[q], (firstQuery + q) * grid.ranges + range);
  }
  if (left[chunk].fetch_sub(1) != 1) return;
  for (std::size_t q = firstQuery; q < firstQuery + count; q++) sort(q);
}

// Moves a list's entries to a slot, or only counts them once there are too many.
void HammingRange::take(HammingNearest& list, std::size_t slot) {
  if (list.size == 0) return;
  keptCounts[slot] += static_cast<std::uint32_t>(list.size);
  if (found.fetch_add(list.size) + list.size <= problem.capacity) {
    kept[slot].insert(kept[slot].end(), list.entries, list.entries + list.size);
  } else {
    Entries().swap(kept[slot]);
  }
  list.size = 0;
  list.within = 0;
}

// All finds of a query in their order, in its first slot.
void HammingRange::sort(std::size_t query) {
  const std::size_t first = query * grid.ranges;
  std::uint32_t count = 0;
  for (std::size_t slot = first; slot < first + grid.ranges; slot++) count += keptCounts[slot];
  problem.counts[query] = count;
  Entries& all = kept[first];
  if (found > problem.capacity) return Entries().swap(all);
  all.reserve(count);
  for (std::size_t slot = first + 1; slot < first + grid.ranges; slot++) {
    all.insert(all.end(), kept[slot].begin(), kept[slot].end());
    Entries().swap(kept[slot]);
  }
  if (all.size() > problem.radius / 16) {
    countingSort(all, problem.radius);
  } else {
    std::sort(all.begin(), all.end());
  }
}

void HammingRange::finish() {
  if (found > problem.capacity) return;
  std::size_t at = 0;
  for (std::size_t query = 0; query < problem.queryCount; query++) {
    for (const std::uint64_t entry : kept[query * grid.ranges]) {
      problem.ids[at] = static_cast<std::uint32_t>(entry);
      problem.distances[at++] = static_cast<std::uint32_t>(entry >> 32);
    }
  }
}

}  // namespace flyhash
