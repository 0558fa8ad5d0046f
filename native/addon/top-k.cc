// The door of the top-k kernel: topK(threads, done, values, rows, n, k, ids, best), with k from 1 to n.

#include "doors.h"
#include "fault.h"
#include "rows.h"

namespace flyhash {

Napi::Value topK(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const std::size_t k = call.size(3);
  if (k == 0 || k > rows.dim) throw Fault{Fault::Kind::range, "internal: k must be from 1 to n"};
  std::uint32_t* ids = call.integers(4, product(rows.rows, k));
  float* best = call.floats(5, product(rows.rows, k));
  const Kernels& kernels = call.kernels();
  const double nanoseconds = 0.3 * static_cast<double>(rows.dim) + 8 * static_cast<double>(k);
  return runRows(call, rows, rowsPerBlock(nanoseconds), kernels.topKScratchBytes(rows.dim, k),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.topK(rows.vectors + first * rows.dim, count, rows.dim, k, scratch,
                                ids + first * k, best + first * k);
                 });
}

}  // namespace flyhash
