// Level neon: the arm64 baseline, so it needs no detection.
// A stub: it opens the level's namespace, includes the kernel texts and fills the table.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../dispatch.h"
#include "../kernels/kernels.h"

#if defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>

namespace flyhash::neon {
namespace {

constexpr const char* ISA_NAME = "neon";

#include "../simd/block-neon.h"
#include "../simd/block-neon-dot.h"
#include "../simd/block-neon-lanes.h"
#include "../simd/block-neon-hamming.h"
#include "../simd/block-neon-rerank.h"
#include "../simd/block-neon-postings.h"
#include "../simd/block-neon-double.h"
#include "../simd/block-neon-windows.h"

#include "../kernels/all.inl.h"

}  // namespace

#include "../kernels/table.inl.h"

}  // namespace flyhash::neon

#endif
