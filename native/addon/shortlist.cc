// The doors of shortlists by codes:
//   shortlistScan(threads, done, store, tail, rows, words, allowed, queries, stride, queryCount, k,
//   ids, counts): the first words of queries that are stride words apart; allowed may be undefined
//   shortlistRefine(threads, done, codes, rows, words, queries, queryCount, lists, listCounts,
//   places, shared, k, ids, distances, counts): lists of at most places ids, one for all queries
//   when shared is 1

#include <algorithm>
#include <bit>
#include <limits>
#include <string>

#include "doors.h"
#include "fault.h"
#include "lists.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST_ROWS = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t MOST_WORDS = MOST_ROWS / 64;
constexpr std::size_t MOST_QUERIES = 64;
constexpr std::size_t LISTS_BYTES = std::size_t{4} << 20;
constexpr double BLOCK_NANOSECONDS = 1.5e6;
constexpr double FETCH_NANOSECONDS = 0.1;
constexpr double KEEP_NANOSECONDS = 10.0;

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

constexpr std::size_t divideUp(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

void requireWords(std::size_t words, std::size_t rows) {
  if (words < 1 || words > MOST_WORDS || rows > MOST_ROWS) {
    throw Fault{Fault::Kind::range, "internal: words or rows"};
  }
}

// The memory of one query's list of k.
struct ListShape {
  std::size_t k;
  std::size_t capacity;
  std::size_t bytes;

  ListShape(std::size_t newK, std::size_t words)
      : k(newK),
        capacity(product(newK, 2) + 64),
        bytes(aligned(product(capacity, 8) + (words * 64 + 1) * 4)) {}

  HammingNearest at(std::byte* memory) const {
    auto* const entries = reinterpret_cast<std::uint64_t*>(memory);
    auto* const counts = reinterpret_cast<std::uint32_t*>(entries + capacity);
    return {entries, counts, k, capacity, 0, 0, 0};
  }
};

std::size_t liveRows(const std::uint8_t* allowed, std::size_t rows) {
  if (allowed == nullptr) return rows;
  std::size_t live = 0;
  for (std::size_t i = 0; i < rows / 8; i++)
    live += static_cast<std::size_t>(std::popcount(allowed[i]));
  for (std::size_t i = rows / 8 * 8; i < rows; i++) live += allowed[i / 8] >> (7 - i % 8) & 1;
  return live;
}

// Queries of a block: enough to share the codes in cache, few enough for its time and memory, and
// for all threads to have a share.
std::size_t blockQueries(const ShortlistCodes& codes, const ListShape& shape, const Call& call,
                         std::size_t queryCount) {
  const double row = static_cast<double>(codes.words) *
                     (FETCH_NANOSECONDS / 4 + call.kernels().hammingWordNanoseconds);
  const double query = row * static_cast<double>(codes.rows) +
                       KEEP_NANOSECONDS * static_cast<double>(std::min(shape.k, codes.rows));
  const auto inTime = static_cast<std::size_t>(BLOCK_NANOSECONDS / query);
  const std::size_t share = divideUp(queryCount, call.threads());
  const std::size_t most =
      std::min({std::max<std::size_t>(inTime, 4), LISTS_BYTES / shape.bytes, share, MOST_QUERIES});
  return most >= 4 ? most / 4 * 4 : std::max<std::size_t>(most, 1);
}

// The rows of a list, in the order of its entries; returns their number.
std::uint32_t writeIds(const HammingNearest& list, std::uint32_t* ids) {
  for (std::size_t i = 0; i < list.size; i++) ids[i] = static_cast<std::uint32_t>(list.entries[i]);
  return static_cast<std::uint32_t>(list.size);
}

}  // namespace

Napi::Value shortlistScan(const Napi::CallbackInfo& info) {
  const Call call(info);
  ShortlistCodes codes{};
  codes.rows = call.size(2);
  codes.words = call.size(3);
  requireWords(codes.words, codes.rows);
  codes.store = call.words(0, product(codes.rows / 8 * 8, codes.words));
  codes.tail = call.words(1, codes.rows % 8 == 0 ? 0 : product(8, codes.words));
  if (call.given(4)) codes.allowed = call.bytes(4, divideUp(codes.rows, 8));
  codes.live = liveRows(codes.allowed, codes.rows);
  const std::size_t stride = call.size(6);
  const std::size_t queryCount = call.size(7);
  const std::size_t k = call.size(8);
  if (stride < codes.words) throw Fault{Fault::Kind::range, "internal: stride"};
  const std::uint64_t* queries = call.words(5, product(queryCount, stride));
  std::uint32_t* ids = call.integers(9, product(queryCount, k));
  std::uint32_t* counts = call.integers(10, queryCount);
  Work work;
  if (k == 0 || codes.live == 0 || queryCount == 0) {
    std::fill_n(counts, queryCount, 0U);
    return call.run(std::move(work));
  }
  const ListShape shape(std::min(k, codes.rows), codes.words);
  const std::size_t step = blockQueries(codes, shape, call, queryCount);
  const Kernels& kernels = call.kernels();
  work.blocks = divideUp(queryCount, step);
  work.scratchBytes = aligned(step * sizeof(HammingNearest)) + step * shape.bytes;
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    const std::size_t first = block * step;
    const std::size_t some = std::min(step, queryCount - first);
    auto* const lists = reinterpret_cast<HammingNearest*>(scratch);
    std::byte* const memory = scratch + aligned(step * sizeof(HammingNearest));
    for (std::size_t q = 0; q < some; q++) lists[q] = shape.at(memory + q * shape.bytes);
    kernels.shortlistScan(codes, queries + first * stride, stride, some, lists);
    for (std::size_t q = 0; q < some; q++) {
      counts[first + q] = writeIds(lists[q], ids + (first + q) * k);
    }
  };
  return call.run(std::move(work));
}

Napi::Value shortlistRefine(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  const std::size_t words = call.size(2);
  requireWords(words, rows);
  const std::uint64_t* codes = call.words(0, product(rows, words));
  const std::size_t queryCount = call.size(4);
  const std::uint64_t* queries = call.words(3, product(queryCount, words));
  const Lists lists(call, 5, queryCount);
  const std::size_t k = call.size(9);
  const std::size_t results = product(queryCount, k);
  std::uint32_t* ids = call.integers(10, results);
  std::uint32_t* distances = call.integers(11, results);
  std::uint32_t* counts = call.integers(12, queryCount);
  Work work;
  if (k == 0 || lists.places == 0) {
    std::fill_n(counts, queryCount, 0U);
    return call.run(std::move(work));
  }
  const ListShape shape(std::min(k, lists.places), words);
  const Kernels& kernels = call.kernels();
  const double nanoseconds = static_cast<double>(lists.places * (words + 4));
  const std::size_t step = lists.blockQueries(nanoseconds, call.threads());
  work.blocks = divideUp(queryCount, step);
  work.scratchBytes = shape.bytes;
  work.run = [=, &kernels](std::size_t block, std::byte* scratch) {
    const std::size_t end = std::min(queryCount, (block + 1) * step);
    for (std::size_t q = block * step; q < end; q++) {
      HammingNearest list = shape.at(scratch);
      kernels.shortlistRefine(codes, rows, words, queries + q * words, lists.of(q), lists.count(q),
                              list);
      counts[q] =
          static_cast<std::uint32_t>(kernels.hammingSort(list, ids + q * k, distances + q * k));
    }
  };
  return call.run(std::move(work));
}

}  // namespace flyhash
