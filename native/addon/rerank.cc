// The doors of re-ranking, lists as in lists.h; metric is 0 dot, 1 l2, 2 cosine:
//   rerankFloats(threads, done, data, rows, queries, queryCount, dim, metric, lists, listCounts,
//   places, shared, k, ids, distances, counts)
//   rerankBytes(threads, done, data, rows, scales, norms, queries, queryCount, queryScales,
//   queryNorms, dim, metric, lists, listCounts, places, shared, k, ids, distances, counts)

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "doors.h"
#include "fault.h"
#include "lists.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST_BYTES_DIM = (std::size_t{1} << 17) - 1;

struct Results {
  std::size_t k;
  std::uint32_t* ids;
  float* distances;
  std::uint32_t* counts;

  Results(const Call& call, std::size_t first, std::size_t queries)
      : k(call.size(first)),
        ids(call.integers(first + 1, product(queries, k))),
        distances(call.floats(first + 2, product(queries, k))),
        counts(call.integers(first + 3, queries)) {}
};

std::size_t rowsAt(const Call& call, std::size_t index) {
  const std::size_t rows = call.size(index);
  if (rows > std::numeric_limits<std::uint32_t>::max()) {
    throw Fault{Fault::Kind::range, "internal: rows do not fit in 32 bits"};
  }
  return rows;
}

Metric metricAt(const Call& call, std::size_t index, std::size_t dim, std::size_t mostDim) {
  const std::size_t metric = call.size(index);
  if (metric > 2 || dim == 0 || dim > mostDim) {
    throw Fault{Fault::Kind::range, "internal: metric or dim"};
  }
  return static_cast<Metric>(metric);
}

// Runs find(query, list, its length, k, keys) for each query, and sorts what it finds.
template <typename Find>
Napi::Value runLists(const Call& call, const Lists& lists, const Results& results, std::size_t rows,
                     double rowNanoseconds, Find find) {
  const Kernels& kernels = call.kernels();
  const std::size_t k = std::min(results.k, lists.places);
  const std::size_t step = lists.blockQueries(
      static_cast<double>(lists.places) * (rowNanoseconds + 10.0), call.threads());
  Work work;
  work.blocks = (lists.queryCount + step - 1) / step;
  work.scratchBytes = product(k, sizeof(std::uint64_t));
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    auto* const keys = reinterpret_cast<std::uint64_t*>(scratch);
    const std::size_t end = std::min(lists.queryCount, (block + 1) * step);
    for (std::size_t q = block * step; q < end; q++) {
      std::size_t found = 0;
      if (k > 0) found = find(q, RerankLists{lists.of(q), rows}, lists.count(q), k, keys);
      results.counts[q] = static_cast<std::uint32_t>(found);
      kernels.nearestMerge(keys, &found, 1, 1, k, results.ids + q * results.k,
                           results.distances + q * results.k);
    }
  };
  return call.run(std::move(work));
}

}  // namespace

Napi::Value rerankFloats(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = rowsAt(call, 1);
  const std::size_t queryCount = call.size(3);
  DotProblem problem{};
  problem.dim = call.size(4);
  problem.metric = metricAt(call, 5, problem.dim, std::numeric_limits<std::uint32_t>::max());
  problem.data = call.floats(0, product(rows, problem.dim));
  problem.queries = call.floats(2, product(queryCount, problem.dim));
  problem.queryCount = 1;
  const Lists lists(call, 6, queryCount);
  const Results results(call, 10, queryCount);
  const Kernels& kernels = call.kernels();
  const double rowNanoseconds = 0.2 * static_cast<double>(problem.dim);
  return runLists(call, lists, results, rows, rowNanoseconds,
                  [=, &kernels](std::size_t query, const RerankLists& list, std::size_t count,
                                std::size_t k, std::uint64_t* keys) {
                    DotProblem own = problem;
                    own.queries += query * own.dim;
                    return kernels.rerankFloats(own, list, count, k, keys);
                  });
}

Napi::Value rerankBytes(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = rowsAt(call, 1);
  const std::size_t queryCount = call.size(5);
  RerankBytes problem{};
  problem.dim = call.size(8);
  problem.metric = metricAt(call, 9, problem.dim, MOST_BYTES_DIM);
  const auto signedBytes = [](std::uint8_t* bytes) {
    return reinterpret_cast<std::int8_t*>(bytes);
  };
  problem.data = signedBytes(call.bytes(0, product(rows, problem.dim)));
  problem.scales = call.floats(2, rows);
  problem.norms = call.integers(3, rows);
  problem.query = signedBytes(call.bytes(4, product(queryCount, problem.dim)));
  const float* scales = call.floats(6, queryCount);
  const std::uint32_t* norms = call.integers(7, queryCount);
  const Lists lists(call, 10, queryCount);
  const Results results(call, 14, queryCount);
  const Kernels& kernels = call.kernels();
  const double rowNanoseconds = 0.05 * static_cast<double>(problem.dim);
  return runLists(call, lists, results, rows, rowNanoseconds,
                  [=, &kernels](std::size_t query, const RerankLists& list, std::size_t count,
                                std::size_t k, std::uint64_t* keys) {
                    RerankBytes own = problem;
                    own.query += query * own.dim;
                    own.queryScale = scales[query];
                    own.queryNorm = norms[query];
                    return kernels.rerankBytes(own, list, count, k, keys);
                  });
}

}  // namespace flyhash
