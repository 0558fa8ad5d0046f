// The table of kernels: what every instruction-set level offers to the layer above. One constant
// table per level is filled by isa/*.cc from the same kernel texts (*.inl.h). A kernel takes
// pointers and sizes, writes into given memory, and never allocates, throws, prints or keeps state.
// Sizes count elements unless named Bytes.

#pragma once

#include <cstddef>
#include <cstdint>

namespace flyhash {

// Distances of float32 vectors, smaller is nearer: -dot, squared Euclidean, 1 - cosine.
enum class Metric : std::uint32_t { dot, l2, cosine };

// Every query against rows of data: row i is data + i * dim, dim > 0.
struct DotProblem {
  Metric metric;
  const float* data;
  std::size_t dim;
  const float* queries;
  std::size_t queryCount;
};

// A sparse network (fly.inl.h): units of fanIn inputs each, in the packed order that is described
// there.
struct FlyNetwork {
  const void* connections;
  std::size_t dim;
  std::size_t units;
  std::size_t fanIn;
};

// The neighbours kept for one query while codes are scanned in order of rows. An entry is distance
// << 32 | row. The owner gives memory for min(2 k, all rows to come) entries or more, and counts
// zeroed below bound. bound starts at bits + 1, or lower when k rows elsewhere are known to be
// nearer than that. The last three are set by hammingSearchAllowed alone.
struct HammingNearest {
  std::uint64_t* entries;
  std::uint32_t* counts;  // entries kept at each distance, 0..bits
  std::size_t k;          // at least 1
  std::size_t capacity;   // of entries
  std::size_t size;       // of entries
  std::size_t within;     // entries with a distance below bound: fewer than k
  std::uint64_t bound;    // only smaller distances can still enter

  const std::uint8_t* allowed = nullptr;  // bits of all rows, first one highest; others never enter
  const std::uint32_t* names = nullptr;   // the rows' numbers, where gathered ones are scanned
  std::size_t vain = 0;                   // groups offered for forbidden rows alone
};

// Codes, or their first words, interleaved by eight, the rows after the last whole group in tail.
// The rows in a bitmap may be found: that of row i is the bit of value 128 >> i % 8 in byte i / 8.
// No bitmap means all.
struct ShortlistCodes {
  const std::uint64_t* store;
  const std::uint64_t* tail;
  std::size_t rows;
  std::size_t words;
  const std::uint8_t* allowed;
  std::size_t live;  // rows that may be found
};

// The ids of a list, of which those below rows are real.
struct RerankLists {
  const std::uint32_t* ids;
  std::size_t rows;
};

// Rows of bytes, fewer than 2^17 a row, each times its scale a vector; norms are the sums of
// the squares of the bytes. One query likewise.
struct RerankBytes {
  Metric metric;
  const std::int8_t* data;
  std::size_t dim;
  const float* scales;
  const std::uint32_t* norms;
  const std::int8_t* query;
  float queryScale;
  std::uint32_t queryNorm;
};

// Codes to be joined with themselves, as plain rows of words, and a table for each block of their
// bits (hamming-join.inl.h).
struct HammingJoin {
  const std::uint64_t* rows;  // count x words
  std::size_t count;
  std::size_t words;
  std::size_t bits;  // that are cut into blocks: at least blocks
  std::size_t blocks;
  std::size_t flips;             // bits in which keys may differ: 0 or 1
  std::size_t keyBits;           // 1 to 24
  const std::uint32_t* starts;   // blocks x (2^keyBits + 1)
  const std::uint32_t* members;  // blocks x count
  std::uint64_t radius;
};

// Pairs of rows that were found near each other, packed as hamming-join.inl.h says.
struct HammingPairs {
  std::uint64_t* entries;
  std::size_t capacity;
  std::size_t size;
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

  // rotation.inl.h
  void (*rotationSigns)(const float* vectors, std::size_t rows, std::size_t dim, std::size_t size,
                        const std::uint32_t* signs, const float* thresholds, std::size_t bits,
                        float* scratch, std::uint8_t* codes);
  void (*rotationValues)(const float* vectors, std::size_t rows, std::size_t dim, std::size_t size,
                         const std::uint32_t* signs, std::size_t outputs, float* scratch,
                         float* values);

  // dot.inl.h: both return the flat position of the first value of those rows that is not finite,
  // or end x dim
  std::size_t (*dotScratchBytes)(const DotProblem& problem);
  std::size_t (*dotDistances)(const DotProblem& problem, std::size_t begin, std::size_t end,
                              void* scratch, float* distances, std::size_t stride);
  std::size_t (*dotNearest)(const DotProblem& problem, std::size_t begin, std::size_t end,
                            void* scratch, std::size_t k, std::uint64_t* keys, std::size_t* counts);

