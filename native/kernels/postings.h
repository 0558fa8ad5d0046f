// What search by overlap is asked: blocks of posting lists, posting bitmaps, and queries. A part of
// kernels.h.

#pragma once

#include <cstddef>
#include <cstdint>

namespace flyhash {

// A block of rows with posting lists (postings.inl.h): list of unit u is offsets[starts[u]] to
// offsets[starts[u + 1] - 1], rows within the block. Without starts, no row has a list.
struct PostingsBlock {
  const std::uint16_t* offsets;
  const std::uint32_t* starts;  // units + 1, or null
  std::size_t postings;         // offsets that may be read
  std::size_t units;
  const std::uint32_t* codes;  // rows x active units of the block
  std::size_t active;
  const std::uint32_t* stale;  // ids of rows of the block that are counted from their codes
  std::size_t staleCount;
  const std::uint8_t* allowed;  // a bit a row of the block, or null for all
  std::uint32_t firstRow;       // id of the block's first row
  std::size_t rows;             // at most 65,536
};

// Rows with posting bitmaps (postings-bitmaps.inl.h): [ceil(rows / 512)][units][8] words.
struct PostingsBitmaps {
  const std::uint64_t* bitmaps;
  std::size_t units;
  const std::uint8_t* allowed;  // a bit a row, or null for all
  std::uint32_t firstRow;       // id of the first row
  std::size_t rows;
};

// count x active units, each below the index's number of units.
struct PostingsQueries {
  const std::uint32_t* units;
  std::size_t count;
  std::size_t active;
};

}  // namespace flyhash
