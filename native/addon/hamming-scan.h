// What every Hamming scan shares: the codes with their rules, the way a work is cut into chunks of
// queries x ranges of rows, and the offering of one range to the lists of one chunk.

#pragma once

#include <cstddef>
#include <cstdint>

#include "../kernels/kernels.h"

namespace flyhash {

// Codes and queries. Whole groups of eight rows lie in codes; the rows % 8 others in tail, one
// group that is padded, so that its owner may append to the store meanwhile. allowed has a bit a
// row, the first one highest in its byte; without it every row may enter.
struct HammingCodes {
  const std::uint64_t* codes;
  const std::uint64_t* tail;
  std::size_t rows;  // at least 1
  std::size_t bits;
  std::size_t words;
  const std::uint64_t* queries;
  std::size_t queryCount;
  const std::uint8_t* allowed;
};

// Chunks of queries and ranges of rows.
struct HammingGrid {
  std::size_t chunkQueries;
  std::size_t chunks;
  std::size_t rangeRows;
  std::size_t ranges;
};

// Rows first .. end - 1, which begin at a group.
struct HammingRows {
  std::size_t first, end;
};

inline constexpr std::size_t alignedBytes(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

inline constexpr std::size_t divideUp(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

// Chunks of queries whose lists, of that many bytes each, stay in the caches, and ranges that make
// blocks of about a millisecond, or as many as the threads need to share the work evenly.
HammingGrid hammingGrid(const HammingCodes& problem, const Kernels& kernels, std::size_t listBytes,
                        std::size_t threads);

// Scratch of a scan for that many queries, beside their lists.
std::size_t hammingScanBytes(const HammingCodes& problem, const Kernels& kernels,
                             std::size_t queries);

// Offers rows to the lists of `count` queries from firstQuery on.
void hammingScanRows(const HammingCodes& problem, const Kernels& kernels, HammingRows rows,
                     std::size_t firstQuery, std::size_t count, HammingNearest* lists,
                     std::byte* scratch);

}  // namespace flyhash
