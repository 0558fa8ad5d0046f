// Blocks of a search by overlap: see overlap-search.h.

#include "overlap-search.h"

#include <algorithm>
#include <cstring>

namespace flyhash {

namespace {

// Many queries share what is fetched from memory; few enough that their lists stay in cache.
constexpr std::size_t MOST_QUERIES = 1024;
constexpr std::size_t CHUNK_BYTES = std::size_t{4} << 20;

constexpr double BLOCK_NANOSECONDS = 1.5e6;
constexpr double LEAST_NANOSECONDS = 5e4;
constexpr std::size_t BLOCKS_PER_THREAD = 4;

// Entries kept between ranges may take as much memory as the result, or this many.
constexpr std::size_t KEPT_ENTRIES = std::size_t{1} << 23;

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

constexpr std::size_t divideUp(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

void lower(std::atomic<std::uint64_t>& least, std::uint64_t value) {
  std::uint64_t seen = least.load(std::memory_order_relaxed);
  while (value < seen && !least.compare_exchange_weak(seen, value)) {
  }
}

}  // namespace

OverlapSearch::OverlapSearch(const OverlapProblem& newProblem, const Kernels& newKernels,
                             std::size_t threads)
    : problem(newProblem), kernels(newKernels) {
  const std::size_t queryCount = problem.queries.count;
  chunkQueries =
      std::min(queryCount, std::clamp<std::size_t>(CHUNK_BYTES / listBytes(), 1, MOST_QUERIES));
  chunks = divideUp(queryCount, chunkQueries);
  chooseRanges(threads);
  keptMost = std::min(problem.k, rangeRows);
  kept.resize(queryCount * ranges * keptMost);
  keptCounts.resize(queryCount * ranges);
  bounds = std::make_unique<std::atomic<std::uint64_t>[]>(queryCount);
  for (std::size_t q = 0; q < queryCount; q++) bounds[q] = problem.queries.active;
  left = std::make_unique<std::atomic<std::size_t>[]>(chunks);
  for (std::size_t c = 0; c < chunks; c++) left[c] = ranges;
}

// As many ranges as blocks of a millisecond need, or as the threads need to share the work evenly.
void OverlapSearch::chooseRanges(std::size_t threads) {
  const double nanoseconds = problem.rowNanoseconds * static_cast<double>(chunkQueries) *
                             static_cast<double>(problem.rows);
  double wanted = nanoseconds / BLOCK_NANOSECONDS;
  if (threads > 1) {
    const double shares =
        static_cast<double>(threads * BLOCKS_PER_THREAD) / static_cast<double>(chunks);
    wanted = std::max(wanted, std::min(shares, nanoseconds / LEAST_NANOSECONDS));
  }
  const auto rows =
      static_cast<std::size_t>(static_cast<double>(problem.rows) / std::max(wanted, 1.0));
  rangeRows = std::max<std::size_t>(divideUp(rows, problem.rangeStep), 1) * problem.rangeStep;
  const std::size_t most = std::max(problem.queries.count * problem.k, KEPT_ENTRIES);
  while (rangeRows < problem.rows && problem.queries.count * divideUp(problem.rows, rangeRows) *
                                             std::min(problem.k, rangeRows) >
                                         most) {
    rangeRows *= 2;
  }
  ranges = divideUp(problem.rows, rangeRows);
}

std::size_t OverlapSearch::capacity() const { return std::min(2 * problem.k + 64, problem.rows); }

std::size_t OverlapSearch::listBytes() const {
  return aligned(8 * capacity() + 4 * (problem.queries.active + 1));
}

std::size_t OverlapSearch::scratchBytes() const {
  return aligned(chunkQueries * sizeof(HammingNearest)) + chunkQueries * listBytes() +
         aligned(problem.scanScratchBytes);
}

// A bound of b lets distances below b in, and the counts reach to b.
void OverlapSearch::resetList(HammingNearest& list, std::byte* memory, std::uint64_t bound) const {
  auto* const entries = reinterpret_cast<std::uint64_t*>(memory);
  auto* const counts = reinterpret_cast<std::uint32_t*>(entries + capacity());
  std::memset(counts, 0, 4 * bound);
  list = {entries, counts, problem.k, capacity(), 0, 0, bound};
}

void OverlapSearch::runBlock(std::size_t block, std::byte* scratch) {
  const std::size_t chunk = block / ranges;
  const std::size_t range = block % ranges;
  const std::size_t firstQuery = chunk * chunkQueries;
  const std::size_t count = std::min(chunkQueries, problem.queries.count - firstQuery);
  auto* const lists = reinterpret_cast<HammingNearest*>(scratch);
  std::byte* const memory = scratch + aligned(chunkQueries * sizeof(HammingNearest));
  std::byte* const scanScratch = memory + chunkQueries * listBytes();
  for (std::size_t q = 0; q < count; q++) {
    const std::uint64_t known = bounds[firstQuery + q].load(std::memory_order_relaxed);
    resetList(lists[q], memory + q * listBytes(), known);
  }
  std::memset(scanScratch, 0, problem.scanScratchBytes);
  const std::size_t active = problem.queries.active;
  const PostingsQueries queries{problem.queries.units + firstQuery * active, count, active};
  problem.scan(range * rangeRows, std::min((range + 1) * rangeRows, problem.rows), queries, lists,
               scanScratch);
  for (std::size_t q = 0; q < count; q++) publish(range, firstQuery + q, lists[q]);
  if (left[chunk].fetch_sub(1) == 1) merge(firstQuery, count, memory);
}

// The k-th of a full list is at list.bound; as near a row of another range may still be before it.
void OverlapSearch::publish(std::size_t range, std::size_t query, HammingNearest& list) {
  kernels.hammingCompact(list);
  const std::size_t slot = query * ranges + range;
  std::memcpy(kept.data() + slot * keptMost, list.entries, list.size * sizeof(std::uint64_t));
  keptCounts[slot] = list.size;
  if (list.size == problem.k) lower(bounds[query], list.bound + 1);
}

void OverlapSearch::merge(std::size_t firstQuery, std::size_t count, std::byte* memory) {
  for (std::size_t q = firstQuery; q < firstQuery + count; q++) {
    HammingNearest list;
    resetList(list, memory, problem.queries.active);
    for (std::size_t range = 0; range < ranges; range++) {
      const std::size_t slot = q * ranges + range;
      kernels.hammingMerge(list, kept.data() + slot * keptMost, keptCounts[slot]);
    }
    const std::size_t start = q * problem.resultStride;
    problem.counts[q] = static_cast<std::uint32_t>(
        kernels.hammingSort(list, problem.ids + start, problem.distances + start));
  }
}

}  // namespace flyhash
