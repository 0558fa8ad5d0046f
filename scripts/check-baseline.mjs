// Looks at the built addon as an old processor would: AVX registers may appear only in functions of the
// namespaces flyhash::avx2 and flyhash::avx512, and the addon may ask no C++ library of the machine. Catches the mergeable library function that was compiled inside a target region.

import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ADDON = join(ROOT, 'build', 'Release', 'flyhash.node');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`SKIPPED: the check reads Linux x64 code, not ${process.platform} ${process.arch}`);
  process.exit(0);
}

function objdump(...args) {
  return execFileSync('objdump', [...args, ADDON], { encoding: 'utf8', maxBuffer: 1 << 30 });
}

/** Functions outside the two namespaces that hold an instruction of AVX or later. */
function strayFunctions() {
  const stray = new Set();
  let name = '';
  for (const line of objdump('-d', '--no-show-raw-insn').split('\n')) {
    const opening = /^[0-9a-f]+ <(.+)>:$/.exec(line);
    if (opening !== null) name = opening[1];
    else if (/%[yz]mm|\tv[a-z0-9]+ .*%xmm/.test(line) && !/7flyhash(4avx2|6avx512)/.test(name))
      stray.add(name);
  }
  return [...stray];
}

const problems = [
  ...strayFunctions().map((name) => `AVX instructions outside the levels: ${name}`),
  ...(/NEEDED +libstdc/.test(objdump('-p')) ? ["needs the machine's libstdc++"] : []),
];
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
