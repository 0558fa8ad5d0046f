// The doors of the fly kernels. A network is given as connections, units, fanIn after the rows:
//   flyWinners(threads, done, vectors, rows, dim, connections, units, fanIn, active, indices,
//   values?) flySigns(threads, done, vectors, rows, dim, connections, units, fanIn, codes)
//   flyPseudoSigns(threads, done, vectors, rows, dim, connections, units, fanIn, keyBits, codes)
//   flyValues(threads, done, vectors, rows, dim, connections, units, fanIn, values)
// Connections are shorts up to 8191 inputs, else integers (fly.inl.h). The kernels stay in bounds
// for any content of them, so only their number is checked here.

#include "doors.h"
#include "fault.h"
#include "pages.h"
#include "rows.h"

namespace flyhash {

namespace {

constexpr std::size_t NARROW_DIM = 8191;
constexpr std::size_t LANES = 16;

FlyNetwork networkOf(const Call& call, const Rows& rows) {
  const std::size_t units = call.size(4);
  const std::size_t fanIn = call.size(5);
  if (rows.dim == 0 || units == 0 || fanIn == 0) {
    throw Fault{Fault::Kind::range, "internal: a network must have inputs, units and connections"};
  }
  const std::size_t count = product(product((units + 7) / 8, 8), fanIn);
  const void* connections = rows.dim <= NARROW_DIM
                                ? static_cast<const void*>(call.shorts(3, count))
                                : static_cast<const void*>(call.integers(3, count));
  return {connections, rows.dim, units, fanIn};
}

// About 40 adds a nanosecond, and the reading of each unit; whole blocks of lanes.
std::size_t blockRowsFor(const FlyNetwork& network) {
  const double units = static_cast<double>(network.units);
  const double nanoseconds = units * (static_cast<double>(network.fanIn) / 40 + 0.3);
  const std::size_t rows = rowsPerBlock(nanoseconds);
  return rows < LANES ? LANES : rows - rows % LANES;
}

}  // namespace

Napi::Value flyWinners(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const FlyNetwork network = networkOf(call, rows);
  const std::size_t active = call.size(6);
  if (active == 0 || active > network.units) {
    throw Fault{Fault::Kind::range, "internal: active must be from 1 to units"};
  }
  std::uint32_t* indices = call.integers(7, product(rows.rows, active));
  float* values = call.given(8) ? call.floats(8, product(rows.rows, active)) : nullptr;
  const Kernels& kernels = call.kernels();
  preferLargePages(indices, rows.rows * active * sizeof *indices);
  if (values != nullptr) preferLargePages(values, rows.rows * active * sizeof *values);
  const std::size_t scratchBytes = kernels.flyWinnersScratchBytes(network, rows.rows, active);
  return runRows(call, rows, blockRowsFor(network), scratchBytes,
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.flyWinners(network, rows.vectors + first * rows.dim, count, active,
                                      scratch, indices + first * active,
                                      values == nullptr ? nullptr : values + first * active);
                 });
}

Napi::Value flySigns(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const FlyNetwork network = networkOf(call, rows);
  const std::size_t codeBytes = (network.units + 7) / 8;
  std::uint8_t* codes = call.bytes(6, product(rows.rows, codeBytes));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(network), kernels.flyScratchBytes(network, rows.rows),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.flySigns(network, rows.vectors + first * rows.dim, count, scratch,
                                    codes + first * codeBytes);
                 });
}

Napi::Value flyPseudoSigns(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const FlyNetwork network = networkOf(call, rows);
  const std::size_t keyBits = call.size(6);
  if (keyBits == 0 || network.units % keyBits != 0) {
    throw Fault{Fault::Kind::range, "internal: keyBits must divide units"};
  }
  const std::size_t codeBytes = (keyBits + 7) / 8;
  std::uint8_t* codes = call.bytes(7, product(rows.rows, codeBytes));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(network), kernels.flyScratchBytes(network, rows.rows),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.flyPseudoSigns(network, rows.vectors + first * rows.dim, count, keyBits,
                                          scratch, codes + first * codeBytes);
                 });
}

Napi::Value flyValues(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const FlyNetwork network = networkOf(call, rows);
  float* values = call.floats(6, product(rows.rows, network.units));
  preferLargePages(values, rows.rows * network.units * sizeof *values);
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(network), kernels.flyScratchBytes(network, rows.rows),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.flyValues(network, rows.vectors + first * rows.dim, count, scratch,
                                     values + first * network.units);
                 });
}

}  // namespace flyhash
