// The arguments and the running of one call: see call.h.

#include "call.h"

#include <limits>
#include <string>
#include <utility>

#include "environment.h"
#include "fault.h"

namespace flyhash {

namespace {

constexpr std::size_t FIRST_ARGUMENT = 2;
constexpr double BLOCK_NANOSECONDS = 1e6;
constexpr std::size_t TILE = 96;

std::string nameOf(std::size_t index) { return "internal: argument " + std::to_string(index); }

std::size_t wholeNumber(const Napi::Value& value, const std::string& name) {
  double number = 0;
  if (napi_get_value_double(value.Env(), value, &number) != napi_ok) {
    throw Fault{Fault::Kind::type, name + " must be a number"};
  }
  if (!(number >= 0 && number <= 9007199254740991.0)) {
    throw Fault{Fault::Kind::range, name + " must be a whole number"};
  }
  return static_cast<std::size_t>(number);
}

}  // namespace

Call::Call(const Napi::CallbackInfo& info)
    : info(info),
      table(flyhash::kernels()),
      threadCount(wholeNumber(info[0], "internal: threads")) {}

void* Call::array(std::size_t index, napi_typedarray_type wanted, std::size_t count) const {
  napi_typedarray_type type;
  std::size_t length = 0;
  void* data = nullptr;
  const napi_value value = info[index + FIRST_ARGUMENT];
  if (napi_get_typedarray_info(info.Env(), value, &type, &length, &data, nullptr, nullptr) !=
          napi_ok ||
      type != wanted) {
    throw Fault{Fault::Kind::type, nameOf(index) + " has the wrong array type"};
  }
  if (length < count) {
    throw Fault{Fault::Kind::range, nameOf(index) + " must have " + std::to_string(count) +
                                        " elements, got " + std::to_string(length)};
  }
  return data;
}

float* Call::floats(std::size_t index, std::size_t count) const {
  return static_cast<float*>(array(index, napi_float32_array, count));
}
std::uint8_t* Call::bytes(std::size_t index, std::size_t count) const {
  return static_cast<std::uint8_t*>(array(index, napi_uint8_array, count));
}
std::uint16_t* Call::shorts(std::size_t index, std::size_t count) const {
  return static_cast<std::uint16_t*>(array(index, napi_uint16_array, count));
}
std::uint32_t* Call::integers(std::size_t index, std::size_t count) const {
  return static_cast<std::uint32_t*>(array(index, napi_uint32_array, count));
}
std::uint64_t* Call::words(std::size_t index, std::size_t count) const {
  return static_cast<std::uint64_t*>(array(index, napi_biguint64_array, count));
}
std::int16_t* Call::signedShorts(std::size_t index, std::size_t count) const {
  return static_cast<std::int16_t*>(array(index, napi_int16_array, count));
}
std::int32_t* Call::signedIntegers(std::size_t index, std::size_t count) const {
  return static_cast<std::int32_t*>(array(index, napi_int32_array, count));
}
double* Call::doubles(std::size_t index, std::size_t count) const {
  return static_cast<double*>(array(index, napi_float64_array, count));
}

bool Call::given(std::size_t index) const {
  const Napi::Value value = info[index + FIRST_ARGUMENT];
  return !value.IsUndefined() && !value.IsNull();
}

std::size_t Call::length(std::size_t index) const {
  std::size_t length = 0;
  napi_get_typedarray_info(info.Env(), info[index + FIRST_ARGUMENT], nullptr, &length, nullptr,
                           nullptr, nullptr);
  return length;
}

std::size_t Call::size(std::size_t index) const {
  return wholeNumber(info[index + FIRST_ARGUMENT], nameOf(index));
}

double Call::number(std::size_t index) const {
  const Napi::Value value = info[index + FIRST_ARGUMENT];
  if (!value.IsNumber()) throw Fault{Fault::Kind::type, nameOf(index) + " must be a number"};
  return value.As<Napi::Number>().DoubleValue();
}

Napi::Value Call::run(Work work, std::function<double()> result) const {
  const Napi::Env env = info.Env();
  if (info[1].IsFunction()) {
    const std::uint32_t number =
        Environment::of(env).start(std::move(work), threadCount, std::move(result), info);
    return Napi::Number::New(env, number);
  }
  if (runHere(std::move(work), threadCount) == Outcome::outOfMemory) {
    throw Fault{Fault::Kind::other, "no memory for a thread's working space"};
  }
  return Napi::Number::New(env, result ? result() : 0.0);
}

std::size_t product(std::size_t a, std::size_t b) {
  if (b != 0 && a > std::numeric_limits<std::size_t>::max() / b) {
    throw Fault{Fault::Kind::range, "internal: sizes overflow"};
  }
  return a * b;
}

std::size_t rowsPerBlock(double nanoseconds) {
  const auto rows = static_cast<std::size_t>(BLOCK_NANOSECONDS / (nanoseconds + 1));
  if (rows >= TILE) return rows - rows % TILE;
  return rows == 0 ? 1 : rows;
}

}  // namespace flyhash
