// Refuses to publish without a whole set of prebuilds: `npm run check:prebuilds`, which `npm publish` runs first. Each
// platform must have its file, of its format and processor; those for Linux may ask for no C++ library and for no
// symbol that an old glibc lacks, show nothing but Node-API's entry, and hold no symbols, debug data or paths of the
// machine that built them. Named platforms alone are checked where some are named; --folder looks elsewhere.

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OLDEST_GLIBC, PLATFORMS } from './platforms.mjs';
import { describeLibrary } from './shared-library.mjs';
import { ROOT } from './suite.mjs';

const ENTRY = 'napi_register_module_v1';
const SHOWN = [ENTRY, 'node_api_module_get_api_version_v1'];
const GLIBC = /^(lib(c|m|dl|rt|pthread)\.so\.\d|ld-linux-[\w-]+\.so\.\d)$/;
const MUSL = /^libc(\.musl-\w+)?\.so(\.1)?$/;
const BUILDERS = [ROOT, homedir(), '/home/', '/root/', '/Users/', '/tmp/', '\\Users\\'];

function isNewer(version, than) {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const at = a.findIndex((part, i) => part !== (b[i] ?? 0));
  return at >= 0 && a[at] > (b[at] ?? 0);
}

function problemsOfElf(platform, { libraries, versions, shown, isStripped }) {
  const allowed = platform.endsWith('-musl') ? MUSL : GLIBC;
  const glibc = versions.map((version) => /^GLIBC_(\d+\.\d+)/.exec(version)?.[1]);
  return [
    ...libraries.filter((name) => !allowed.test(name)).map((name) => `asks for ${name}`),
    ...versions
      .filter((_, i) => glibc[i] === undefined || isNewer(glibc[i], OLDEST_GLIBC))
      .map((version) => `asks for ${version}, newer than GLIBC_${OLDEST_GLIBC}`),
    ...shown.filter((name) => !SHOWN.includes(name)).map((name) => `shows the symbol ${name}`),
    ...(shown.includes(ENTRY) ? [] : [`does not show ${ENTRY}`]),
    ...(isStripped ? [] : ['is not stripped']),
  ];
}

function problemsOf(platform, path) {
  if (!existsSync(path)) return ['is missing'];
  const bytes = readFileSync(path);
  const { format, machine } = PLATFORMS[platform];
  const library = describeLibrary(bytes);
  const what = library === undefined ? 'no library' : `${library.format} ${library.machine}`;
  if (what !== `${format} ${machine}`) return [`must be ${format} ${machine}, got ${what}`];
  return [
    ...(format === 'ELF' ? problemsOfElf(platform, library) : []),
    ...(bytes.includes(ENTRY) ? [] : [`does not name ${ENTRY}`]),
    ...BUILDERS.filter((text) => bytes.includes(text)).map((text) => `holds the path ${text}`),
  ];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string', default: join(ROOT, 'prebuilds') } },
});
const unknown = positionals.filter((platform) => PLATFORMS[platform] === undefined);
const platforms = positionals.length > 0 ? positionals : Object.keys(PLATFORMS);
const problems = unknown.length
  ? unknown.map((platform) => `${platform}: no such platform`)
  : platforms.flatMap((platform) =>
      problemsOf(platform, join(values.folder, platform, 'flyhash.node')).map(
        (problem) => `${platform}: ${problem}`,
      ),
    );
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`prebuilds as they should be: ${platforms.join(', ')}`);
process.exit(problems.length === 0 ? 0 : 1);
