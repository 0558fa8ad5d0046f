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
#include "hamming-scan.h"

namespace flyhash {

// What is searched, and where the results go: resultStride places a query.
struct HammingProblem : HammingCodes {
  std::size_t k;  // 1 .. rows
  std::size_t resultStride;
  std::uint32_t* ids;
  std::uint32_t* distances;
  std::uint32_t* counts;
};

class HammingSearch {
 public:
  HammingSearch(const HammingProblem& problem, const Kernels& kernels, std::size_t threads);

  std::size_t blocks() const { return grid.chunks * grid.ranges; }
  std::size_t scratchBytes() const;
  void runBlock(std::size_t block, std::byte* scratch);

 private:
  void joinRanges();
  std::size_t capacity() const;
  std::size_t listBytes() const;
  void resetList(HammingNearest& list, std::byte* memory, std::uint64_t bound) const;
  void publish(std::size_t range, std::size_t query, HammingNearest& list);
  void merge(std::size_t firstQuery, std::size_t count, std::byte* memory);

  const HammingProblem problem;
  const Kernels& kernels;
  HammingGrid grid;
  std::size_t keptMost = 0;             // entries a range keeps of a query, at most
  std::vector<std::uint64_t> kept;      // [query][range][keptMost]
  std::vector<std::size_t> keptCounts;  // [query][range]
  std::unique_ptr<std::atomic<std::uint64_t>[]>
      bounds;                                        // [query]: k rows are known to be that near
  std::unique_ptr<std::atomic<std::size_t>[]> left;  // [chunk]: ranges to come
};

}  // namespace flyhash
