// The addon's module: its exports are the doors of doors.h and the handling of levels and jobs.

#include <napi.h>

#include <string>
#include <thread>

#include "../dispatch.h"
#include "doors.h"
#include "environment.h"
#include "pin.h"

namespace flyhash {

namespace {

// levels(): names of the levels that this machine can run, slowest first.
Napi::Value levels(const Napi::CallbackInfo& info) {
  const Napi::Array names = Napi::Array::New(info.Env());
  for (const Kernels* level : supportedLevels()) names.Set(names.Length(), level->isa);
  return names;
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
    {"dotDistances", dotDistances},
    {"dotNeighbors", dotNeighbors},
    {"limitMultiplyAdd", limitMultiplyAdd},
    {"limitXorPopcount", limitXorPopcount},
    {"limitRead", limitRead},
    {"limitPartialSort", limitPartialSort},
};

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  pinLibrary();
  env.SetInstanceData(new Environment(env));
  for (const Export& entry : EXPORTS) {
    exports.Set(entry.name, Napi::Function::New(env, entry.door, entry.name));
  }
  return exports;
}

}  // namespace

}  // namespace flyhash

static Napi::Object initialiseAddon(Napi::Env env, Napi::Object exports) {
  return flyhash::initialise(env, exports);
}

NODE_API_MODULE(flyhash, initialiseAddon)
