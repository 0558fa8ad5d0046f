// The shape that every hashing door shares: rows of float32 vectors in, checked for finiteness
// block by block while they are in cache, and rows of codes out. The result is the flat position of
// the first value that is not finite, whatever thread met it, or -1.

#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

#include "call.h"

namespace flyhash {

struct Rows {
  const float* vectors;
  std::size_t rows;
  std::size_t dim;
};

// Arguments first, first + 1 and first + 2 of the call: vectors, rows, dim.
Rows rowsOf(const Call& call, std::size_t first);

// least = min(least, value), whatever other threads do meanwhile.
void lower(std::atomic<std::size_t>& least, std::size_t value);

// Runs hash(firstRow, rowCount, scratch) over all rows in blocks of blockRows.
Napi::Value runRows(const Call& call, const Rows& rows, std::size_t blockRows,
                    std::size_t scratchBytes,
                    std::function<void(std::size_t, std::size_t, std::byte*)> hash);

}  // namespace flyhash
