// Jobs of one JavaScript environment: see environment.h.

#include "environment.h"

#include <utility>

#include "fault.h"

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

// The thread-safe function first, then our hook: hooks run last-in first-out, so jobs are stopped
// while the way back still exists.
void Environment::open() {
  if (wake != nullptr) return;
  const auto onWake = [](napi_env env, napi_value, void* context, void*) {
    if (env != nullptr) static_cast<Environment*>(context)->settleEnded();
  };
  napi_value name;
  napi_status status = napi_create_string_utf8(env, "flyhash", NAPI_AUTO_LENGTH, &name);
  if (status == napi_ok) {
    status = napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr,
                                             this, onWake, &wake);
  }
  if (status == napi_ok) status = napi_unref_threadsafe_function(env, wake);
  if (status == napi_ok) status = napi_add_env_cleanup_hook(env, onEnvironmentEnd, this);
  if (status != napi_ok) throw Fault{Fault::Kind::other, "this thread is ending"};
}

// References to done and to every other object among the arguments.
std::vector<napi_ref> Environment::hold(const Napi::CallbackInfo& info) const {
  std::vector<napi_ref> held;
  for (std::size_t i = 1; i < info.Length(); i++) {
    napi_ref reference = nullptr;
    if (!info[i].IsObject() && !info[i].IsFunction()) continue;
    if (napi_create_reference(env, info[i], 1, &reference) == napi_ok) held.push_back(reference);
  }
  return held;
}

void Environment::release(const Pending& entry) const {
  for (const napi_ref reference : entry.held) napi_delete_reference(env, reference);
}

std::uint32_t Environment::start(Work work, std::size_t threads, std::function<double()> result,
                                 const Napi::CallbackInfo& info) {
  open();
  const std::uint32_t number = ++lastNumber;
  const auto onEnd = [this, number] {
    const std::lock_guard lock(mutex);
    if (closed) return;
    endedNumbers.push_back(number);
    napi_call_threadsafe_function(wake, nullptr, napi_tsfn_nonblocking);
  };
  const auto job = std::make_shared<Job>(std::move(work), onEnd);
  pending.emplace(number, Pending{job, std::move(result), hold(info)});
  if (pending.size() == 1) napi_ref_threadsafe_function(env, wake);
  try {
    runInPool(job, threads);
  } catch (...) {
    forget(number);
    throw Fault{Fault::Kind::other, "no thread for this call"};
  }
  return number;
}

// A job that no thread can take: it ends here, and nobody is told.
void Environment::forget(std::uint32_t number) {
  const auto found = pending.find(number);
  const Pending entry = std::move(found->second);
  pending.erase(found);
  entry.job->stop();
  release(entry);
  if (pending.empty()) napi_unref_threadsafe_function(env, wake);
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
  const Pending entry = std::move(found->second);
  pending.erase(found);
  if (pending.empty()) napi_unref_threadsafe_function(env, wake);
  const Outcome outcome = entry.job->outcome();
  const double result = outcome == Outcome::finished && entry.result ? entry.result() : 0.0;
  const Napi::HandleScope scope{Napi::Env(env)};
  call(entry.held.front(), outcome, result);
  release(entry);
}

// Statuses are not looked at: a call fails only when the environment is being terminated.
void Environment::call(napi_ref done, Outcome outcome, double result) const {
  napi_value function;
  napi_value receiver;
  napi_value arguments[2];
  if (napi_get_reference_value(env, done, &function) != napi_ok) return;
  napi_get_undefined(env, &receiver);
  napi_create_string_utf8(env, nameOf(outcome), NAPI_AUTO_LENGTH, &arguments[0]);
  napi_create_double(env, result, &arguments[1]);
  napi_call_function(env, receiver, function, 2, arguments, nullptr);
}

void Environment::onEnvironmentEnd(void* environment) {
  auto& self = *static_cast<Environment*>(environment);
  {
    const std::lock_guard lock(self.mutex);
    self.closed = true;
  }
  for (auto& [number, entry] : self.pending) entry.job->stop();
  for (auto& [number, entry] : self.pending) {
    entry.job->wait();
    self.release(entry);
  }
  self.pending.clear();
}

}  // namespace flyhash
