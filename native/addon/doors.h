// The doors: one function a kernel entry, defined in the file of its stem, exported under its own
// name.

#pragma once

#include <napi.h>

namespace flyhash {

Napi::Value signCodes(const Napi::CallbackInfo& info);

Napi::Value projectionSigns(const Napi::CallbackInfo& info);
Napi::Value projectionValues(const Napi::CallbackInfo& info);

Napi::Value rotationSigns(const Napi::CallbackInfo& info);
Napi::Value rotationValues(const Napi::CallbackInfo& info);

Napi::Value dotDistances(const Napi::CallbackInfo& info);
Napi::Value dotNeighbors(const Napi::CallbackInfo& info);

Napi::Value flyWinners(const Napi::CallbackInfo& info);
Napi::Value flySigns(const Napi::CallbackInfo& info);
Napi::Value flyPseudoSigns(const Napi::CallbackInfo& info);
Napi::Value flyValues(const Napi::CallbackInfo& info);

Napi::Value topK(const Napi::CallbackInfo& info);

Napi::Value competitionPrepare(const Napi::CallbackInfo& info);
Napi::Value competitionRanks(const Napi::CallbackInfo& info);
Napi::Value competitionWinners(const Napi::CallbackInfo& info);
Napi::Value competitionValues(const Napi::CallbackInfo& info);
Napi::Value competitionSums(const Napi::CallbackInfo& info);
Napi::Value competitionDeltas(const Napi::CallbackInfo& info);

Napi::Value hammingAlignment(const Napi::CallbackInfo& info);
Napi::Value hammingInterleave(const Napi::CallbackInfo& info);
Napi::Value hammingDeinterleave(const Napi::CallbackInfo& info);
Napi::Value hammingDistances(const Napi::CallbackInfo& info);
Napi::Value hammingSearch(const Napi::CallbackInfo& info);
Napi::Value hammingRange(const Napi::CallbackInfo& info);

Napi::Value shortlistScan(const Napi::CallbackInfo& info);
Napi::Value shortlistRefine(const Napi::CallbackInfo& info);

Napi::Value rerankFloats(const Napi::CallbackInfo& info);
Napi::Value rerankBytes(const Napi::CallbackInfo& info);
Napi::Value bucketKeys(const Napi::CallbackInfo& info);
Napi::Value bucketSort(const Napi::CallbackInfo& info);
Napi::Value bucketSearch(const Napi::CallbackInfo& info);
Napi::Value postingsSearch(const Napi::CallbackInfo& info);
Napi::Value postingsBitmapsSearch(const Napi::CallbackInfo& info);
Napi::Value hammingJoinGather(const Napi::CallbackInfo& info);
Napi::Value hammingJoinTables(const Napi::CallbackInfo& info);
Napi::Value hammingJoin(const Napi::CallbackInfo& info);

Napi::Value cooccurrencePlaces(const Napi::CallbackInfo& info);
Napi::Value cooccurrenceCounts(const Napi::CallbackInfo& info);
Napi::Value sparseProduct(const Napi::CallbackInfo& info);
Napi::Value gramMatrix(const Napi::CallbackInfo& info);
Napi::Value windowsWinners(const Napi::CallbackInfo& info);
Napi::Value windowsOrder(const Napi::CallbackInfo& info);
Napi::Value windowsGroupWinners(const Napi::CallbackInfo& info);
Napi::Value windowsCounts(const Napi::CallbackInfo& info);
Napi::Value windowsSums(const Napi::CallbackInfo& info);
Napi::Value windowsCodes(const Napi::CallbackInfo& info);

Napi::Value windowsLearningWinners(const Napi::CallbackInfo& info);
Napi::Value windowsLearningSteps(const Napi::CallbackInfo& info);
Napi::Value windowsLearningMoves(const Napi::CallbackInfo& info);

// For the benches alone.
Napi::Value limitMultiplyAdd(const Napi::CallbackInfo& info);
Napi::Value limitXorPopcount(const Napi::CallbackInfo& info);
Napi::Value limitRead(const Napi::CallbackInfo& info);
Napi::Value limitPartialSort(const Napi::CallbackInfo& info);

}  // namespace flyhash
