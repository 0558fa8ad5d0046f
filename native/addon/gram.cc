// The door of the Gram matrix: gramMatrix(threads, done, vectors, rows, columns, gram). A block is
// a part of the columns, and reads all rows.

#include "call.h"
#include "doors.h"

namespace flyhash {

Napi::Value gramMatrix(const Napi::CallbackInfo& info) {
  const Call call(info);
  const std::size_t rows = call.size(1);
  const std::size_t columns = call.size(2);
  const float* vectors = call.floats(0, product(rows, columns));
  double* gram = call.doubles(3, product(columns, columns));
  const Kernels& kernels = call.kernels();
  Work work;
  work.blocks = (columns + GRAM_PART - 1) / GRAM_PART;
  work.scratchBytes = kernels.gramScratchBytes(columns);
  work.run = [=, &kernels](std::size_t part, std::byte* scratch) {
    kernels.gramMatrix(vectors, rows, columns, part, scratch, gram);
  };
  return call.run(std::move(work));
}

}  // namespace flyhash
