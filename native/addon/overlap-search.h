// The splitting of one search by overlap into blocks of work: chunks of queries x ranges of rows,
// as in hamming-search.h. A block keeps the neighbours of its queries in its range, at the distance
// "units of the query less overlap"; the last block of a chunk to end merges the ranges. What a
// finished range knows about the k-th distance is the starting bound of later ones. The result does
// not depend on the order or the number of blocks.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "../kernels/kernels.h"
#include "../threads/pool.h"

namespace flyhash {

// What is searched. Results have stride resultStride a query.
struct OverlapProblem {
  // Offers rows first .. end - 1 to the lists of queries. scratch has scanScratchBytes bytes.
  std::function<void(std::size_t first, std::size_t end, const PostingsQueries& queries,
                     HammingNearest* lists, std::byte* scratch)>
      scan;
  std::size_t scanScratchBytes;
  std::size_t rows;       // at least 1
  std::size_t rangeStep;  // ranges begin at multiples of it
  double rowNanoseconds;  // a row against one query, about
  PostingsQueries queries;
  std::size_t k;  // 1 .. rows
  std::size_t resultStride;
  std::uint32_t* ids;
  std::uint32_t* distances;
  std::uint32_t* counts;
};

class OverlapSearch {
 public:
  OverlapSearch(const OverlapProblem& problem, const Kernels& kernels, std::size_t threads);

  std::size_t blocks() const { return chunks * ranges; }
  std::size_t scratchBytes() const;
  void runBlock(std::size_t block, std::byte* scratch);

 private:
  void chooseRanges(std::size_t threads);
  std::size_t capacity() const;
  std::size_t listBytes() const;
  void resetList(HammingNearest& list, std::byte* memory, std::uint64_t bound) const;
  void publish(std::size_t range, std::size_t query, HammingNearest& list);
  void merge(std::size_t firstQuery, std::size_t count, std::byte* memory);

  const OverlapProblem problem;
  const Kernels& kernels;
  std::size_t chunkQueries = 1;
  std::size_t chunks = 0;
  std::size_t rangeRows = 0;
  std::size_t ranges = 1;
  std::size_t keptMost = 0;             // entries a range keeps of a query, at most
  std::vector<std::uint64_t> kept;      // [query][range][keptMost]
  std::vector<std::size_t> keptCounts;  // [query][range]
  std::unique_ptr<std::atomic<std::uint64_t>[]> bounds;  // [query]: only smaller distances enter
  std::unique_ptr<std::atomic<std::size_t>[]> left;      // [chunk]: ranges to come
};

}  // namespace flyhash
