// Opens and closes a compiler target region, so that one file may use instructions that the rest of
// the program must not (the idea is simdutf's). No -march flag exists anywhere, hence no illegal
// instruction can reach common code. MSVC needs no region. The warnings are GCC 12's false ones in
// its own headers.

#pragma once

#define FLYHASH_PRAGMA(text) _Pragma(#text)

#if defined(__clang__)
#define FLYHASH_REGION_BEGIN(features) \
  FLYHASH_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define FLYHASH_REGION_END _Pragma("clang attribute pop")
#elif defined(__GNUC__)
#define FLYHASH_REGION_BEGIN(features)                                                            \
  _Pragma("GCC push_options") FLYHASH_PRAGMA(GCC target(features)) _Pragma("GCC diagnostic push") \
      _Pragma("GCC diagnostic ignored \"-Wuninitialized\"")                                       \
          _Pragma("GCC diagnostic ignored \"-Wmaybe-uninitialized\"")
#define FLYHASH_REGION_END _Pragma("GCC diagnostic pop") _Pragma("GCC pop_options")
#else
#define FLYHASH_REGION_BEGIN(features)
#define FLYHASH_REGION_END
#endif
