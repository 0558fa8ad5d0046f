// What the addon keeps for one JavaScript environment (the main thread or a worker): its jobs in
// flight and the way back to its thread. When the environment ends, its jobs are stopped and waited
// for first, so no thread of the pool ever touches memory or handles of an environment that is
// gone.

#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "../threads/pool.h"

namespace flyhash {

class Environment {
 public:
  explicit Environment(napi_env env) : env(env) {}
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  static Environment& of(Napi::Env env);

  // Runs work in the pool and calls done(outcome, result()) on this environment's thread, done
  // being the second argument of the call; all objects among its arguments are held so long.
  // Returns the job's number.
  std::uint32_t start(Work work, std::size_t threads, std::function<double()> result,
                      const Napi::CallbackInfo& info);

  // Stops a job by its number; one that has ended is left alone.
  void stop(std::uint32_t number);
  double progress(std::uint32_t number) const;

 private:
  struct Pending {
    std::shared_ptr<Job> job;
    std::function<double()> result;
    std::vector<napi_ref> held;  // the first is done
  };

  void open();
  std::vector<napi_ref> hold(const Napi::CallbackInfo& info) const;
  void call(napi_ref done, Outcome outcome, double result) const;
  void release(const Pending& entry) const;
  void forget(std::uint32_t number);
  void settleEnded();
  void settle(std::uint32_t number);
  static void onEnvironmentEnd(void* environment);

  const napi_env env;
  napi_threadsafe_function wake = nullptr;
  std::uint32_t lastNumber = 0;
  std::map<std::uint32_t, Pending> pending;  // this environment's thread only

  std::mutex mutex;  // guards what follows: the pool's threads report here
  std::vector<std::uint32_t> endedNumbers;
  bool closed = false;
};

}  // namespace flyhash
