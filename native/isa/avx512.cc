// Level avx512: AVX-512 F, BW, DQ, VL, VBMI2, VNNI and VPOPCNTDQ (Ice Lake and Zen 4 onward).
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

FLYHASH_REGION_BEGIN(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,avx512vnni,avx512vpopcntdq,avx2,fma,popcnt,bmi,"
    "bmi2,lzcnt")

namespace flyhash::avx512 {
namespace {

constexpr const char* ISA_NAME = "avx512";

#include "../simd/block-avx512.h"
#include "../simd/block-avx512-dot.h"
#include "../simd/block-avx512-lanes.h"
#include "../simd/block-avx512-hamming.h"
#include "../simd/block-avx512-rerank.h"
#include "../simd/block-avx512-postings.h"
#include "../simd/block-avx512-double.h"
#include "../simd/block-avx512-windows.h"

#include "../kernels/all.inl.h"

}  // namespace

#include "../kernels/table.inl.h"

}  // namespace flyhash::avx512

FLYHASH_REGION_END

#endif
