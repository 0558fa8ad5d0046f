// The platforms that a release holds a prebuild for, as the loader names them (lib/backend/addon-files.ts; a test
// holds both lists together): who builds each, and the file format and processor that its addon must show.

const elf = (machine) => ({ format: 'ELF', machine });
const macho = (machine) => ({ format: 'Mach-O', machine });
const pe = (machine) => ({ format: 'PE', machine });

/**
 * `zig`: the target that any machine builds for with zig's C++ compiler; without one, the platform builds its own with
 * node-gyp. The glibc in a target is the oldest that the addon may ask for: RHEL 8, Debian 10 and Ubuntu 18.10 have it.
 */
export const PLATFORMS = {
  'linux-x64': { zig: 'x86_64-linux-gnu.2.28', ...elf('x64') },
  'linux-x64-musl': { zig: 'x86_64-linux-musl', ...elf('x64') },
  'linux-arm64': { zig: 'aarch64-linux-gnu.2.28', ...elf('arm64') },
  'linux-arm64-musl': { zig: 'aarch64-linux-musl', ...elf('arm64') },
  'darwin-x64': macho('x64'),
  'darwin-arm64': macho('arm64'),
  'win32-x64': pe('x64'),
  'win32-arm64': pe('arm64'),
};

/** The newest glibc symbols that a prebuild may ask for. */
export const OLDEST_GLIBC = '2.28';
