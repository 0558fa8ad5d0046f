// The table of kernels: what every instruction-set level offers to the layer above. One constant
// table per level is filled by isa/*.cc from the same kernel texts (*.inl.h). A kernel takes
// pointers and sizes, writes into given memory, and never allocates, throws, prints or keeps state.
// Sizes count elements unless named Bytes.

#pragma once

#include <cstddef>
#include <cstdint>

#include "problems-words.h"
#include "problems.h"

namespace flyhash {

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

  // competition.inl.h, competition-winners.inl.h
  std::size_t (*competitionScratchBytes)(const CompetitionUnits& units, std::size_t wanted);
  void (*competitionRanks)(const CompetitionUnits& units, const CompetitionVectors& prepared,
                           std::size_t wanted, std::byte* scratch, std::uint32_t* ranks,
                           float* best);
  void (*competitionWinners)(const CompetitionUnits& units, const CompetitionVectors& vectors,
                             std::size_t active, std::byte* scratch, std::uint32_t* indices);
  void (*competitionValues)(const CompetitionUnits& units, const CompetitionVectors& vectors,
                            std::byte* scratch, float* values);

  // competition-learning.inl.h: sums and deltas are units x dim, deltas made for units first .. end
  // - 1, at most COMPETITION_UNITS of them
  void (*competitionPrepare)(const float* vectors, std::size_t rows, std::size_t dim,
                             const float* mean, bool unitLength, float* prepared, float* norms);
  void (*competitionSums)(const CompetitionRows& rows, std::size_t place,
                          const CompetitionPart& part, float* sums);
  void (*competitionDeltas)(const CompetitionRows& rows, const float* activations, float repulsion,
                            const float* weights, std::size_t first, std::size_t end, float* deltas,
                            float* peaks);

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

  // buckets.inl.h, bucket-probes.inl.h
  void (*bucketKeys)(const std::uint8_t* codes, std::size_t codeBytes, const std::uint32_t* members,
                     std::size_t rows, const std::uint32_t* positions, std::size_t tables,
                     std::size_t keyBits, std::uint32_t* keys);
  std::size_t (*bucketSortScratchBytes)(std::size_t rows);
  void (*bucketSort)(const std::uint32_t* keys, std::size_t tables, const std::uint32_t* members,
                     std::size_t rows, std::size_t keyBits, std::size_t directoryBits,
                     std::byte* scratch, std::uint32_t* table);
  std::size_t (*bucketScratchBytes)(const BucketIndex& index, const BucketProbes& probes,
                                    std::size_t k);
  void (*bucketSearch)(const BucketIndex& index, const BucketProbes& probes,
                       const BucketQueries& queries, std::size_t first, std::size_t count,
                       std::byte* scratch, const BucketResults& results);

  // postings.inl.h, postings-bitmaps.inl.h: overlaps, kept at the distance active - overlap
  std::size_t (*postingsScratchBytes)(std::size_t units);
  void (*postingsSearch)(const PostingsBlock& block, const PostingsQueries& queries,
                         HammingNearest* lists, std::byte* scratch);
  void (*postingsBitmapsSearch)(const PostingsBitmaps& part, const PostingsQueries& queries,
                                HammingNearest* lists);
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

  // cooccurrences.inl.h
  void (*cooccurrencePlaces)(const CooccurrenceText& text, std::size_t part, std::uint32_t* ends,
                             std::uint32_t* places);
  std::size_t (*cooccurrenceOccurrences)(const CooccurrenceText& text, std::size_t word);
  std::size_t (*cooccurrenceScratchBytes)(std::size_t words);
  void (*cooccurrenceCounts)(const CooccurrenceText& text, const CooccurrenceRows& rows,
                             std::byte* scratch);

  // sparse-product.inl.h
  std::size_t (*sparseProductScratchBytes)(std::size_t rows);
  void (*sparseProduct)(const SparseProduct& problem, std::size_t first, std::size_t end,
                        std::size_t slice, std::byte* scratch, float* products);

  // gram.inl.h
  std::size_t (*gramScratchBytes)(std::size_t columns);
  void (*gramMatrix)(const float* vectors, std::size_t rows, std::size_t columns, std::size_t part,
                     std::byte* scratch, double* gram);
  // windows.inl.h: winners of positions first .. end - 1
  std::size_t (*windowsScratchBytes)(std::size_t units);
  void (*windowsWinners)(const WindowsText& text, std::size_t first, std::size_t end,
                         std::byte* scratch, std::uint32_t* winners);

  // windows-counts.inl.h: counts of words first .. end - 1
  void (*windowsOrder)(const std::int32_t* tokens, std::size_t count, std::size_t vocabulary,
                       std::uint32_t* starts, std::uint32_t* positions);
  void (*windowsCounts)(const std::uint32_t* winners, std::size_t count, std::size_t radius,
                        const WindowsPlaces& places, std::size_t units, std::size_t first,
                        std::size_t end, std::uint32_t* contextCounts, std::uint32_t* targetCounts);

  // windows-bags.inl.h, windows-codes.inl.h
  std::size_t (*windowsBagBytes)(std::size_t units);
  void (*windowsGroups)(const WindowsText& text, const WindowsPlaces& places, std::size_t groupSize,
                        std::size_t first, std::size_t end, std::byte* scratch,
                        std::uint32_t* winners);
  void (*windowsUngrouped)(const WindowsText& text, std::size_t first, std::size_t end,
                           std::uint32_t* winners);
  void (*windowsSums)(const WindowsBags& bags, std::size_t first, std::size_t end,
                      std::byte* scratch, double* sums);
  void (*windowsCodes)(const WindowsBags& bags, std::size_t first, std::size_t end,
                       std::size_t active, std::byte* scratch, std::uint32_t* indices);

  // windows-learning.inl.h, windows-steps.inl.h: steps and moves of units first .. end - 1
  std::size_t (*windowsLearningScratchBytes)(const WindowsBatch& batch);
  void (*windowsLearningWinners)(const WindowsBatch& batch, std::size_t first, std::size_t end,
                                 std::byte* scratch, std::uint32_t* winners);
  std::size_t (*windowsLearningStepsBytes)(const WindowsBatch& batch);
  void (*windowsLearningSteps)(const WindowsBatch& batch, const std::uint32_t* winners,
                               const float* shares, std::size_t first, std::size_t end,
                               std::byte* scratch, const WindowsSteps& steps, float* peaks);
  float (*windowsLearningPeak)(const WindowsBatch& batch, const WindowsSteps& steps, float* peaks,
                               std::uint32_t* places);
  void (*windowsLearningMoves)(const WindowsBatch& batch, const WindowsSteps& steps, float rate,
                               std::size_t first, std::size_t end);

  // limits.inl.h: for the benches alone
  double (*fmaPeak)(std::size_t chains, std::size_t iterations);
  std::uint64_t (*xorPopcount)(const std::uint64_t* words, std::size_t count, std::uint64_t query);
  std::uint64_t (*plainRead)(const std::uint64_t* words, std::size_t count);
};

}  // namespace flyhash
