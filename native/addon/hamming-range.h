// All codes within a radius of each query, in blocks: chunks of queries x ranges of rows. A block
// keeps what it finds; the last block of a chunk to end puts each query's finds in order. They are
// given out only where all of them fit; where they do not, they are counted and not kept, so that
// memory never exceeds what the caller has allowed. The result does not depend on the order or the
// number of blocks.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../kernels/kernels.h"
#include "hamming-scan.h"

namespace flyhash {

// What is searched; ids and distances have `capacity` places for all queries together.
struct HammingRangeProblem : HammingCodes {
  std::size_t radius;  // at most bits
  std::size_t capacity;
  std::uint32_t* ids;
  std::uint32_t* distances;
  std::uint32_t* counts;
};

class HammingRange {
 public:
  HammingRange(const HammingRangeProblem& problem, const Kernels& kernels, std::size_t threads);

  std::size_t blocks() const { return grid.chunks * grid.ranges; }
  std::size_t scratchBytes() const;
  void runBlock(std::size_t block, std::byte* scratch);
  void finish();                                 // after the last block: writes the results
  std::uint64_t total() const { return found; }  // of all queries

 private:
  using Entries = std::vector<std::uint64_t>;  // distance << 32 | row

  void take(HammingNearest& list, std::size_t slot);
  void sort(std::size_t query);

  const HammingRangeProblem problem;
  const Kernels& kernels;
  const HammingGrid grid;
  std::vector<Entries> kept;              // [query][range]; range 0 has all of them in the end
  std::vector<std::uint32_t> keptCounts;  // [query][range]
  std::unique_ptr<std::atomic<std::size_t>[]> left;  // [chunk]: ranges to come
  std::atomic<std::uint64_t> found{0};
};

}  // namespace flyhash
