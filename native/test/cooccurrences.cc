// Co-occurrence counts: each level against scalar, in places and in counts, for tokens and tables
// of places of any content.

#include <algorithm>

#include "levels.h"

namespace flyhash::test {

namespace {

struct CooccurrenceCase {
  std::size_t length, words, parts, radius;
  std::vector<std::uint32_t> tokens, weights, ends, places;
  std::size_t fresh;

  explicit CooccurrenceCase(Generator& draw)
      : length(draw.size(0, 200)),
        words(draw.size(1, 150)),
        parts(draw.size(1, 6)),
        radius(draw.size(1, 12)),
        tokens(length),
        weights(radius),
        ends(parts * (words + 1)),
        places(length),
        fresh(draw.size(0, 3) == 0 ? draw.size(0, length) : 0) {
    for (std::uint32_t& token : tokens) token = anyToken(draw);
    for (std::uint32_t& weight : weights) weight = draw.word();
  }

  // A word most often; else masked, the end of a paragraph, or any number.
  std::uint32_t anyToken(Generator& draw) const {
    const std::size_t kind = draw.size(0, 9);
    if (kind == 0) return 0xfffffffe;
    if (kind == 1) return draw.word();
    return kind < 4 ? 0xffffffff : static_cast<std::uint32_t>(draw.size(0, words - 1));
  }

  CooccurrenceText text() const {
    const std::size_t partLength = length == 0 ? 1 : (length + parts - 1) / parts;
    return {tokens.data(), length,      fresh,         words,          parts,
            partLength,    ends.data(), places.data(), weights.data(), radius};
  }

  void sortPlaces(const Kernels& kernels) {
    for (std::size_t part = 0; part < parts; part++) {
      kernels.cooccurrencePlaces(text(), part, ends.data(), places.data());
    }
  }

  void anyPlaces(Generator& draw) {
    for (std::uint32_t& end : ends) end = draw.size(0, 1) == 0 ? draw.word() : draw.word() % 300;
    for (std::uint32_t& place : places) {
      place = draw.size(0, 1) == 0 ? draw.word() : draw.word() % 300;
    }
  }
};

struct Counts {
  std::vector<std::uint32_t> sizes, columns, counts;
  bool operator==(const Counts&) const = default;
};

// All rows, each in room of its exact bound.
Counts countsOf(const CooccurrenceCase& c, const Kernels& kernels) {
  std::vector<std::size_t> offsets;
  std::size_t entries = 0;
  for (std::size_t word = 0; word < c.words; word++) {
    const std::size_t places = kernels.cooccurrenceOccurrences(c.text(), word);
    offsets.push_back(entries);
    entries += std::min(c.words, 2 * c.radius * places);
  }
  Counts result;
  result.sizes.assign(c.words, 7);
  result.columns.assign(entries, 7);
  result.counts.assign(entries, 7);
  const CooccurrenceRows rows{
      0, c.words, offsets.data(), result.sizes.data(), result.columns.data(), result.counts.data()};
  std::vector<std::byte> scratch(kernels.cooccurrenceScratchBytes(c.words), std::byte{0xaa});
  kernels.cooccurrenceCounts(c.text(), rows, scratch.data());
  return result;
}

}  // namespace

TEST(Cooccurrences, PlacesEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    CooccurrenceCase expected(draw);
    CooccurrenceCase actual = expected;
    expected.sortPlaces(scalar);
    actual.sortPlaces(level);
    EXPECT_EQ(expected.ends, actual.ends);
    EXPECT_EQ(expected.places, actual.places);
  });
}

TEST(Cooccurrences, CountsEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    CooccurrenceCase c(draw);
    c.sortPlaces(scalar);
    EXPECT_EQ(countsOf(c, scalar), countsOf(c, level));
  });
}

TEST(Cooccurrences, CountsOfAnyPlacesEqualScalar) {
  compareLevels(caseCount(2000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    CooccurrenceCase c(draw);
    c.anyPlaces(draw);
    EXPECT_EQ(countsOf(c, scalar), countsOf(c, level));
  });
}

}  // namespace flyhash::test
