// One level's table, filled from the kernel texts included before it. A kernel forgotten here is a compiler
// error (-Werror=missing-field-initializers). Included by isa/*.cc, which define ISA_NAME.

const Kernels KERNELS = {
    .isa = ISA_NAME,
    .firstNonFinite = firstNonFinite,
    .signCodes = signCodes,
    .projectionSigns = projectionSigns,
    .projectionValues = projectionValues,
    .rotationSigns = rotationSigns,
    .rotationValues = rotationValues,
    .dotScratchBytes = dotScratchBytes,
    .dotDistances = dotDistances,
    .dotNearest = dotNearest,
    .nearestMerge = nearestMerge,
    .flyScratchBytes = flyScratchBytes,
    .flyValues = flyValues,
    .flySigns = flySigns,
    .flyPseudoSigns = flyPseudoSigns,
    .flyWinnersScratchBytes = flyWinnersScratchBytes,
    .flyWinners = flyWinners,
    .topKScratchBytes = topKScratchBytes,
    .topK = topK,
    .fmaPeak = fmaPeak,
    .xorPopcount = xorPopcount,
    .plainRead = plainRead,
};
