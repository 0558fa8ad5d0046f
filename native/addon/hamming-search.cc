// Blocks of a Hamming search: see hamming-search.h.

#include "hamming-search.h"

#include <algorithm>
#include <cstring>

namespace flyhash {

namespace {

// Enough queries to pay for a block's transposition, few enough that their tables stay in the
// second-level cache.
constexpr std::size_t MOST_QUERIES = 128;
constexpr std::size_t CHUNK_BYTES = std::size_t{4} << 20;

// Ranges are whole blocks of every kernel form.
constexpr std::size_t RANGE_STEP = 512;
constexpr double BLOCK_NANOSECONDS = 1.5e6;
constexpr double LEAST_NANOSECONDS = 5e4;
constexpr std::size_t BLOCKS_PER_THREAD = 4;

// What fetching a word of a code costs; comparing it costs what the level says for each query.
constexpr double FETCH_NANOSECONDS = 0.1;

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

HammingSearch::HammingSearch(const HammingProblem& newProblem, const Kernels& newKernels,
                             std::size_t threads)
    : problem(newProblem), kernels(newKernels) {
  chooseChunk();
  chooseRanges(threads);
  keptMost = std::min(problem.k, rangeRows);
  kept.resize(problem.queryCount * ranges * keptMost);
  keptCounts.resize(problem.queryCount * ranges);
  bounds = std::make_unique<std::atomic<std::uint64_t>[]>(problem.queryCount);
  for (std::size_t q = 0; q < problem.queryCount; q++) bounds[q] = problem.bits;
  left = std::make_unique<std::atomic<std::size_t>[]>(chunks);
  for (std::size_t c = 0; c < chunks; c++) left[c] = ranges;
}

void HammingSearch::chooseChunk() {
  const std::size_t most = std::clamp<std::size_t>(CHUNK_BYTES / listBytes(), 1, MOST_QUERIES);
  chunkQueries = std::min(problem.queryCount, most >= 4 ? most / 4 * 4 : most);
  chunks = divideUp(problem.queryCount, chunkQueries);
}

// As many ranges as blocks of a millisecond need, or as the threads need to share the work evenly.
void HammingSearch::chooseRanges(std::size_t threads) {
  const double rowNanoseconds =
      static_cast<double>(problem.words) *
      (FETCH_NANOSECONDS + kernels.hammingWordNanoseconds * static_cast<double>(chunkQueries));
  const double nanoseconds = rowNanoseconds * static_cast<double>(problem.rows);
  double wanted = nanoseconds / BLOCK_NANOSECONDS;
  if (threads > 1) {
    const double shares =
        static_cast<double>(threads * BLOCKS_PER_THREAD) / static_cast<double>(chunks);
    wanted = std::max(wanted, std::min(shares, nanoseconds / LEAST_NANOSECONDS));
  }
  const double rows = static_cast<double>(problem.rows) / std::max(wanted, 1.0);
  rangeRows =
      std::max<std::size_t>(divideUp(static_cast<std::size_t>(rows), RANGE_STEP), 1) * RANGE_STEP;
  const std::size_t most = std::max(problem.queryCount * problem.k, KEPT_ENTRIES);
  while (rangeRows < problem.rows &&
         problem.queryCount * divideUp(problem.rows, rangeRows) * std::min(problem.k, rangeRows) >
             most) {
    rangeRows *= 2;
  }
  rangeRows = std::min(rangeRows, aligned(problem.rows));
  ranges = divideUp(problem.rows, rangeRows);
}

std::size_t HammingSearch::capacity() const { return std::min(2 * problem.k + 64, problem.rows); }

std::size_t HammingSearch::listBytes() const {
  return aligned(8 * capacity() + 4 * (problem.bits + 1));
}

std::size_t HammingSearch::scratchBytes() const {
  return aligned(chunkQueries * sizeof(HammingNearest)) + chunkQueries * listBytes() +
         kernels.hammingScratchBytes(problem.words, chunkQueries);
}

void HammingSearch::resetList(HammingNearest& list, std::byte* memory, std::uint64_t bound) const {
  auto* const entries = reinterpret_cast<std::uint64_t*>(memory);
  auto* const counts = reinterpret_cast<std::uint32_t*>(entries + capacity());
  std::memset(counts, 0, 4 * bound);
  list = {entries, counts, problem.k, capacity(), 0, 0, bound};
}

void HammingSearch::runBlock(std::size_t block, std::byte* scratch) {
  const std::size_t chunk = block / ranges;
  const std::size_t range = block % ranges;
  const std::size_t firstQuery = chunk * chunkQueries;
  const std::size_t count = std::min(chunkQueries, problem.queryCount - firstQuery);
  auto* const lists = reinterpret_cast<HammingNearest*>(scratch);
  std::byte* const memory = scratch + aligned(chunkQueries * sizeof(HammingNearest));
  for (std::size_t q = 0; q < count; q++) {
    const std::uint64_t known = bounds[firstQuery + q].load(std::memory_order_relaxed);
    resetList(lists[q], memory + q * listBytes(), known + 1);
  }
  scan(range, firstQuery, count, lists, memory + chunkQueries * listBytes());
  for (std::size_t q = 0; q < count; q++) publish(range, firstQuery + q, lists[q]);
  if (left[chunk].fetch_sub(1) == 1) merge(firstQuery, count, memory);
}

void HammingSearch::scan(std::size_t range, std::size_t firstQuery, std::size_t count,
                         HammingNearest* lists, std::byte* scratch) const {
  const std::size_t whole = problem.rows / 8 * 8;
  const std::size_t first = range * rangeRows;
  const std::size_t end = std::min(first + rangeRows, problem.rows);
  const std::size_t wholeEnd = std::min(end, whole);
  const std::uint64_t* const queries = problem.queries + firstQuery * problem.words;
  auto* const planes = reinterpret_cast<std::uint8_t*>(scratch);
  kernels.hammingSearch(problem.codes + first * problem.words, wholeEnd - first, problem.words,
                        static_cast<std::uint32_t>(first), queries, count, lists, planes);
  if (end == whole || wholeEnd < whole) return;
  kernels.hammingSearch(problem.tail, end - whole, problem.words, static_cast<std::uint32_t>(whole),
                        queries, count, lists, planes);
}

void HammingSearch::publish(std::size_t range, std::size_t query, HammingNearest& list) {
  kernels.hammingCompact(list);
  const std::size_t slot = query * ranges + range;
  std::memcpy(kept.data() + slot * keptMost, list.entries, list.size * sizeof(std::uint64_t));
  keptCounts[slot] = list.size;
  if (list.size == problem.k) lower(bounds[query], list.bound);
}

void HammingSearch::merge(std::size_t firstQuery, std::size_t count, std::byte* memory) {
  for (std::size_t q = firstQuery; q < firstQuery + count; q++) {
    HammingNearest list;
    resetList(list, memory, problem.bits + 1);
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
