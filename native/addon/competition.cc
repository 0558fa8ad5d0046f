// The doors of competition. For encoding, units are given as panels, units after the rows (and the
// mean):
//   competitionRanks(threads, done, prepared, rows, dim, panels, units, count, ranks, activations)
//   competitionWinners(threads, done, vectors, rows, dim, mean, panels, units, active, indices)
//   competitionValues(threads, done, vectors, rows, dim, mean, panels, units, values)
// Learning has sums and steps that belong to units, so a block is a part of the units, or of their
// inputs, that reads the rows it needs:
//   competitionPrepare(threads, done, vectors, rows, dim, mean, unitLength, prepared, norms)
//   competitionSums(threads, done, prepared, rows, dim, ranks, count, place, units, sums)
//   competitionDeltas(threads, done, prepared, rows, dim, ranks, activations, count, repulsion,
//   weights, units, deltas, peaks)

#include <algorithm>

#include "doors.h"
#include "fault.h"
#include "rows.h"

namespace flyhash {

namespace {

// Argument `index` holds the panels, the next one the number of units.
CompetitionUnits unitsOf(const Call& call, std::size_t dim, std::size_t index, const float* mean) {
  const std::size_t units = call.size(index + 1);
  if (dim == 0 || units == 0) {
    throw Fault{Fault::Kind::range, "internal: there must be inputs and units"};
  }
  return {call.floats(index, product((units + 15) / 16 * 16, dim)), mean, dim, units};
}

void checkWanted(std::size_t wanted, const CompetitionUnits& units) {
  if (wanted == 0 || wanted > units.count) {
    throw Fault{Fault::Kind::range, "internal: units wanted must be from 1 to units"};
  }
}

// About 60 fused multiply-adds a nanosecond: one core of AVX2. A block takes up to four
// milliseconds for four of the kernel's runs, since all but the last fetch the rows of the next.
std::size_t blockRowsFor(const CompetitionUnits& units) {
  const double padded = static_cast<double>((units.count + 15) / 16 * 16);
  const double nanoseconds = static_cast<double>(units.dim) * padded / 60;
  const std::size_t more = std::min<std::size_t>(rowsPerBlock(nanoseconds / 4), 4 * 96);
  return std::max(rowsPerBlock(nanoseconds), more);
}

CompetitionVectors vectorsOf(const Rows& rows, std::size_t first, std::size_t count) {
  return {rows.vectors + first * rows.dim, count, rows.rows - first - count};
}

// Prepared rows with the units they ranked: arguments 0 to 2, ranks and their number a row.
CompetitionRows rankedRows(const Call& call, std::size_t ranks, std::size_t places) {
  const Rows rows = rowsOf(call, 0);
  const std::size_t count = call.size(places);
  if (count == 0) throw Fault{Fault::Kind::range, "internal: count must be at least 1"};
  return {rows.vectors, rows.rows, rows.dim, call.integers(ranks, product(rows.rows, count)),
          count};
}

// Sums cut in few parts: by inputs as long as a part reads enough of a row at once, and by units
// until the sums of a part stay in the second-level cache. Measured at 784 inputs and 320 units: 2
// x 2 parts take half the time of 27 ranges of units, each of which reads every 27th row.
class SumParts {
 public:
  SumParts(const CompetitionRows& rows, std::size_t units) : units(units), dim(rows.dim) {
    const double numbers = static_cast<double>(rows.count) * static_cast<double>(dim);
    const auto wanted = static_cast<std::size_t>(numbers / 2e6) + 1;
    const std::size_t pieces = std::max<std::size_t>(std::min(wanted, dim / LEAST_WIDTH), 1);
    width = std::max<std::size_t>((dim / pieces + 15) / 16 * 16, 16);
    const std::size_t fit = std::max<std::size_t>(CACHED_BYTES / sizeof(float) / width, 1);
    const std::size_t ranges = std::clamp<std::size_t>((units + fit - 1) / fit, 1, MOST_RANGES);
    height = std::max<std::size_t>((units + ranges - 1) / ranges, 1);
  }

  std::size_t count() const { return across() * ((units + height - 1) / height); }

  CompetitionPart part(std::size_t block) const {
    const std::size_t unit = block / across() * height;
    const std::size_t input = block % across() * width;
    return {unit, std::min(unit + height, units), input, std::min(input + width, dim)};
  }

