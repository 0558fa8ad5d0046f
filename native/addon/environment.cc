// Jobs of one JavaScript environment: see environment.h.

#include "environment.h"

#include <utility>

namespace flyhash {

namespace {

const char* nameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return "finished";
    case Outcome::aborted:
      return "aborted";
    default:
      return "outOfMemory";
  }
}

}  // namespace

Environment& Environment::of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

// The thread-safe function first, then our hook: hooks run last-in first-out, so jobs are stopped while the
// way back still exists.
void Environment::open() {
  if (wake != nullptr) return;
  const auto onWake = [](napi_env, napi_value, void* context, void*) {
    static_cast<Environment*>(context)->settleEnded();
  };
  const Napi::String name = Napi::String::New(env, "flyhash");
  napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr,
                                                       nullptr, this, onWake, &wake);
  if (status == napi_ok) status = napi_unref_threadsafe_function(env, wake);
  if (status == napi_ok) status = napi_add_env_cleanup_hook(env, onEnvironmentEnd, this);
  if (status != napi_ok) throw Napi::Error::New(env, "no way back to this thread can be made");
}

std::uint32_t Environment::start(Work work, std::size_t threads, std::function<double()> result,
                                 Napi::Function done, Napi::Value keep) {
  open();
  const std::uint32_t number = ++lastNumber;
  const auto onEnd = [this, number] {
    const std::lock_guard lock(mutex);
    if (closed) return;
    endedNumbers.push_back(number);
    napi_call_threadsafe_function(wake, nullptr, napi_tsfn_nonblocking);
  };
  const auto job = std::make_shared<Job>(std::move(work), onEnd);
  pending.emplace(number, Pending{job, std::move(result), Napi::Persistent(done),
                                  Napi::Reference<Napi::Value>::New(keep, 1)});
  if (pending.size() == 1) napi_ref_threadsafe_function(env, wake);
  runInPool(job, threads);
  return number;
}

void Environment::stop(std::uint32_t number) {
  const auto found = pending.find(number);
  if (found != pending.end()) found->second.job->stop();
}

double Environment::progress(std::uint32_t number) const {
  const auto found = pending.find(number);
  return found == pending.end() ? 1.0 : found->second.job->progress();
}

void Environment::settleEnded() {
  std::vector<std::uint32_t> numbers;
  {
    const std::lock_guard lock(mutex);
    numbers.swap(endedNumbers);
  }
  for (const std::uint32_t number : numbers) settle(number);
}

void Environment::settle(std::uint32_t number) {
  const auto found = pending.find(number);
  if (found == pending.end()) return;
  const Napi::Env current(env);
  const Napi::HandleScope scope(current);
  const Pending entry = std::move(found->second);
  pending.erase(found);
  if (pending.empty()) napi_unref_threadsafe_function(env, wake);
  const Outcome outcome = entry.job->outcome();
  const double result = outcome == Outcome::finished && entry.result ? entry.result() : 0.0;
  entry.done.Call({Napi::String::New(current, nameOf(outcome)), Napi::Number::New(current, result)});
}

void Environment::onEnvironmentEnd(void* environment) {
  auto& self = *static_cast<Environment*>(environment);
  {
    const std::lock_guard lock(self.mutex);
    self.closed = true;
  }
  for (auto& [number, entry] : self.pending) entry.job->stop();
  for (auto& [number, entry] : self.pending) entry.job->wait();
  self.pending.clear();
}

}  // namespace flyhash
