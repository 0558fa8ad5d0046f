// The doors of the dot kernel, every query against every row of data; metric is 0 dot, 1 l2, 2
// cosine:
//   dotDistances(threads, done, data, rows, queries, queryCount, dim, metric, distances)
//   dotNeighbors(threads, done, data, rows, queries, queryCount, dim, metric, k, ids, distances), k
//   up to rows
// The result is the flat position of the first value that is not finite, first in data and then in
// queries, as if the queries stood after the data, or -1.

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "doors.h"
#include "fault.h"
#include "rows.h"

namespace flyhash {

namespace {

constexpr std::size_t NONE = std::numeric_limits<std::size_t>::max();
constexpr std::size_t QUERIES_PER_BLOCK = 64;
constexpr std::size_t ROWS_PER_STEP = 480;
// Multiply-adds of a block: about 2 ms of AVX-512, 4 of AVX2.
constexpr std::size_t BLOCK_STEPS = std::size_t{1} << 27;
// Bytes that the heaps of all parts may take together, where more than one part is used.
constexpr std::size_t HEAP_BYTES = std::size_t{1} << 26;

struct Search {
  DotProblem problem;
  std::size_t rows;

  explicit Search(const Call& call)
      : problem{static_cast<Metric>(call.size(5)), nullptr, call.size(4), nullptr, call.size(3)},
        rows(call.size(1)) {
    if (call.size(5) > 2 || problem.dim == 0)
      throw Fault{Fault::Kind::range, "internal: metric or dim"};
    if (rows > std::numeric_limits<std::uint32_t>::max()) {
      throw Fault{Fault::Kind::range, "internal: rows do not fit in 32 bits"};
    }
    problem.data = call.floats(0, product(rows, problem.dim));
    problem.queries = call.floats(2, product(problem.queryCount, problem.dim));
  }
};

// How the pairs are split: parts of the rows x groups of the queries, a part's groups one after the
// other.
struct Split {
  std::size_t partRows;
  std::size_t parts;
  std::size_t groups;

  Split(const Search& search, std::size_t threads, std::size_t k) {
    const std::size_t queries = std::max<std::size_t>(1, search.problem.queryCount);
    groups = (queries + QUERIES_PER_BLOCK - 1) / QUERIES_PER_BLOCK;
    // A part fills its heaps anew: with a thousand rows for each kept one, that costs next to
    // nothing.
    const std::size_t perRow = search.problem.dim * std::min(queries, QUERIES_PER_BLOCK);
    const std::size_t wanted = std::max({ROWS_PER_STEP, BLOCK_STEPS / perRow, 1000 * k});
    const std::size_t wantedParts =
        std::max(search.rows / wanted, (2 * threads + groups - 1) / groups);
    const std::size_t heapBytes =
        std::max<std::size_t>(1, queries * std::max<std::size_t>(k, 1) * 8);
    const std::size_t most = std::max<std::size_t>(1, HEAP_BYTES / heapBytes);
    const std::size_t steps = (search.rows + ROWS_PER_STEP - 1) / ROWS_PER_STEP;
    parts =
        std::clamp<std::size_t>(wantedParts, 1, std::max<std::size_t>(1, std::min(most, steps)));
    partRows = std::max<std::size_t>(1, (steps + parts - 1) / parts) * ROWS_PER_STEP;
    parts = std::max<std::size_t>(1, (search.rows + partRows - 1) / partRows);
  }
};

// A block's rows and queries.
struct Piece {
  std::size_t part;
  std::size_t begin;
  std::size_t end;
  std::size_t firstQuery;
  DotProblem problem;
  std::byte* scratch;
};

// Runs search(piece), which gives the position that the kernel gave, over all blocks.
template <typename Run, typename Finish>
Napi::Value runPieces(const Call& call, const Search& search, const Split& split, Run run,
                      Finish finish) {
  const auto bad = std::make_shared<std::atomic<std::size_t>>(NONE);
  const Kernels& kernels = call.kernels();
  const std::size_t dim = search.problem.dim;
  Work work;
  work.blocks = split.parts * split.groups;
  work.scratchBytes = kernels.dotScratchBytes(search.problem);
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    const std::size_t part = block / split.groups;
    const std::size_t firstQuery = block % split.groups * QUERIES_PER_BLOCK;
    const std::size_t begin = std::min(search.rows, part * split.partRows);
    const std::size_t end = std::min(search.rows, begin + split.partRows);
    if (begin * dim > bad->load(std::memory_order_relaxed)) return;
    DotProblem problem = search.problem;
    problem.queries += firstQuery * dim;
    problem.queryCount = std::min(QUERIES_PER_BLOCK, problem.queryCount - firstQuery);
    if (part == 0) {
      const std::size_t count = problem.queryCount * dim;
      const std::size_t position = kernels.firstNonFinite(problem.queries, count);
      if (position < count) lower(*bad, (search.rows + firstQuery) * dim + position);
    }
    const std::size_t position = run(Piece{part, begin, end, firstQuery, problem, scratch});
    if (position < end * dim) lower(*bad, position);
  };
  work.finish = [=] {
    if (bad->load() == NONE) finish();
  };
  return call.run(std::move(work), [bad] {
    const std::size_t position = bad->load();
    return position == NONE ? -1.0 : static_cast<double>(position);
  });
}

}  // namespace

Napi::Value dotDistances(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Search search(call);
  const std::size_t stride = search.rows;
  float* distances = call.floats(6, product(search.problem.queryCount, stride));
  const Kernels& kernels = call.kernels();
  const auto run = [=, &kernels](const Piece& piece) {
    float* own = distances + piece.firstQuery * stride;
    return kernels.dotDistances(piece.problem, piece.begin, piece.end, piece.scratch, own, stride);
  };
  return runPieces(call, search, Split(search, call.threads(), 0), run, [] {});
}

Napi::Value dotNeighbors(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Search search(call);
  const std::size_t queries = search.problem.queryCount;
  const std::size_t k = call.size(6);
  if (k > search.rows) throw Fault{Fault::Kind::range, "internal: k"};
  const std::size_t results = product(queries, k);
  std::uint32_t* ids = call.integers(7, results);
  float* distances = call.floats(8, results);
  const Split split(search, call.threads(), k);
  const auto keys = std::make_shared<std::vector<std::uint64_t>>(product(split.parts, results));
  const auto counts = std::make_shared<std::vector<std::size_t>>(split.parts * queries);
  const Kernels& kernels = call.kernels();
  const auto run = [=, &kernels](const Piece& piece) {
    const std::size_t first = piece.part * queries + piece.firstQuery;
    return kernels.dotNearest(piece.problem, piece.begin, piece.end, piece.scratch, k,
                              keys->data() + first * k, counts->data() + first);
  };
  return runPieces(call, search, split, run, [=, &kernels] {
    kernels.nearestMerge(keys->data(), counts->data(), split.parts, queries, k, ids, distances);
  });
}

}  // namespace flyhash
