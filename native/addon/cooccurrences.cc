// The doors of co-occurrence counts:
//   cooccurrencePlaces(threads, done, tokens, length, words, parts, ends, places)
//   cooccurrenceCounts(threads, done, tokens, length, fresh, words, parts, ends, places, weights,
//   radius, firstWord, capacity, rowEnds, columns, counts)
// Rows have room for as many entries as they could have, and are moved together at the end.

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "call.h"
#include "doors.h"
#include "fault.h"

namespace flyhash {

namespace {

constexpr std::size_t MOST_TOKENS = 0x80000000;
constexpr std::size_t MOST_WORDS = 0x80000000;
constexpr std::size_t MOST_RADIUS = 256;

void requireRange(std::size_t value, std::size_t least, std::size_t most, const char* name) {
  if (value < least || value > most)
    throw Fault{Fault::Kind::range, std::string("internal: ") + name};
}

// Arguments 0 and 1: tokens, length; and `words` and `parts` at their places.
CooccurrenceText textOf(const Call& call, std::size_t words, std::size_t parts) {
  CooccurrenceText text{};
  text.length = call.size(1);
  text.words = call.size(words);
  text.parts = call.size(parts);
  requireRange(text.length, 0, MOST_TOKENS, "length");
  requireRange(text.words, 1, MOST_WORDS, "words");
  requireRange(text.parts, 1, MOST_TOKENS, "parts");
  text.partLength = std::max<std::size_t>((text.length + text.parts - 1) / text.parts, 1);
  text.tokens = call.integers(0, text.length);
  return text;
}

// Words from a first one on, as many as surely fit, in blocks of a millisecond.
class Rows {
 public:
  Rows(const CooccurrenceText& text, std::size_t first, std::size_t capacity,
       const Kernels& kernels)
      : text(text), first(first), kernels(kernels) {
    const double rowNanoseconds = static_cast<double>(text.words) / 128;
    double nanoseconds = 0;
    std::size_t entries = 0;
    blockEnds.push_back(first);
    for (word = first; word < text.words; word++) {
      const std::size_t places = kernels.cooccurrenceOccurrences(text, word);
      const std::size_t most = std::min(text.words, 2 * text.radius * places);
      if (most > capacity - entries) break;
      offsets.push_back(entries);
      entries += most;
      nanoseconds += rowNanoseconds + 5.0 * static_cast<double>(text.radius * places);
      if (nanoseconds < leastNanoseconds()) continue;
      nanoseconds = 0;
      blockEnds.push_back(word + 1);
    }
    if (blockEnds.back() != word) blockEnds.push_back(word);
    sizes.resize(word - first);
  }

  std::size_t end() const { return word; }
  std::size_t blocks() const { return blockEnds.size() - 1; }

  void run(std::size_t block, std::byte* scratch, std::uint32_t* columns, std::uint32_t* counts) {
    const std::size_t from = blockEnds[block];
    const CooccurrenceRows rows{from,
                                blockEnds[block + 1],
                                offsets.data() + (from - first),
                                sizes.data() + (from - first),
                                columns,
                                counts};
    kernels.cooccurrenceCounts(text, rows, scratch);
  }

  // Moves the rows together.
  void finish(std::uint32_t* rowEnds, std::uint32_t* columns, std::uint32_t* counts) const {
    std::size_t end = 0;
    for (std::size_t row = 0; row < sizes.size(); row++) {
      const std::size_t bytes = sizes[row] * sizeof(std::uint32_t);
      std::memmove(columns + end, columns + offsets[row], bytes);
      std::memmove(counts + end, counts + offsets[row], bytes);
      end += sizes[row];
      rowEnds[row] = static_cast<std::uint32_t>(end);
    }
  }

 private:
  // A block clears its counters first, which must not cost more than the counting.
  double leastNanoseconds() const { return 1e6 + static_cast<double>(text.words); }

  const CooccurrenceText text;
  const std::size_t first;
  const Kernels& kernels;
  std::size_t word;
  std::vector<std::size_t> blockEnds;
  std::vector<std::size_t> offsets;
  std::vector<std::uint32_t> sizes;
};

}  // namespace

Napi::Value cooccurrencePlaces(const Napi::CallbackInfo& info) {
  const Call call(info);
  const CooccurrenceText text = textOf(call, 2, 3);
  std::uint32_t* ends = call.integers(4, product(text.parts, text.words + 1));
  std::uint32_t* places = call.integers(5, text.length);
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = text.parts;
  work.run = [=, &kernels](std::size_t part, std::byte*) {
    kernels.cooccurrencePlaces(text, part, ends, places);
  };
  return call.run(std::move(work));
}

Napi::Value cooccurrenceCounts(const Napi::CallbackInfo& info) {
  const Call call(info);
  CooccurrenceText text = textOf(call, 3, 4);
  text.fresh = call.size(2);
  text.ends = call.integers(5, product(text.parts, text.words + 1));
  text.places = call.integers(6, text.length);
  text.radius = call.size(8);
  requireRange(text.radius, 1, MOST_RADIUS, "radius");
  text.weights = call.integers(7, text.radius);
  const std::size_t first = call.size(9);
  requireRange(first, 0, text.words, "firstWord");
  const std::size_t capacity = call.size(10);
  requireRange(capacity, 0, MOST_TOKENS, "capacity");
  std::uint32_t* rowEnds = call.integers(11, text.words - first);
  std::uint32_t* columns = call.integers(12, capacity);
  std::uint32_t* counts = call.integers(13, capacity);
  const auto rows = std::make_shared<Rows>(text, first, capacity, call.kernels());
  Work work;
  work.blocks = rows->blocks();
  work.scratchBytes = call.kernels().cooccurrenceScratchBytes(text.words);
  work.run = [=](std::size_t block, std::byte* scratch) {
    rows->run(block, scratch, columns, counts);
  };
  work.finish = [=] { rows->finish(rowEnds, columns, counts); };
  return call.run(std::move(work), [rows] { return static_cast<double>(rows->end()); });
}

}  // namespace flyhash