  // nearest.inl.h
  void (*nearestMerge)(std::uint64_t* keys, std::size_t* counts, std::size_t parts,
                       std::size_t queries, std::size_t k, std::uint32_t* ids, float* distances);

  // fly.inl.h, winners.inl.h
  std::size_t (*flyScratchBytes)(const FlyNetwork& network, std::size_t rows);
  void (*flyValues)(const FlyNetwork& network, const float* vectors, std::size_t rows,
                    std::byte* scratch, float* values);
  void (*flySigns)(const FlyNetwork& network, const float* vectors, std::size_t rows,
                   std::byte* scratch, std::uint8_t* codes);
  void (*flyPseudoSigns)(const FlyNetwork& network, const float* vectors, std::size_t rows,
                         std::size_t keyBits, std::byte* scratch, std::uint8_t* codes);
  std::size_t (*flyWinnersScratchBytes)(const FlyNetwork& network, std::size_t rows,
                                        std::size_t active);
  void (*flyWinners)(const FlyNetwork& network, const float* vectors, std::size_t rows,
                     std::size_t active, std::byte* scratch, std::uint32_t* indices, float* values);

  // top-k.inl.h
  std::size_t (*topKScratchBytes)(std::size_t n, std::size_t k);
  void (*topK)(const float* values, std::size_t rows, std::size_t n, std::size_t k,
               std::byte* scratch, std::uint32_t* indices, float* best);

  // hamming.inl.h, hamming-planes.inl.h
  double hammingWordNanoseconds;  // one word of a code against one query of a batch, about
  void (*hammingInterleave)(const std::uint8_t* codes, std::size_t rows, std::size_t codeBytes,
                            std::size_t firstRow, std::uint64_t* store);
  void (*hammingDeinterleave)(const std::uint64_t* store, std::size_t firstRow, std::size_t rows,
                              std::size_t codeBytes, std::uint8_t* codes);
  void (*hammingDistances)(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                           const std::uint64_t* queries, std::size_t queryCount,
                           std::uint32_t* distances);
  std::size_t (*hammingScratchBytes)(std::size_t words, std::size_t queryCount);
  void (*hammingSearch)(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                        std::uint32_t firstRow, const std::uint64_t* queries,
                        std::size_t queryCount, HammingNearest* lists, std::uint8_t* scratch);

  // hamming-allowed.inl.h: only rows whose bit is set; allowed begins with row 0, not firstRow
  std::size_t (*hammingAllowedScratchBytes)(std::size_t words, std::size_t queryCount);
  void (*hammingSearchAllowed)(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                               std::uint32_t firstRow, const std::uint8_t* allowed,
                               const std::uint64_t* queries, std::size_t queryCount,
                               HammingNearest* lists, std::uint8_t* scratch);

  // hamming-nearest.inl.h
  void (*hammingCompact)(HammingNearest& list);
  void (*hammingMerge)(HammingNearest& into, const std::uint64_t* entries, std::size_t count);
  std::size_t (*hammingSort)(HammingNearest& list, std::uint32_t* rows, std::uint32_t* distances);

  // shortlist.inl.h
  void (*shortlistScan)(const ShortlistCodes& codes, const std::uint64_t* queries,
                        std::size_t stride, std::size_t queryCount, HammingNearest* lists);
  void (*shortlistRefine)(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                          const std::uint64_t* query, const std::uint32_t* ids, std::size_t count,
                          HammingNearest& list);

  // rerank.inl.h: both give the number of keys, at most k, a heap for nearestMerge
  std::size_t (*rerankFloats)(const DotProblem& problem, const RerankLists& lists,
                              std::size_t count, std::size_t k, std::uint64_t* keys);
  std::size_t (*rerankBytes)(const RerankBytes& problem, const RerankLists& lists,
                             std::size_t count, std::size_t k, std::uint64_t* keys);
  // hamming-join.inl.h
  void (*hammingJoinGather)(const std::uint64_t* store, std::size_t words, const std::uint32_t* ids,
                            std::size_t count, std::uint64_t* rows);
  void (*hammingJoinTable)(const HammingJoin& join, std::size_t block, std::uint32_t* starts,
                           std::uint32_t* members);
  double (*hammingJoinCandidates)(const HammingJoin& join, const std::uint32_t* starts);
  bool (*hammingJoinProbe)(const HammingJoin& join, std::size_t first, std::size_t end,
                           HammingPairs& found);
  void (*hammingJoinRange)(const HammingJoin& join, std::size_t left, std::size_t begin,
                           std::size_t end, HammingPairs& found);

  // limits.inl.h: for the benches alone
  double (*fmaPeak)(std::size_t chains, std::size_t iterations);
  std::uint64_t (*xorPopcount)(const std::uint64_t* words, std::size_t count, std::uint64_t query);
  std::uint64_t (*plainRead)(const std::uint64_t* words, std::size_t count);
};

}  // namespace flyhash
