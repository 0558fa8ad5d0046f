// The door of the top-k kernel: topK(threads, done, values, rows, n, k, ids, best), with k from 1 to n.

#include <algorithm>

#include "doors.h"
#include "fault.h"
#include "rows.h"

namespace flyhash {

namespace {

// Half of a small second-level cache: a block's rows are read twice, by the check for finite values first.
constexpr std::size_t BLOCK_BYTES = std::size_t{1} << 18;

std::size_t blockRowsFor(const Rows& rows, std::size_t k) {
  const double nanoseconds = 0.3 * static_cast<double>(rows.dim) + 8 * static_cast<double>(k);
  const std::size_t cached = BLOCK_BYTES / (rows.dim * sizeof(float));
  return std::clamp(rowsPerBlock(nanoseconds), std::size_t{1}, std::max(cached, std::size_t{1}));
}

}  // namespace

Napi::Value topK(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const std::size_t k = call.size(3);
  if (k == 0 || k > rows.dim) throw Fault{Fault::Kind::range, "internal: k must be from 1 to n"};
  std::uint32_t* ids = call.integers(4, product(rows.rows, k));
  float* best = call.floats(5, product(rows.rows, k));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(rows, k), kernels.topKScratchBytes(rows.dim, k),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.topK(rows.vectors + first * rows.dim, count, rows.dim, k, scratch,
                                ids + first * k, best + first * k);
                 });
}

}  // namespace flyhash
