// One more reference to this library, never given back: see pin.h.

#include "pin.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace flyhash {

void pinLibrary() {
#if defined(_WIN32)
  HMODULE module = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCWSTR>(&pinLibrary), &module);
#else
  Dl_info library{};
  if (dladdr(reinterpret_cast<void*>(&pinLibrary), &library) != 0) {
    dlopen(library.dli_fname, RTLD_LAZY | RTLD_NODELETE);
  }
#endif
}

}  // namespace flyhash
