// The splitting of one Hamming search into blocks: chunks of queries x ranges of rows. A block
// keeps the neighbours of its queries in its range; the last block of a chunk to end merges the
// ranges. What a finished range knows about the k-th distance is the starting bound of later ones,
// so that splitting costs next to nothing. The result does not depend on the order or the number of
// blocks.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../kernels/kernels.h"
#include "../threads/pool.h"

namespace flyhash {

// What is searched. Whole groups of eight rows lie in codes; the rows % 8 others in tail, one group
// that is padded, so that its owner may append to the store meanwhile. Results have stride
// resultStride a query.
struct HammingProblem {
  const std::uint64_t* codes;
  const std::uint64_t* tail;
  std::size_t rows;  // at least 1
  std::size_t bits;
  std::size_t words;
  const std::uint64_t* queries;
  std::size_t queryCount;
  std::size_t k;  // 1 .. rows
  std::size_t resultStride;
  std::uint32_t* ids;
  std::uint32_t* distances;
  std::uint32_t* counts;
};

class HammingSearch {
 public:
  HammingSearch(const HammingProblem& problem, const Kernels& kernels, std::size_t threads);

  std::size_t blocks() const { return chunks * ranges; }
  std::size_t scratchBytes() const;
  void runBlock(std::size_t block, std::byte* scratch);

 private:
  void chooseChunk();
  void chooseRanges(std::size_t threads);
  std::size_t capacity() const;
  std::size_t listBytes() const;
  void resetList(HammingNearest& list, std::byte* memory, std::uint64_t bound) const;
  void scan(std::size_t range, std::size_t firstQuery, std::size_t count, HammingNearest* lists,
            std::byte* scratch) const;
  void publish(std::size_t range, std::size_t query, HammingNearest& list);
  void merge(std::size_t firstQuery, std::size_t count, std::byte* memory);

  const HammingProblem problem;
  const Kernels& kernels;
  std::size_t chunkQueries = 1;
  std::size_t chunks = 0;
  std::size_t rangeRows = 0;
  std::size_t ranges = 1;
  std::size_t keptMost = 0;             // entries a range keeps of a query, at most
  std::vector<std::uint64_t> kept;      // [query][range][keptMost]
  std::vector<std::size_t> keptCounts;  // [query][range]
  std::unique_ptr<std::atomic<std::uint64_t>[]>
      bounds;                                        // [query]: k rows are known to be that near
  std::unique_ptr<std::atomic<std::size_t>[]> left;  // [chunk]: ranges to come
};

}  // namespace flyhash
