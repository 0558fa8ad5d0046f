// The doors of the rotation kernel; size is a power of two from 16 on, signs ceil(bits / size) x 3
// x size words:
//   rotationSigns(threads, done, vectors, rows, dim, size, signs, thresholds, bits, codes)
//   rotationValues(threads, done, vectors, rows, dim, size, signs, outputs, values)

#include <bit>

#include "doors.h"
#include "fault.h"
#include "rows.h"

namespace flyhash {

namespace {

constexpr std::size_t LEAST_SIZE = 16;
constexpr std::size_t ROUNDS = 3;

struct Rotations {
  std::size_t size;
  std::size_t count;
  const std::uint32_t* signs;
};

Rotations rotationsOf(const Call& call, std::size_t outputs) {
  const std::size_t size = call.size(3);
  if (size < LEAST_SIZE || !std::has_single_bit(size)) {
    throw Fault{Fault::Kind::range, "internal: size must be a power of two from 16 on"};
  }
  const std::size_t count = outputs / size + (outputs % size == 0 ? 0 : 1);
  const std::size_t words = product(product(count, ROUNDS), size);
  return {size, count, call.integers(4, words)};
}

// About one output a nanosecond for each rotation of a row.
std::size_t blockRowsFor(const Rotations& rotations) {
  return rowsPerBlock(static_cast<double>(rotations.count) * static_cast<double>(rotations.size));
}

}  // namespace

Napi::Value rotationSigns(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const std::size_t bits = call.size(6);
  const Rotations rotations = rotationsOf(call, bits);
  const float* thresholds = call.floats(5, (bits + 15) / 16 * 16);
  const std::size_t codeBytes = (bits + 7) / 8;
  std::uint8_t* codes = call.bytes(7, product(rows.rows, codeBytes));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(rotations), rotations.size * sizeof(float),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.rotationSigns(rows.vectors + first * rows.dim, count, rows.dim,
                                         rotations.size, rotations.signs, thresholds, bits,
                                         reinterpret_cast<float*>(scratch),
                                         codes + first * codeBytes);
                 });
}

Napi::Value rotationValues(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const std::size_t outputs = call.size(5);
  const Rotations rotations = rotationsOf(call, outputs);
  float* values = call.floats(6, product(rows.rows, outputs));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(rotations), rotations.size * sizeof(float),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.rotationValues(rows.vectors + first * rows.dim, count, rows.dim,
                                          rotations.size, rotations.signs, outputs,
                                          reinterpret_cast<float*>(scratch),
                                          values + first * outputs);
                 });
}

}  // namespace flyhash
