// Keeps this library in memory for the life of the process. Node unloads an addon when the last
// worker that loaded it ends, but the pool's threads still stand in its code.

#pragma once

namespace flyhash {

void pinLibrary();

}  // namespace flyhash
