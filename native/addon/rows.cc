// Running a hashing kernel over rows: see rows.h.

#include "rows.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace flyhash {

namespace {

constexpr std::size_t CACHED_BYTES = 1 << 17;
constexpr std::size_t NONE = std::numeric_limits<std::size_t>::max();

// Rows that are checked and then hashed, so that memory is read once: as many as fit the
// second-level cache beside a model, but whole runs of the dense kernel's 96.
std::size_t cachedRows(std::size_t dim) {
  const std::size_t rows = CACHED_BYTES / sizeof(float) / std::max<std::size_t>(dim, 1);
  return std::max<std::size_t>(rows - rows % 96, 96);
}

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

Napi::Value runRows(const Call& call, const Rows& rows, std::size_t blockRows,
                    std::size_t scratchBytes,
                    std::function<void(std::size_t, std::size_t, std::byte*)> hash) {
  const auto bad = std::make_shared<std::atomic<std::size_t>>(NONE);
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = (rows.rows + blockRows - 1) / blockRows;
  work.scratchBytes = scratchBytes;
  work.run = [=, &kernels, hash = std::move(hash)](std::size_t block, std::byte* scratch) {
    const std::size_t end = std::min((block + 1) * blockRows, rows.rows);
    const std::size_t step = cachedRows(rows.dim);
    for (std::size_t row = block * blockRows; row < end; row += step) {
      const std::size_t count = std::min(step, end - row);
      const std::size_t start = row * rows.dim;
      if (start > bad->load(std::memory_order_relaxed)) return;
      const std::size_t position = kernels.firstNonFinite(rows.vectors + start, count * rows.dim);
      if (position < count * rows.dim) return lower(*bad, start + position);
      hash(row, count, scratch);
    }
  };
  return call.run(std::move(work), [bad] {
    const std::size_t position = bad->load();
    return position == NONE ? -1.0 : static_cast<double>(position);
  });
}

}  // namespace flyhash
