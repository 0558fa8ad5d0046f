// The doors of hash tables: bucketKeys(threads, done, codes, codeRows, codeBytes, members, rows,
// positions, tables, keyBits, keys), bucketSort(threads, done, keys, members, rows, tables,
// keyBits, directoryBits, segment) and bucketSearch(threads, done, codes, rows, bits, allowed,
// tables, keyBits, queries, queryKeys, queryCount, masks, probes, radius, margins, k, ids,
// distances, counts, candidates, segmentSizes, segmentCount, ...tables and stale rows
// of each segment).

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "call.h"
#include "doors.h"
#include "fault.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST_ROWS = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t MOST_KEY_BITS = 32;
constexpr std::size_t MOST_DIRECTORY_BITS = 28;
constexpr std::size_t MOST_SEGMENTS = 255;
constexpr std::size_t FIRST_SEGMENT = 20;

// About 30 microseconds a query where buckets are small; enough queries to pay for a block's bitmap
// of rows seen.
constexpr std::size_t BLOCK_QUERIES = 32;
constexpr std::size_t BLOCKS_PER_THREAD = 4;

void requireRange(std::size_t value, std::size_t least, std::size_t most, const char* name) {
  if (value < least || value > most)
    throw Fault{Fault::Kind::range, std::string("internal: ") + name};
}

void requireBelow(const std::uint32_t* values, std::size_t count, std::size_t limit,
                  const char* name) {
  for (std::size_t i = 0; i < count; i++) {
    if (values[i] >= limit) throw Fault{Fault::Kind::range, std::string("internal: ") + name};
  }
}

// Elements of a table of a segment.
std::size_t tableSize(std::size_t rows, std::size_t keyBits, std::size_t directoryBits) {
  const std::size_t cells = std::size_t{1} << directoryBits;
  return cells + 1 + rows * (directoryBits < keyBits ? 2 : 1);
}

// A search with the sizes of its segments, which its blocks share.
struct BucketSearchCall {
  BucketIndex index;
  std::vector<BucketSegment> segments;
  BucketProbes probes;
  BucketQueries queries;
  std::size_t queryCount;
  BucketResults results;
};

void readIndex(const Call& call, BucketSearchCall& search) {
  BucketIndex& index = search.index;
  index.rows = call.size(1);
  const std::size_t bits = call.size(2);
  index.words = (bits + 63) / 64;
  index.tables = call.size(4);
  index.keyBits = call.size(5);
  requireRange(bits, 1, MOST_ROWS - 1, "bits");
  requireRange(index.rows, 0, MOST_ROWS, "rows");
  requireRange(index.keyBits, 1, MOST_KEY_BITS, "keyBits");
  index.codes = call.words(0, product(index.rows, index.words));
  index.allowed = call.given(3) ? call.bytes(3, (index.rows + 7) / 8) : nullptr;
  index.segmentCount = call.size(19);
  requireRange(index.segmentCount, 0, MOST_SEGMENTS, "segments");
  const std::uint32_t* sizes = call.integers(18, 3 * index.segmentCount);
  for (std::size_t s = 0; s < index.segmentCount; s++) {
    const std::size_t rows = sizes[3 * s];
    const std::size_t directoryBits = sizes[3 * s + 1];
    requireRange(directoryBits, 0, std::min(index.keyBits, MOST_DIRECTORY_BITS), "directoryBits");
    const std::size_t size = product(index.tables, tableSize(rows, index.keyBits, directoryBits));
    const std::size_t limit = sizes[3 * s + 2];
    requireRange(limit, 0, index.rows, "limit");
    const std::size_t at = FIRST_SEGMENT + 2 * s;
    const std::uint8_t* stale = call.given(at + 1) ? call.bytes(at + 1, (limit + 7) / 8) : nullptr;
    search.segments.push_back({call.integers(at, size), rows, directoryBits, limit, stale});
  }
  index.segments = search.segments.data();
}

