// The door of the sparse product:
//   sparseProduct(threads, done, starts, rows, columns, values, entries, columnCount, slices,
//   outputs, products)
// A block is a slice of the outputs for a run of rows, long enough that a slice's columns are worth
// fetching.

#include <algorithm>
#include <memory>
#include <vector>

#include "call.h"
#include "doors.h"
#include "fault.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST = 0xffffffff;

// A slice's columns that stay in the second-level cache: a megabyte.
constexpr std::size_t CACHED_COLUMNS = 4096;
// Entries of a row that make it worth visiting.
constexpr std::size_t LEAST_ENTRIES = 16;
// Entries of a run of rows: four milliseconds or more of one slice.
constexpr std::size_t RUN_ENTRIES = std::size_t{1} << 20;
constexpr std::size_t MOST_ROWS = std::size_t{1} << 16;

std::size_t widthFor(std::size_t rows, std::size_t entries, std::size_t columnCount) {
  const double perRow = static_cast<double>(entries) / static_cast<double>(rows + 1) + 1;
  const double wide = static_cast<double>(columnCount) / perRow * LEAST_ENTRIES;
  return std::max(CACHED_COLUMNS, static_cast<std::size_t>(wide));
}

// Where runs of rows end: as many entries as are worth it, and never too many rows.
std::vector<std::size_t> runsOf(const SparseProduct& problem, std::size_t rows) {
  std::vector<std::size_t> ends{0};
  std::size_t entries = 0;
  for (std::size_t row = 0; row < rows; row++) {
    const std::size_t from = problem.starts[row];
    const std::size_t to = std::min<std::size_t>(problem.starts[row + 1], problem.entries);
    entries += to > from ? to - from : 0;
    if (entries < RUN_ENTRIES && row + 1 - ends.back() < MOST_ROWS) continue;
    ends.push_back(row + 1);
    entries = 0;
  }
  if (ends.back() != rows) ends.push_back(rows);
  return ends;
}

std::size_t longest(const std::vector<std::size_t>& ends) {
  std::size_t most = 0;
  for (std::size_t run = 1; run < ends.size(); run++) {
    most = std::max(most, ends[run] - ends[run - 1]);
  }
  return most;
}

}  // namespace

Napi::Value sparseProduct(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  SparseProduct problem{};
  problem.entries = call.size(4);
  problem.columnCount = call.size(5);
  problem.outputs = call.size(7);
  if (problem.entries > MOST || problem.columnCount > MOST || rows > MOST) {
    throw Fault{Fault::Kind::range, "internal: a sparse matrix this large has no indices"};
  }
  problem.starts = call.integers(0, rows + 1);
  problem.columns = call.integers(2, problem.entries);
  problem.values = call.floats(3, problem.entries);
  const std::size_t padded = (problem.outputs + 15) / 16 * 16;
  problem.slices = call.floats(6, product(problem.columnCount, padded));
  float* products = call.floats(8, product(rows, problem.outputs));
  problem.width = widthFor(rows, problem.entries, problem.columnCount);
  const Kernels& kernels = call.kernels();
  const auto ends = std::make_shared<const std::vector<std::size_t>>(runsOf(problem, rows));
  const std::size_t slices = (problem.outputs + SPARSE_SLICE - 1) / SPARSE_SLICE;
  Work work;
  work.blocks = product(ends->size() - 1, slices);
  work.scratchBytes = kernels.sparseProductScratchBytes(longest(*ends));
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    const std::size_t run = block / slices;
    kernels.sparseProduct(problem, (*ends)[run], (*ends)[run + 1], block % slices, scratch,
                          products);
  };
  return call.run(std::move(work));
}

}  // namespace flyhash
