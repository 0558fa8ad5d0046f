// The cutting of a Hamming scan, and one range of it: see hamming-scan.h.

#include "hamming-scan.h"

#include <algorithm>

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

}  // namespace

HammingGrid hammingGrid(const HammingCodes& problem, const Kernels& kernels, std::size_t listBytes,
                        std::size_t threads) {
  HammingGrid grid{};
  const std::size_t most = std::clamp<std::size_t>(CHUNK_BYTES / listBytes, 1, MOST_QUERIES);
  grid.chunkQueries = std::min(problem.queryCount, most >= 4 ? most / 4 * 4 : most);
  grid.chunks = divideUp(problem.queryCount, grid.chunkQueries);
  const double rowNanoseconds =
      static_cast<double>(problem.words) *
      (FETCH_NANOSECONDS + kernels.hammingWordNanoseconds * static_cast<double>(grid.chunkQueries));
  const double nanoseconds = rowNanoseconds * static_cast<double>(problem.rows);
  double wanted = nanoseconds / BLOCK_NANOSECONDS;
  if (threads > 1) {
    const double shares =
        static_cast<double>(threads * BLOCKS_PER_THREAD) / static_cast<double>(grid.chunks);
    wanted = std::max(wanted, std::min(shares, nanoseconds / LEAST_NANOSECONDS));
  }
  const double rows = static_cast<double>(problem.rows) / std::max(wanted, 1.0);
  grid.rangeRows =
      std::max<std::size_t>(divideUp(static_cast<std::size_t>(rows), RANGE_STEP), 1) * RANGE_STEP;
  grid.rangeRows = std::min(grid.rangeRows, alignedBytes(problem.rows));
  grid.ranges = divideUp(problem.rows, grid.rangeRows);
  return grid;
}

std::size_t hammingScanBytes(const HammingCodes& problem, const Kernels& kernels,
                             std::size_t queries) {
  return problem.allowed == nullptr ? kernels.hammingScratchBytes(problem.words, queries)
                                    : kernels.hammingAllowedScratchBytes(problem.words, queries);
}

void hammingScanRows(const HammingCodes& problem, const Kernels& kernels, HammingRows rows,
                     std::size_t firstQuery, std::size_t count, HammingNearest* lists,
                     std::byte* scratch) {
  const std::size_t whole = problem.rows / 8 * 8;
  const std::size_t wholeEnd = std::min(rows.end, whole);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(scratch);
  const auto offer = [&](const std::uint64_t* codes, std::size_t first, std::size_t end) {
    const auto firstRow = static_cast<std::uint32_t>(first);
    const std::uint64_t* const queries = problem.queries + firstQuery * problem.words;
    if (problem.allowed == nullptr) {
      kernels.hammingSearch(codes, end - first, problem.words, firstRow, queries, count, lists,
                            bytes);
    } else {
      kernels.hammingSearchAllowed(codes, end - first, problem.words, firstRow, problem.allowed,
                                   queries, count, lists, bytes);
    }
  };
  if (rows.first < wholeEnd)
    offer(problem.codes + rows.first * problem.words, rows.first, wholeEnd);
  if (wholeEnd < rows.end) offer(problem.tail, whole, rows.end);
}

}  // namespace flyhash
