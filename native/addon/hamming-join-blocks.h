// The splitting of one step of a self-join into blocks of left rows. A block finds all pairs of its
// rows, by tables or by comparing them with every later row, and keeps them in order; in the end
// the first pairs that fit are handed out. Blocks after those that fill the step are not begun, or
// dropped, so that memory stays within a few times the step's capacity whatever the rows hold. The
// result does not depend on the order or the number of blocks.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "../kernels/kernels.h"

namespace flyhash {

// Pairs left < right of rows firstLeft .. endLeft - 1 with any later row, those of firstLeft from
// firstRight on: the first capacity of them, by left, then right. pairs holds capacity lefts, then
// as many rights, then as many distances.
struct HammingJoinStep {
  HammingJoin join;
  const std::uint64_t* store;  // the rows interleaved by eight; unused where there are tables
  std::size_t firstLeft;
  std::size_t firstRight;
  std::size_t endLeft;  // at most join.count
  std::size_t capacity;
  std::uint32_t* pairs;
};

class HammingJoinBlocks {
 public:
  HammingJoinBlocks(const HammingJoinStep& step, const Kernels& kernels, std::size_t threads);

  std::size_t blocks() const { return kept.size(); }
  std::size_t scratchBytes() const;
  void runBlock(std::size_t block, std::byte* scratch);
  void finish();
  std::size_t pairCount() const { return written; }

 private:
  struct Pair {
    std::uint32_t left, right, distance;
  };
  using Pairs = std::vector<Pair>;

  void chooseLefts(std::size_t threads);
  std::size_t listBytes() const;
  void probe(std::size_t first, std::size_t end, std::byte* scratch, Pairs& pairs) const;
  void scan(std::size_t first, std::size_t end, std::byte* scratch, Pairs& pairs) const;
  void compare(std::size_t left, std::byte* scratch, Pairs& pairs) const;
  void append(std::size_t left, std::size_t right, std::uint64_t distance, Pairs& pairs) const;
  void publish(std::size_t block, Pairs&& pairs);

  const HammingJoinStep step;
  const Kernels& kernels;
  std::size_t lefts = 1;     // of a block
  std::size_t listMost = 1;  // entries of a left row that a scan keeps, at most
  std::mutex mutex;          // guards what follows
  std::vector<Pairs> kept;   // [block]
  std::size_t keptPairs = 0;
  std::atomic<std::size_t> last;  // the blocks after it are not needed
  std::size_t written = 0;
};

}  // namespace flyhash
