// What kernels are asked: plain structs of pointers and sizes, shared by the kernel texts, which
// are compiled for each level, and the doors that fill them. Whoever fills one owns the memory.

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

// One segment of hash tables (buckets.inl.h): tables x (directory, ids, keys) in one array.
struct BucketSegment {
  const std::uint32_t* tables;
  std::size_t rows;
  std::size_t directoryBits;
  std::size_t limit;          // ids at or above it are not to be believed
  const std::uint8_t* stale;  // a bit an id below limit: its code has changed since; null: none
};

// Codes, row after row, and their hash tables of keyBits (1..32) bits. A row is in one segment, or
// in others where it is stale.
struct BucketIndex {
  const std::uint64_t* codes;
  std::size_t rows;
  std::size_t words;
  const std::uint8_t* allowed;  // a bit a row, the first one highest; null: all
  const BucketSegment* segments;
  std::size_t segmentCount;
  std::size_t tables;
  std::size_t keyBits;
};

// Which buckets a query visits in each table: the keys that differ from its own by one of count
// masks; or, with margins (queries x tables x keyBits), by the count likeliest sets of bits; or,
// when count is 0, all within the radius.
struct BucketProbes {
  const std::uint32_t* masks;
  std::size_t count;
  std::size_t radius;
  const float* margins;
};

struct BucketQueries {
  const std::uint64_t* codes;
  const std::uint32_t* keys;  // queries x tables
  std::size_t k;              // at least 1
};

// ids and distances have stride places a query.
struct BucketResults {
  std::uint32_t* ids;
  std::uint32_t* distances;
  std::uint32_t* counts;
  std::uint32_t* candidates;
  std::size_t stride;
};

// Units that compete (competition.inl.h): panels [ceil(count / 16)][dim][16] in natural order.
struct CompetitionUnits {
  const float* panels;
  const float* mean;  // taken from every vector, or null
  std::size_t dim;
  std::size_t count;
};

// Vectors that are looked at, rows x dim, and how many more follow them in memory, which may be
// fetched ahead and are not looked at.
struct CompetitionVectors {
  const float* vectors;
  std::size_t rows;
  std::size_t following;
};

// Prepared rows, count x dim, and the units that each of them ranked, count x places, of any
// content (competition-learning.inl.h).
struct CompetitionRows {
  const float* prepared;
  std::size_t count;
  std::size_t dim;
  const std::uint32_t* ranks;
  std::size_t places;
};

// A part of sums, units x dim: of some units, some inputs.
struct CompetitionPart {
  std::size_t unit;
  std::size_t endUnit;
  std::size_t input;
  std::size_t endInput;
};

// The steps of a mini-batch are made for so many units at a time.
inline constexpr std::size_t COMPETITION_UNITS = 32;

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

// Outputs in a slice of the dense matrix of a sparse product.
inline constexpr std::size_t SPARSE_SLICE = 64;

// A sparse matrix in compressed rows times a dense one in slices (sparse-product.inl.h). Entries
// of columns that do not exist count for nothing.
struct SparseProduct {
  const std::uint32_t* starts;  // rows + 1
  const std::uint32_t* columns;
  const float* values;
  std::size_t entries;  // of columns and values
  std::size_t columnCount;
  const float* slices;
  std::size_t outputs;
  std::size_t width;  // columns that are visited before the next ones
};

// Columns that a part of a Gram matrix owns (gram.inl.h).
inline constexpr std::size_t GRAM_PART = 24;

// Pairs of rows that were found near each other, packed as hamming-join.inl.h says.
struct HammingPairs {
  std::uint64_t* entries;
  std::size_t capacity;
  std::size_t size;
};

}  // namespace flyhash