void readQueries(const Call& call, BucketSearchCall& search) {
  const BucketIndex& index = search.index;
  search.queryCount = call.size(8);
  search.queries.codes = call.words(6, product(search.queryCount, index.words));
  search.queries.keys = call.integers(7, product(search.queryCount, index.tables));
  BucketProbes& probes = search.probes;
  probes.count = call.size(10);
  probes.radius = call.size(11);
  const bool isDirected = call.given(12);
  const std::size_t margins = product(product(search.queryCount, index.tables), index.keyBits);
  probes.margins = isDirected ? call.floats(12, margins) : nullptr;
  probes.masks = call.integers(9, isDirected ? 0 : probes.count);
  requireRange(probes.count, isDirected ? 1 : 0, MOST_ROWS, "probes");
  BucketResults& results = search.results;
  results.stride = call.size(13);
  search.queries.k = std::min(results.stride, index.rows);
  const std::size_t places = product(search.queryCount, results.stride);
  results.ids = call.integers(14, places);
  results.distances = call.integers(15, places);
  results.counts = call.integers(16, search.queryCount);
  results.candidates = call.integers(17, search.queryCount);
}

}  // namespace

Napi::Value bucketKeys(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t codeRows = call.size(1);
  const std::size_t codeBytes = call.size(2);
  const std::size_t rows = call.size(4);
  const std::size_t tables = call.size(6);
  const std::size_t keyBits = call.size(7);
  requireRange(keyBits, 1, MOST_KEY_BITS, "keyBits");
  const std::uint8_t* codes = call.bytes(0, product(codeRows, codeBytes));
  const std::uint32_t* members = call.given(3) ? call.integers(3, rows) : nullptr;
  if (members == nullptr) {
    requireRange(rows, 0, codeRows, "rows");
  } else {
    requireBelow(members, rows, codeRows, "members");
  }
  const std::uint32_t* positions = call.integers(5, product(tables, keyBits));
  requireBelow(positions, tables * keyBits, product(codeBytes, 8), "positions");
  std::uint32_t* keys = call.integers(8, product(rows, tables));
  const Kernels& kernels = call.kernels();
  const std::size_t blockRows = rowsPerBlock(5.0 * static_cast<double>(tables));
  Work work;
  work.blocks = (rows + blockRows - 1) / blockRows;
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    const std::size_t first = block * blockRows;
    const std::size_t count = std::min(blockRows, rows - first);
    const std::uint8_t* from = members == nullptr ? codes + first * codeBytes : codes;
    kernels.bucketKeys(from, codeBytes, members == nullptr ? nullptr : members + first, count,
                       positions, tables, keyBits, keys + first * tables);
  };
  return call.run(std::move(work));
}

Napi::Value bucketSort(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(2);
  const std::size_t tables = call.size(3);
  const std::size_t keyBits = call.size(4);
  const std::size_t directoryBits = call.size(5);
  requireRange(rows, 0, MOST_ROWS, "rows");
  requireRange(keyBits, 1, MOST_KEY_BITS, "keyBits");
  requireRange(directoryBits, 0, std::min(keyBits, MOST_DIRECTORY_BITS), "directoryBits");
  const std::uint32_t* keys = call.integers(0, product(rows, tables));
  const std::uint32_t* members = call.given(1) ? call.integers(1, rows) : nullptr;
  const std::size_t size = tableSize(rows, keyBits, directoryBits);
  std::uint32_t* segment = call.integers(6, product(tables, size));
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = tables;
  work.scratchBytes = kernels.bucketSortScratchBytes(rows);
  work.run = [=, &kernels](std::size_t table, std::byte* scratch) {
    kernels.bucketSort(keys + table, tables, members, rows, keyBits, directoryBits, scratch,
                       segment + table * size);
  };
  return call.run(std::move(work));
}

Napi::Value bucketSearch(const Napi::CallbackInfo& info) {
  const Call call(info);
  const auto search = std::make_shared<BucketSearchCall>();
  readIndex(call, *search);
  readQueries(call, *search);
  const std::size_t queryCount = search->queryCount;
  Work work;
  if (search->queries.k == 0) {
    std::fill_n(search->results.counts, queryCount, 0U);
    std::fill_n(search->results.candidates, queryCount, 0U);
    return call.run(std::move(work));
  }
  const Kernels& kernels = call.kernels();
  const std::size_t share = queryCount / (call.threads() * BLOCKS_PER_THREAD) + 1;
  const std::size_t step = std::min(BLOCK_QUERIES, share);
  work.blocks = (queryCount + step - 1) / step;
  work.scratchBytes = kernels.bucketScratchBytes(search->index, search->probes, search->queries.k);
  work.run = [search, step, queryCount, &kernels](std::size_t block, std::byte* scratch) {
    const std::size_t first = block * step;
    kernels.bucketSearch(search->index, search->probes, search->queries, first,
                         std::min(step, queryCount - first), scratch, search->results);
  };
  return call.run(std::move(work));
}

}  // namespace flyhash
