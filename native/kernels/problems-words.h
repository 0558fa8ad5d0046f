// What the kernels of words are asked: plain structs of pointers and sizes over numbered text, as
// problems.h has them for vectors and codes.

#pragma once

#include <cstddef>
#include <cstdint>

namespace flyhash {

// Text as numbers, and int16 weights of units for its words (windows.inl.h): tables vocabulary x
// stride, stride being units rounded up to 32. radius + targetWeight is at most WINDOWS_REACH.
struct WindowsText {
  const std::int32_t* tokens;
  std::size_t count;
  std::size_t radius;
  const std::int16_t* context;
  const std::int16_t* target;
  std::size_t vocabulary;
  std::size_t units;
  std::size_t targetWeight;
  bool onlyFull;   // windows that are cut have no winner
  bool onlyWords;  // nor have those around what is no word
};

// Where each word stands: the places starts[word] to starts[word + 1] - 1, of any content.
struct WindowsPlaces {
  const std::uint32_t* starts;
  const std::uint32_t* positions;
  std::size_t count;  // positions that may be read
};

// Winners in the place of a unit where there is none, and at the end of a paragraph.
inline constexpr std::uint32_t WINDOWS_NOBODY = 0xffffffff;
inline constexpr std::uint32_t WINDOWS_END = 0xfffffffe;

// The most that radius + targetWeight may be, so that sums and the numbers of units fit 32 bits;
// times groupSize, the most of a group.
inline constexpr std::size_t WINDOWS_REACH = 511;
inline constexpr std::size_t WINDOWS_GROUP_REACH = 32767;

// Bags of words (windows-bags.inl.h): bag i is words[starts[i]] to words[starts[i + 1] - 1]; with
// targets, the target's row of another table counts weights[i] times.
struct WindowsBags {
  const std::int32_t* words;
  std::size_t wordCount;
  const std::uint32_t* starts;
  const std::int16_t* table;
  const std::int32_t* targets;  // or null
  const std::int32_t* weights;
  const std::int16_t* targetTable;
  std::size_t vocabulary;
  std::size_t units;
};

// A mini-batch of windows (windows-learning.inl.h): those around positions. Weights are rows of
// stride numbers, 2 x vocabulary of them, first for words as context, then as target; stride is
// units rounded up to 16, and a unit's weights are its scale times its numbers.
struct WindowsBatch {
  const std::int32_t* tokens;
  std::size_t count;
  std::size_t radius;
  const std::uint32_t* positions;
  std::size_t windows;
  float* weights;
  float* scales;
  std::size_t vocabulary;
  std::size_t units;
};

// What a mini-batch does to each unit: inputs and gains have windows x (2 radius + 1) places.
struct WindowsSteps {
  float* decays;
  std::uint32_t* starts;  // where the unit's inputs begin
  std::uint32_t* sizes;   // how many it has
  std::uint32_t* inputs;
  float* gains;
  float* bounds;  // no smaller than any |number| of the unit; infinite where nothing is known
};

// Units are scaled and folded in groups of so many.
inline constexpr std::size_t WINDOWS_UNITS = 16;

// Numbered tokens (cooccurrences.inl.h) in parts of partLength of them, the last one shorter, with
// the places of each word in each part. Ids from `words` on are no words of the vocabulary.
struct CooccurrenceText {
  const std::uint32_t* tokens;
  std::size_t length;
  std::size_t fresh;  // pairs of tokens before this one have been counted
  std::size_t words;
  std::size_t parts;
  std::size_t partLength;
  const std::uint32_t* ends;     // parts x (words + 1), as cooccurrencePlaces fills them
  const std::uint32_t* places;   // length
  const std::uint32_t* weights;  // radius: of the distances 1, 2, ...
  std::size_t radius;
};

// Where the counts of the words first .. end - 1 go: those of a word from its offset on.
struct CooccurrenceRows {
  std::size_t first;
  std::size_t end;
  const std::size_t* offsets;  // end - first
  std::uint32_t* sizes;        // end - first
  std::uint32_t* columns;
  std::uint32_t* counts;
};

}  // namespace flyhash
