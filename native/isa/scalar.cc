// Level scalar: plain C++ for any processor, and the specification of the other levels.
// A stub: it opens the level's namespace, includes the kernel texts and fills the table.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../dispatch.h"
#include "../kernels/kernels.h"

namespace flyhash::scalar {
namespace {

constexpr const char* ISA_NAME = "scalar";

#include "../simd/block-scalar.h"
#include "../simd/block-scalar-dot.h"
#include "../simd/block-scalar-lanes.h"
#include "../simd/block-scalar-hamming.h"
#include "../simd/block-scalar-rerank.h"
#include "../simd/block-scalar-postings.h"
#include "../simd/block-scalar-double.h"
#include "../simd/block-scalar-windows.h"

#include "../kernels/all.inl.h"

}  // namespace

#include "../kernels/table.inl.h"

}  // namespace flyhash::scalar
