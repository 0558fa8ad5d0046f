// The addon's module: its exports are the doors of doors.h and the handling of levels and jobs.

#include <napi.h>

#include <exception>
#include <string>

#include "../dispatch.h"
#include "doors.h"
#include "environment.h"
#include "fault.h"
#include "pin.h"

namespace flyhash {

namespace {

// levels(): names of the levels that this machine can run, slowest first, separated by spaces.
Napi::Value levels(const Napi::CallbackInfo& info) {
  std::string names;
  for (const Kernels* level : supportedLevels()) {
    if (!names.empty()) names += ' ';
    names += level->isa;
  }
  return Napi::String::New(info.Env(), names);
}

// level(): the active level's name.
Napi::Value level(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), kernels().isa);
}

// selectLevel(name): false when the level is unknown or unsupported here.
Napi::Value selectLevelDoor(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), selectLevel(info[0].ToString().Utf8Value()));
}

// stopJob(number)
Napi::Value stopJob(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).stop(info[0].ToNumber().Uint32Value());
  return info.Env().Undefined();
}

// jobProgress(number): 0 to 1
Napi::Value jobProgress(const Napi::CallbackInfo& info) {
  const std::uint32_t number = info[0].ToNumber().Uint32Value();
  return Napi::Number::New(info.Env(), Environment::of(info.Env()).progress(number));
}

using Door = Napi::Value (*)(const Napi::CallbackInfo&);

struct Export {
  const char* name;
  Door door;
};

constexpr Export EXPORTS[] = {
    {"levels", levels},
    {"level", level},
    {"selectLevel", selectLevelDoor},
    {"stopJob", stopJob},
    {"jobProgress", jobProgress},
    {"signCodes", signCodes},
    {"projectionSigns", projectionSigns},
    {"projectionValues", projectionValues},
    {"rotationSigns", rotationSigns},
    {"rotationValues", rotationValues},
    {"dotDistances", dotDistances},
    {"dotNeighbors", dotNeighbors},
    {"flyWinners", flyWinners},
    {"flySigns", flySigns},
    {"flyPseudoSigns", flyPseudoSigns},
    {"flyValues", flyValues},
    {"topK", topK},
    {"competitionPrepare", competitionPrepare},
    {"competitionRanks", competitionRanks},
    {"competitionWinners", competitionWinners},
    {"competitionValues", competitionValues},
    {"competitionSums", competitionSums},
    {"competitionDeltas", competitionDeltas},
    {"hammingAlignment", hammingAlignment},
    {"hammingInterleave", hammingInterleave},
    {"hammingDeinterleave", hammingDeinterleave},
    {"hammingDistances", hammingDistances},
    {"hammingSearch", hammingSearch},
    {"shortlistScan", shortlistScan},
    {"shortlistRefine", shortlistRefine},
    {"rerankFloats", rerankFloats},
    {"rerankBytes", rerankBytes},
    {"postingsSearch", postingsSearch},
    {"postingsBitmapsSearch", postingsBitmapsSearch},
    {"hammingRange", hammingRange},
    {"bucketKeys", bucketKeys},
    {"bucketSort", bucketSort},
    {"bucketSearch", bucketSearch},
    {"hammingJoinGather", hammingJoinGather},
    {"hammingJoinTables", hammingJoinTables},
    {"hammingJoin", hammingJoin},
    {"cooccurrencePlaces", cooccurrencePlaces},
    {"cooccurrenceCounts", cooccurrenceCounts},
    {"sparseProduct", sparseProduct},
    {"gramMatrix", gramMatrix},
    {"windowsWinners", windowsWinners},
    {"windowsOrder", windowsOrder},
    {"windowsGroupWinners", windowsGroupWinners},
    {"windowsCounts", windowsCounts},
    {"windowsSums", windowsSums},
    {"windowsCodes", windowsCodes},
    {"windowsLearningWinners", windowsLearningWinners},
    {"windowsLearningSteps", windowsLearningSteps},
    {"windowsLearningMoves", windowsLearningMoves},
    {"limitMultiplyAdd", limitMultiplyAdd},
    {"limitXorPopcount", limitXorPopcount},
    {"limitRead", limitRead},
    {"limitPartialSort", limitPartialSort},
};

void raise(napi_env env, const Fault& fault) {
  switch (fault.kind) {
    case Fault::Kind::type:
      napi_throw_type_error(env, nullptr, fault.message.c_str());
      break;
    case Fault::Kind::range:
      napi_throw_range_error(env, nullptr, fault.message.c_str());
      break;
    default:
      napi_throw_error(env, "ERR_OUT_OF_MEMORY", fault.message.c_str());
  }
}

// The edge: every door is called from here, and no C++ exception passes it.
napi_value enter(napi_env env, napi_callback_info raw) {
  const Napi::CallbackInfo info(env, raw);
  try {
    return static_cast<const Export*>(info.Data())->door(info);
  } catch (const Fault& fault) {
    raise(env, fault);
  } catch (const std::exception&) {
    raise(env, {Fault::Kind::other, "no memory for this call"});
  }
  return nullptr;
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  pinLibrary();
  env.SetInstanceData(new Environment(env));
  for (const Export& entry : EXPORTS) {
    napi_value function;
    void* const data = const_cast<Export*>(&entry);
    napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, enter, data, &function);
    napi_set_named_property(env, exports, entry.name, function);
  }
  return exports;
}

}  // namespace

Napi::Object initialiseAddon(Napi::Env env, Napi::Object exports) {
  return initialise(env, exports);
}

}  // namespace flyhash

using flyhash::initialiseAddon;
NODE_API_MODULE(flyhash, initialiseAddon)
