// Running a hashing kernel over rows: see rows.h.

#include "rows.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace flyhash {

namespace {

constexpr std::size_t NONE = std::numeric_limits<std::size_t>::max();

}  // namespace

void lower(std::atomic<std::size_t>& least, std::size_t value) {
  std::size_t seen = least.load();
  while (value < seen && !least.compare_exchange_weak(seen, value)) {
  }
}

Rows rowsOf(const Call& call, std::size_t first) {
  const std::size_t rows = call.size(first + 1);
  const std::size_t dim = call.size(first + 2);
  return {call.floats(first, product(rows, dim)), rows, dim};
}

Napi::Value runRows(const Call& call, const Rows& rows, std::size_t blockRows, std::size_t scratchBytes,
                    std::function<void(std::size_t, std::size_t, std::byte*)> hash) {
  const auto bad = std::make_shared<std::atomic<std::size_t>>(NONE);
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = (rows.rows + blockRows - 1) / blockRows;
  work.scratchBytes = scratchBytes;
  work.run = [=, &kernels, hash = std::move(hash)](std::size_t block, std::byte* scratch) {
    const std::size_t firstRow = block * blockRows;
    const std::size_t count = std::min(blockRows, rows.rows - firstRow);
    const std::size_t start = firstRow * rows.dim;
    if (start > bad->load(std::memory_order_relaxed)) return;
    const std::size_t position = kernels.firstNonFinite(rows.vectors + start, count * rows.dim);
    if (position < count * rows.dim) {
      lower(*bad, start + position);
    } else {
      hash(firstRow, count, scratch);
    }
  };
  return call.run(std::move(work), [bad] {
    const std::size_t position = bad->load();
    return position == NONE ? -1.0 : static_cast<double>(position);
  });
}

}  // namespace flyhash
