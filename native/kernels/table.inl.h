// One level's table, filled from the kernel texts included before it. A kernel forgotten here is a compiler
// error (-Werror=missing-field-initializers). Included by isa/*.cc, which define ISA_NAME.

const Kernels KERNELS = {
    .isa = ISA_NAME,
    .firstNonFinite = firstNonFinite,
    .signCodes = signCodes,
    .projectionSigns = projectionSigns,
    .projectionValues = projectionValues,
    .hammingWordNanoseconds = HAMMING_WORD_NANOSECONDS,
    .hammingInterleave = hammingInterleave,
    .hammingDistances = hammingDistances,
    .hammingScratchBytes = hammingScratchBytes,
    .hammingSearch = hammingSearch,
    .hammingCompact = hammingCompact,
    .hammingMerge = hammingMerge,
    .hammingSort = hammingSort,
    .fmaPeak = fmaPeak,
    .xorPopcount = xorPopcount,
    .plainRead = plainRead,
};
