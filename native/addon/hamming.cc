// The doors of Hamming search: hammingAlignment(threads, done, memory),
// hammingInterleave(threads, done, codes, rows, codeBytes, firstRow, store),
// hammingDeinterleave(threads, done, store, firstRow, rows, codeBytes, codes),
// hammingDistances(threads, done, codes, rows, words, queries, queryCount, distances),
// hammingSearch(threads, done, codes, tail, rows, bits, queries, queryCount, k, ids, distances,
// counts, allowed) and hammingRange(threads, done, codes, tail, rows, bits, queries, queryCount,
// radius, ids, distances, counts, allowed).

#include <algorithm>
#include <limits>
#include <memory>

#include "call.h"
#include "doors.h"
#include "fault.h"
#include "hamming-range.h"
#include "hamming-search.h"

namespace flyhash {

namespace {

constexpr std::size_t CACHE_LINE = 64;
constexpr std::size_t MOST_ROWS = std::numeric_limits<std::uint32_t>::max();

// Elements of a store of that many rows: whole groups of eight.
std::size_t storeWords(std::size_t rows, std::size_t words) {
  return product((rows + 7) / 8 * 8, words);
}

void requireRange(std::size_t value, std::size_t least, std::size_t most, const char* name) {
  if (value < least || value > most)
    throw Fault{Fault::Kind::range, std::string("internal: ") + name};
}

// The codes and queries that a search and a range search begin with, and the bitmap that ends them.
void readCodes(const Call& call, HammingCodes& problem) {
  constexpr std::size_t ALLOWED = 10;
  problem.rows = call.size(2);
  problem.bits = call.size(3);
  problem.words = (problem.bits + 63) / 64;
  problem.queryCount = call.size(5);
  requireRange(problem.bits, 1, std::numeric_limits<std::uint32_t>::max() - 1, "bits");
  requireRange(problem.rows, 0, MOST_ROWS, "rows");
  const std::size_t wholeRows = problem.rows / 8 * 8;
  problem.codes = call.words(0, product(wholeRows, problem.words));
  problem.tail = call.words(1, storeWords(problem.rows - wholeRows, problem.words));
  problem.queries = call.words(4, product(problem.queryCount, problem.words));
  if (call.given(ALLOWED)) problem.allowed = call.bytes(ALLOWED, (problem.rows + 7) / 8);
}

}  // namespace

Napi::Value hammingAlignment(const Napi::CallbackInfo& info) {
  const auto address = reinterpret_cast<std::uintptr_t>(Call(info).words(0, 0));
  const std::size_t words =
      (CACHE_LINE - address % CACHE_LINE) % CACHE_LINE / sizeof(std::uint64_t);
  return Napi::Number::New(info.Env(), static_cast<double>(words));
}

Napi::Value hammingInterleave(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  const std::size_t codeBytes = call.size(2);
  const std::size_t firstRow = call.size(3);
  const std::uint8_t* codes = call.bytes(0, product(rows, codeBytes));
  requireRange(rows + firstRow, 0, MOST_ROWS, "rows");
  std::uint64_t* store = call.words(4, storeWords(firstRow + rows, (codeBytes + 7) / 8));
  const Kernels& kernels = call.kernels();
  const std::size_t blockRows = rowsPerBlock(0.1 * static_cast<double>(codeBytes));
  Work work;
  work.blocks = (rows + blockRows - 1) / blockRows;
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    const std::size_t first = block * blockRows;
    const std::size_t count = std::min(blockRows, rows - first);
    kernels.hammingInterleave(codes + first * codeBytes, count, codeBytes, firstRow + first, store);
  };
  return call.run(std::move(work));
}

Napi::Value hammingDeinterleave(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t firstRow = call.size(1);
  const std::size_t rows = call.size(2);
  const std::size_t codeBytes = call.size(3);
  requireRange(firstRow, 0, MOST_ROWS, "firstRow");
  requireRange(rows + firstRow, 0, MOST_ROWS, "rows");
  const std::uint64_t* store = call.words(0, storeWords(firstRow + rows, (codeBytes + 7) / 8));
  std::uint8_t* codes = call.bytes(4, product(rows, codeBytes));
  const Kernels& kernels = call.kernels();
  const std::size_t blockRows = rowsPerBlock(0.1 * static_cast<double>(codeBytes));
  Work work;
  work.blocks = divideUp(rows, blockRows);
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    const std::size_t first = block * blockRows;
    const std::size_t count = std::min(blockRows, rows - first);
    kernels.hammingDeinterleave(store, firstRow + first, count, codeBytes,
                                codes + first * codeBytes);
  };
  return call.run(std::move(work));
}

Napi::Value hammingDistances(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  const std::size_t words = call.size(2);
  const std::size_t queryCount = call.size(4);
  requireRange(words, 1, std::numeric_limits<std::uint32_t>::max() / 64, "words");
  requireRange(rows, 0, MOST_ROWS, "rows");
  const std::uint64_t* codes = call.words(0, storeWords(rows, words));
  const std::uint64_t* queries = call.words(3, product(queryCount, words));
  std::uint32_t* distances = call.integers(5, product(queryCount, rows));
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = queryCount;
  work.run = [=, &kernels](std::size_t query, std::byte*) {
    kernels.hammingDistances(codes, rows, words, queries + query * words, 1,
                             distances + query * rows);
  };
  return call.run(std::move(work));
}

Napi::Value hammingSearch(const Napi::CallbackInfo& info) {
  const Call call(info);
  HammingProblem problem{};
  readCodes(call, problem);
  problem.resultStride = call.size(6);
  problem.k = std::min(problem.resultStride, problem.rows);
  const std::size_t results = product(problem.queryCount, problem.resultStride);
  problem.ids = call.integers(7, results);
  problem.distances = call.integers(8, results);
  problem.counts = call.integers(9, problem.queryCount);
  Work work;
  if (problem.k == 0 || problem.queryCount == 0) {
    std::fill_n(problem.counts, problem.queryCount, 0U);
    return call.run(std::move(work));
  }
  const auto search = std::make_shared<HammingSearch>(problem, call.kernels(), call.threads());
  work.blocks = search->blocks();
  work.scratchBytes = search->scratchBytes();
  work.run = [search](std::size_t block, std::byte* scratch) { search->runBlock(block, scratch); };
  return call.run(std::move(work));
}

Napi::Value hammingRange(const Napi::CallbackInfo& info) {
  const Call call(info);
  HammingRangeProblem problem{};
  readCodes(call, problem);
  problem.radius = std::min(call.size(6), problem.bits);
  problem.ids = call.integers(7, 0);
  problem.distances = call.integers(8, 0);
  problem.capacity = std::min(call.length(7), call.length(8));
  problem.counts = call.integers(9, problem.queryCount);
  Work work;
  if (problem.rows == 0 || problem.queryCount == 0) {
    std::fill_n(problem.counts, problem.queryCount, 0U);
    return call.run(std::move(work));
  }
  const auto search = std::make_shared<HammingRange>(problem, call.kernels(), call.threads());
  work.blocks = search->blocks();
  work.scratchBytes = search->scratchBytes();
  work.run = [search](std::size_t block, std::byte* scratch) { search->runBlock(block, scratch); };
  work.finish = [search] { search->finish(); };
  return call.run(std::move(work), [search] { return static_cast<double>(search->total()); });
}

}  // namespace flyhash
