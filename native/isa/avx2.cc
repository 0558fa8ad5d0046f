// Level avx2: AVX2 with FMA, POPCNT, LZCNT and BMI1/2 (Haswell and Zen onward).
// A stub: it opens the level's namespace and target region, includes the kernel texts and fills the
// table.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../dispatch.h"
#include "../kernels/kernels.h"
#include "../simd/region.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>

FLYHASH_REGION_BEGIN("avx2,fma,popcnt,bmi,bmi2,lzcnt")

namespace flyhash::avx2 {
namespace {

constexpr const char* ISA_NAME = "avx2";

#include "../simd/block-avx2.h"
#include "../simd/block-avx2-dot.h"
#include "../simd/block-avx2-lanes.h"
#include "../simd/block-avx2-hamming.h"
#include "../simd/block-avx2-rerank.h"
#include "../simd/block-avx2-postings.h"
#include "../simd/block-avx2-double.h"
#include "../simd/block-avx2-windows.h"

#include "../kernels/all.inl.h"

}  // namespace

#include "../kernels/table.inl.h"

}  // namespace flyhash::avx2

FLYHASH_REGION_END

#endif
