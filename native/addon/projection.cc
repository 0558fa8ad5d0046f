// The doors of the projection kernel:
//   projectionSigns(threads, done, vectors, rows, dim, panels, thresholds, bits, codes)
//   projectionValues(threads, done, vectors, rows, dim, panels, outputs, values)

#include <algorithm>

#include "doors.h"
#include "rows.h"

namespace flyhash {

namespace {

std::size_t padded(std::size_t outputs) { return (outputs + 15) / 16 * 16; }

// About 60 fused multiply-adds a nanosecond: one core of AVX2. A block reads all weights, so where
// a millisecond is worth few rows it takes up to four milliseconds to share them among a whole run
// of the kernel's rows.
std::size_t blockRowsFor(const Rows& rows, std::size_t outputs) {
  const double nanoseconds = static_cast<double>(rows.dim) * static_cast<double>(outputs) / 60;
  const std::size_t more = std::min<std::size_t>(rowsPerBlock(nanoseconds / 4), 96);
  return std::max(rowsPerBlock(nanoseconds), more);
}

}  // namespace

Napi::Value projectionSigns(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const std::size_t bits = call.size(5);
  const float* panels = call.floats(3, product(padded(bits), rows.dim));
  const float* thresholds = call.floats(4, padded(bits));
  const std::size_t codeBytes = (bits + 7) / 8;
  std::uint8_t* codes = call.bytes(6, product(rows.rows, codeBytes));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(rows, bits), 0,
                 [=, &kernels](std::size_t first, std::size_t count, std::byte*) {
                   kernels.projectionSigns(rows.vectors + first * rows.dim, count, rows.dim, panels,
                                           thresholds, bits, codes + first * codeBytes);
                 });
}

Napi::Value projectionValues(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const std::size_t outputs = call.size(4);
  const float* panels = call.floats(3, product(padded(outputs), rows.dim));
  float* values = call.floats(5, product(rows.rows, outputs));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(rows, outputs), 0,
                 [=, &kernels](std::size_t first, std::size_t count, std::byte*) {
                   kernels.projectionValues(rows.vectors + first * rows.dim, count, rows.dim,
                                            panels, outputs, values + first * outputs);
                 });
}

}  // namespace flyhash
