// The doors of search by overlap: postingsSearch(threads, done, offsets, starts, sealed,
// tailOffsets, tailStarts, tailPostings, codes, stale, staleCount, rows, active, units, blockRows,
// queries, queryCount, queryActive, allowed, k, ids, distances, counts) and
// postingsBitmapsSearch(threads, done, bitmaps, rows, units, queries, queryCount, queryActive,
// allowed, k, ids, distances, counts).

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

#include "call.h"
#include "doors.h"
#include "fault.h"
#include "overlap-search.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST_ROWS = std::numeric_limits<std::uint32_t>::max() - 1;
constexpr std::size_t MOST_UNITS = std::size_t{1} << 24;
constexpr std::size_t MOST_BLOCK_ROWS = 65536;
constexpr std::size_t BITMAP_ROWS = 512;

// Times about, for the size of blocks of work: a posting counted, a row's counter looked at, a
// bitmap added to 512 rows.
constexpr double POSTING_NANOSECONDS = 0.3;
constexpr double COUNTER_NANOSECONDS = 0.02;
constexpr double BITMAP_NANOSECONDS = 1.5;

void requireRange(std::size_t value, std::size_t least, std::size_t most, const char* name) {
  if (value < least || value > most)
    throw Fault{Fault::Kind::range, std::string("internal: ") + name};
}

// What both doors take last: queries, queryCount, queryActive, allowed, k, ids, distances, counts.
struct Asked {
  OverlapProblem problem;
  const std::uint8_t* allowed;
};

Asked askedOf(const Call& call, std::size_t first, std::size_t rows, std::size_t units) {
  Asked asked{};
  OverlapProblem& problem = asked.problem;
  requireRange(rows, 0, MOST_ROWS, "rows");
  requireRange(units, 1, MOST_UNITS, "units");
  const std::size_t count = call.size(first + 1);
  const std::size_t active = call.size(first + 2);
  requireRange(active, 1, units, "active");
  const std::uint32_t* queries = call.integers(first, product(count, active));
  for (std::size_t i = 0; i < count * active; i++) requireRange(queries[i], 0, units - 1, "unit");
  asked.allowed = call.given(first + 3) ? call.bytes(first + 3, (rows + 7) / 8) : nullptr;
  problem.rows = rows;
  problem.queries = {queries, count, active};
  problem.resultStride = call.size(first + 4);
  problem.k = std::min(problem.resultStride, rows);
  const std::size_t results = product(count, problem.resultStride);
  problem.ids = call.integers(first + 5, results);
  problem.distances = call.integers(first + 6, results);
  problem.counts = call.integers(first + 7, count);
  return asked;
}

Napi::Value runSearch(const Call& call, const OverlapProblem& problem) {
  Work work;
  if (problem.k == 0 || problem.queries.count == 0) {
    std::fill_n(problem.counts, problem.queries.count, 0U);
    return call.run(std::move(work));
  }
  const auto search = std::make_shared<OverlapSearch>(problem, call.kernels(), call.threads());
  work.blocks = search->blocks();
  work.scratchBytes = search->scratchBytes();
  work.run = [search](std::size_t block, std::byte* scratch) { search->runBlock(block, scratch); };
  return call.run(std::move(work));
}

// The lists of an index: those of whole blocks in one array, those of the block after them in
// another.
struct Lists {
  const std::uint16_t* offsets;
  const std::uint32_t* starts;
  std::size_t sealed;
  const std::uint16_t* tailOffsets;
  const std::uint32_t* tailStarts;
  std::size_t tailPostings;
  const std::uint32_t* codes;
  const std::uint32_t* stale;
  std::size_t staleCount;
  std::size_t rows;
  std::size_t active;
  std::size_t units;
  std::size_t blockRows;
  const std::uint8_t* allowed;

  PostingsBlock block(std::size_t index) const;
};

