// The door of the sign kernel: signCodes(threads, done, vectors, rows, dim, thresholds, codes).

#include "doors.h"
#include "rows.h"

namespace flyhash {

Napi::Value signCodes(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const float* thresholds = call.floats(3, rows.dim);
  const std::size_t codeBytes = (rows.dim + 7) / 8;
  std::uint8_t* codes = call.bytes(4, product(rows.rows, codeBytes));
  const Kernels& kernels = call.kernels();
  const double nanoseconds = 0.1 * static_cast<double>(rows.dim);
  return runRows(call, rows, rowsPerBlock(nanoseconds), 0,
                 [=, &kernels](std::size_t first, std::size_t count, std::byte*) {
                   kernels.signCodes(rows.vectors + first * rows.dim, count, rows.dim, thresholds,
                                     codes + first * codeBytes);
                 });
}

}  // namespace flyhash
