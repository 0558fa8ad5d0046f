// The table of kernels: what every instruction-set level offers to the layer above. One constant
// table per level is filled by isa/*.cc from the same kernel texts (*.inl.h). A kernel takes
// pointers and sizes, writes into given memory, and never allocates, throws, prints or keeps state.
// Sizes count elements unless named Bytes.

#pragma once

#include <cstddef>
#include <cstdint>

namespace flyhash {

// The neighbours kept for one query while codes are scanned in order of rows. An entry is distance
// << 32 | row. The owner gives memory for min(2 k, all rows to come) entries or more, and counts
// zeroed below bound. bound starts at bits + 1, or lower when k rows elsewhere are known to be
// nearer than that.
struct HammingNearest {
  std::uint64_t* entries;
  std::uint32_t* counts;  // entries kept at each distance, 0..bits
  std::size_t k;          // at least 1
  std::size_t capacity;   // of entries
  std::size_t size;       // of entries
  std::size_t within;     // entries with a distance below bound: fewer than k
  std::uint64_t bound;    // only smaller distances can still enter
};

struct Kernels {
  const char* isa;

  // sign.inl.h
  std::size_t (*firstNonFinite)(const float* values, std::size_t count);
  void (*signCodes)(const float* vectors, std::size_t rows, std::size_t dim,
                    const float* thresholds, std::uint8_t* codes);

  // projection.inl.h
  void (*projectionSigns)(const float* vectors, std::size_t rows, std::size_t dim,
                          const float* panels, const float* thresholds, std::size_t bits,
                          std::uint8_t* codes);
  void (*projectionValues)(const float* vectors, std::size_t rows, std::size_t dim,
                           const float* panels, std::size_t outputs, float* values);

  // hamming.inl.h, hamming-planes.inl.h
  double hammingWordNanoseconds;  // one word of a code against one query of a batch, about
  void (*hammingInterleave)(const std::uint8_t* codes, std::size_t rows, std::size_t codeBytes,
                            std::size_t firstRow, std::uint64_t* store);
  void (*hammingDistances)(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                           const std::uint64_t* queries, std::size_t queryCount,
                           std::uint32_t* distances);
  std::size_t (*hammingScratchBytes)(std::size_t words, std::size_t queryCount);
  void (*hammingSearch)(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                        std::uint32_t firstRow, const std::uint64_t* queries,
                        std::size_t queryCount, HammingNearest* lists, std::uint8_t* scratch);

  // hamming-nearest.inl.h
  void (*hammingCompact)(HammingNearest& list);
  void (*hammingMerge)(HammingNearest& into, const std::uint64_t* entries, std::size_t count);
  std::size_t (*hammingSort)(HammingNearest& list, std::uint32_t* rows, std::uint32_t* distances);

  // limits.inl.h: for the benches alone
  double (*fmaPeak)(std::size_t chains, std::size_t iterations);
  std::uint64_t (*xorPopcount)(const std::uint64_t* words, std::size_t count, std::uint64_t query);
  std::uint64_t (*plainRead)(const std::uint64_t* words, std::size_t count);
};

}  // namespace flyhash