 private:
  static constexpr std::size_t LEAST_WIDTH = 384;
  static constexpr std::size_t CACHED_BYTES = 1 << 18;
  // A range looks at the ranks of all rows, so there must not be many.
  static constexpr std::size_t MOST_RANGES = 64;

  std::size_t across() const { return (dim + width - 1) / width; }

  std::size_t units;
  std::size_t dim;
  std::size_t width;
  std::size_t height;
};

}  // namespace

Napi::Value competitionSums(const Napi::CallbackInfo& info) {
  const Call call(info);
  const CompetitionRows rows = rankedRows(call, 3, 4);
  const std::size_t place = call.size(5);
  if (place >= rows.places) throw Fault{Fault::Kind::range, "internal: place must be below count"};
  const std::size_t units = call.size(6);
  float* sums = call.floats(7, product(units, rows.dim));
  const Kernels& kernels = call.kernels();
  Work work;
  const SumParts parts(rows, units);
  work.blocks = parts.count();
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    kernels.competitionSums(rows, place, parts.part(block), sums);
  };
  return call.run(std::move(work));
}

Napi::Value competitionDeltas(const Napi::CallbackInfo& info) {
  const Call call(info);
  const CompetitionRows rows = rankedRows(call, 3, 5);
  const float* activations = call.floats(4, product(rows.count, rows.places));
  const auto repulsion = static_cast<float>(call.number(6));
  const std::size_t units = call.size(8);
  const float* weights = call.floats(7, product(units, rows.dim));
  float* deltas = call.floats(9, product(units, rows.dim));
  float* peaks = call.floats(10, units);
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = (units + COMPETITION_UNITS - 1) / COMPETITION_UNITS;
  work.run = [=, &kernels](std::size_t block, std::byte*) {
    const std::size_t first = block * COMPETITION_UNITS;
    kernels.competitionDeltas(rows, activations, repulsion, weights, first,
                              std::min(units, first + COMPETITION_UNITS), deltas, peaks);
  };
  return call.run(std::move(work));
}

Napi::Value competitionPrepare(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const float* mean = call.floats(3, rows.dim);
  const bool unitLength = call.size(4) != 0;
  float* prepared = call.floats(5, product(rows.rows, rows.dim));
  float* norms = call.floats(6, rows.rows);
  const Kernels& kernels = call.kernels();
  const std::size_t blockRows = rowsPerBlock(0.5 * static_cast<double>(rows.dim));
  return runRows(
      call, rows, blockRows, 0, [=, &kernels](std::size_t first, std::size_t count, std::byte*) {
        kernels.competitionPrepare(rows.vectors + first * rows.dim, count, rows.dim, mean,
                                   unitLength, prepared + first * rows.dim, norms + first);
      });
}

Napi::Value competitionRanks(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const CompetitionUnits units = unitsOf(call, rows.dim, 3, nullptr);
  const std::size_t wanted = call.size(5);
  checkWanted(wanted, units);
  std::uint32_t* ranks = call.integers(6, product(rows.rows, wanted));
  float* best = call.floats(7, product(rows.rows, wanted));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(units), kernels.competitionScratchBytes(units, wanted),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.competitionRanks(units, vectorsOf(rows, first, count), wanted, scratch,
                                            ranks + first * wanted, best + first * wanted);
                 });
}

Napi::Value competitionWinners(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const CompetitionUnits units = unitsOf(call, rows.dim, 4, call.floats(3, rows.dim));
  const std::size_t active = call.size(6);
  checkWanted(active, units);
  std::uint32_t* indices = call.integers(7, product(rows.rows, active));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(units), kernels.competitionScratchBytes(units, active),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.competitionWinners(units, vectorsOf(rows, first, count), active, scratch,
                                              indices + first * active);
                 });
}

Napi::Value competitionValues(const Napi::CallbackInfo& info) {
  const Call call(info);
  const Rows rows = rowsOf(call, 0);
  const CompetitionUnits units = unitsOf(call, rows.dim, 4, call.floats(3, rows.dim));
  float* values = call.floats(6, product(rows.rows, units.count));
  const Kernels& kernels = call.kernels();
  return runRows(call, rows, blockRowsFor(units), kernels.competitionScratchBytes(units, 1),
                 [=, &kernels](std::size_t first, std::size_t count, std::byte* scratch) {
                   kernels.competitionValues(units, vectorsOf(rows, first, count), scratch,
                                             values + first * units.count);
                 });
}

}  // namespace flyhash