PostingsBlock Lists::block(std::size_t index) const {
  const std::size_t first = index * blockRows;
  PostingsBlock result{};
  result.units = units;
  result.active = active;
  result.codes = codes + first * active;
  result.firstRow = static_cast<std::uint32_t>(first);
  result.rows = std::min(blockRows, rows - first);
  result.allowed = allowed == nullptr ? nullptr : allowed + first / 8;
  if (index < sealed) {
    result.postings = blockRows * active;
    result.offsets = offsets + index * result.postings;
    result.starts = starts + index * (units + 1);
  } else if (index == sealed && tailPostings > 0) {
    result.postings = tailPostings;
    result.offsets = tailOffsets;
    result.starts = tailStarts;
  }
  const std::uint32_t* const begin = std::lower_bound(stale, stale + staleCount, first);
  const std::uint32_t* const end = std::lower_bound(begin, stale + staleCount, first + result.rows);
  result.stale = begin;
  result.staleCount = static_cast<std::size_t>(end - begin);
  return result;
}

Lists listsOf(const Call& call) {
  Lists lists{};
  lists.sealed = call.size(2);
  lists.tailPostings = call.size(5);
  lists.staleCount = call.size(8);
  lists.rows = call.size(9);
  lists.active = call.size(10);
  lists.units = call.size(11);
  lists.blockRows = call.size(12);
  requireRange(lists.rows, 0, MOST_ROWS, "rows");
  requireRange(lists.units, 1, MOST_UNITS, "units");
  requireRange(lists.active, 1, lists.units, "active");
  requireRange(lists.blockRows, 64, MOST_BLOCK_ROWS, "blockRows");
  requireRange(lists.blockRows % 64, 0, 0, "blockRows");
  requireRange(product(lists.sealed, lists.blockRows), 0, lists.rows, "sealed");
  const std::size_t starts = product(lists.sealed, lists.units + 1);
  lists.offsets = call.shorts(0, product(lists.sealed * lists.blockRows, lists.active));
  lists.starts = call.integers(1, starts);
  lists.tailOffsets = call.shorts(3, lists.tailPostings);
  lists.tailStarts = call.integers(4, lists.tailPostings > 0 ? lists.units + 1 : 0);
  lists.codes = call.integers(6, product(lists.rows, lists.active));
  lists.stale = call.integers(7, lists.staleCount);
  return lists;
}

}  // namespace

Napi::Value postingsSearch(const Napi::CallbackInfo& info) {
  const Call call(info);
  Lists lists = listsOf(call);
  Asked asked = askedOf(call, 13, lists.rows, lists.units);
  lists.allowed = asked.allowed;
  const Kernels& kernels = call.kernels();
  OverlapProblem& problem = asked.problem;
  const double postings =
      static_cast<double>(lists.active * problem.queries.active) / static_cast<double>(lists.units);
  problem.rowNanoseconds = postings * POSTING_NANOSECONDS + COUNTER_NANOSECONDS;
  problem.rangeStep = lists.blockRows;
  problem.scanScratchBytes = kernels.postingsScratchBytes(lists.units);
  problem.scan = [lists, &kernels](std::size_t first, std::size_t end,
                                   const PostingsQueries& queries, HammingNearest* nearest,
                                   std::byte* scratch) {
    for (std::size_t row = first; row < end; row += lists.blockRows) {
      kernels.postingsSearch(lists.block(row / lists.blockRows), queries, nearest, scratch);
    }
  };
  return runSearch(call, problem);
}

Napi::Value postingsBitmapsSearch(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  const std::size_t units = call.size(2);
  Asked asked = askedOf(call, 3, rows, units);
  const std::size_t rowWords = product(units, BITMAP_ROWS / 64);
  const std::uint64_t* bitmaps =
      call.words(0, product((rows + BITMAP_ROWS - 1) / BITMAP_ROWS, rowWords));
  const Kernels& kernels = call.kernels();
  OverlapProblem& problem = asked.problem;
  problem.rowNanoseconds =
      static_cast<double>(problem.queries.active) * BITMAP_NANOSECONDS / BITMAP_ROWS;
  problem.rangeStep = BITMAP_ROWS;
  problem.scan = [=, allowed = asked.allowed, &kernels](std::size_t first, std::size_t end,
                                                        const PostingsQueries& queries,
                                                        HammingNearest* nearest, std::byte*) {
    const PostingsBitmaps part{bitmaps + first / BITMAP_ROWS * rowWords, units,
                               allowed == nullptr ? nullptr : allowed + first / 8,
                               static_cast<std::uint32_t>(first), end - first};
    kernels.postingsBitmapsSearch(part, queries, nearest);
  };
  return runSearch(call, problem);
}

}  // namespace flyhash
