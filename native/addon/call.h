// One call from JavaScript into a kernel's door: its arguments as checked pointers, and its work
// run at once or in the pool. Every door is called as door(threads, done, ...arguments). Without
// done it blocks and returns its result; with done it returns a job number and later calls
// done(outcome, result) on the JavaScript thread, where outcome is 'finished', 'aborted' or
// 'outOfMemory'.
//
// Arguments are checked for users in TypeScript; here only what protects memory is checked again.
// Arrays given with done must stay unreachable for users until it was called: then nobody can
// detach or change them.

#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <functional>

#include "../dispatch.h"
#include "../threads/pool.h"

namespace flyhash {

class Call {
 public:
  explicit Call(const Napi::CallbackInfo& info);

  // The kernels of this call: read once, so that a call never mixes levels.
  const Kernels& kernels() const { return table; }
  std::size_t threads() const { return threadCount; }

  // Argument `index` (0 is the first after threads and done), holding at least `count` elements.
  float* floats(std::size_t index, std::size_t count) const;
  std::uint8_t* bytes(std::size_t index, std::size_t count) const;
  std::uint16_t* shorts(std::size_t index, std::size_t count) const;
  std::uint32_t* integers(std::size_t index, std::size_t count) const;
  std::uint64_t* words(std::size_t index, std::size_t count) const;
  std::int16_t* signedShorts(std::size_t index, std::size_t count) const;
  std::int32_t* signedIntegers(std::size_t index, std::size_t count) const;
  double* doubles(std::size_t index, std::size_t count) const;
  bool given(std::size_t index) const;          // neither undefined nor null
  std::size_t length(std::size_t index) const;  // elements of that typed array

  // Argument `index` as a whole number from 0 to 2^53 - 1.
  std::size_t size(std::size_t index) const;
  // Argument `index` as any number.
  double number(std::size_t index) const;

  // Runs the work and gives `result()` of its end to JavaScript; an empty result gives 0.
  Napi::Value run(Work work, std::function<double()> result = {}) const;

 private:
  void* array(std::size_t index, napi_typedarray_type type, std::size_t count) const;

  const Napi::CallbackInfo& info;
  const Kernels& table;
  std::size_t threadCount;
};

// a * b, or a RangeError when it does not fit: sizes come from users.
std::size_t product(std::size_t a, std::size_t b);

// Rows a block should have so that it takes about a millisecond at `nanoseconds` a row: a multiple
// of 96 rows (the dense tile) where that many fit, else at least one.
std::size_t rowsPerBlock(double nanoseconds);

}  // namespace flyhash
