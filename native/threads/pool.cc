// The pool behind pool.h: a queue of jobs, threads started when a call wants more than there are,
// and one scratch buffer a thread that grows to what its jobs need and is kept. The pool is never
// destroyed: its threads may outlive every static object of the process.

#include "pool.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <new>
#include <thread>
#include <utility>

namespace flyhash {

namespace {

constexpr std::align_val_t SCRATCH_ALIGNMENT{64};

class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { release(); }

  std::byte* reserve(std::size_t wanted) {
    if (wanted > bytes) {
      release();
      memory = static_cast<std::byte*>(::operator new(wanted, SCRATCH_ALIGNMENT));
      bytes = wanted;
    }
    return memory;
  }

 private:
  void release() {
    ::operator delete(memory, SCRATCH_ALIGNMENT);
    memory = nullptr;
    bytes = 0;
  }

  std::byte* memory = nullptr;
  std::size_t bytes = 0;
};

thread_local Scratch scratchOfThread;

class Pool {
 public:
  void submit(const std::shared_ptr<Job>& job, std::size_t copies) {
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; i < copies; i++) queue.push_back(job);
    capacity = std::max(capacity, copies);
    while (threads < std::min(queue.size() + busy, capacity) && startThread()) {
    }
    wake.notify_all();
  }

 private:
  // A thread that cannot be started leaves the work to those that exist; the first one must start.
  bool startThread() {
    try {
      std::thread([this] { serve(); }).detach();
    } catch (...) {
      if (threads == 0) throw;
      return false;
    }
    threads++;
    return true;
  }

  void serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return !queue.empty(); });
      const std::shared_ptr<Job> job = std::move(queue.front());
      queue.pop_front();
      busy++;
      lock.unlock();
      job->enter();
      lock.lock();
      busy--;
    }
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::shared_ptr<Job>> queue;
  // At most one thread a processor, or as many as one call ever asked for.
  std::size_t capacity = std::max(1U, std::thread::hardware_concurrency());
  std::size_t threads = 0;
  std::size_t busy = 0;
};

Pool& pool() {
  static Pool* const instance = std::make_unique<Pool>().release();
  return *instance;
}

}  // namespace

Job::Job(Work newWork, std::function<void()> newOnEnd)
    : work(std::move(newWork)), onEnd(std::move(newOnEnd)) {}

bool Job::workLeft() const { return !stopped.load() && next.load() < work.blocks; }

void Job::enter() {
  inside.fetch_add(1);
  if (workLeft()) runBlocks();
  leave();
}

void Job::runBlocks() {
  try {
    std::byte* const scratch = scratchOfThread.reserve(work.scratchBytes);
    while (!stopped.load(std::memory_order_relaxed)) {
      const std::size_t block = next.fetch_add(1);
      if (block >= work.blocks) break;
      work.run(block, scratch);
      done.fetch_add(1);
    }
  } catch (...) {
    outOfMemory.store(true);
    stopped.store(true);
  }
}

void Job::leave() {
  if (inside.fetch_sub(1) != 1 || workLeft()) return;
  {
    const std::lock_guard lock(mutex);
    if (ended) return;
    ended = true;
  }
  if (outcome() == Outcome::finished) work.finish();
  onEnd();
  const std::lock_guard lock(mutex);
  settled = true;
  changed.notify_all();
}

void Job::stop() {
  stopped.store(true);
  inside.fetch_add(1);
  leave();
}

void Job::wait() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return settled; });
}

Outcome Job::outcome() const {
  if (outOfMemory.load()) return Outcome::outOfMemory;
  return done.load() == work.blocks ? Outcome::finished : Outcome::aborted;
}

double Job::progress() const {
  return work.blocks == 0 ? 1.0
                          : static_cast<double>(done.load()) / static_cast<double>(work.blocks);
}

Outcome runHere(Work work, std::size_t threads) {
  if (threads <= 1 || work.blocks <= 1) {
    try {
      std::byte* const scratch = scratchOfThread.reserve(work.scratchBytes);
      for (std::size_t block = 0; block < work.blocks; block++) work.run(block, scratch);
    } catch (...) {
      return Outcome::outOfMemory;
    }
    work.finish();
    return Outcome::finished;
  }
  const std::size_t helpers = std::min({threads, work.blocks, MAX_THREADS}) - 1;
  const auto job = std::make_shared<Job>(std::move(work));
  try {
    pool().submit(job, helpers);
  } catch (...) {  // no thread to be had: the calling one does all of it
  }
  job->enter();
  job->wait();
  return job->outcome();
}

void runInPool(const std::shared_ptr<Job>& job, std::size_t threads) {
  pool().submit(job, std::min(threads, MAX_THREADS));
}

}  // namespace flyhash
