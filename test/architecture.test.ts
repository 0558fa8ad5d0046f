/**
 * The rules of the house that no compiler checks: where things live, who may use what, how long a file may be.
 * Each failure names the file and line. The rules themselves are explained in CONTRIBUTING.md.
 */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addon } from './support/backends.ts';
import { linesMatching, ROOT, type SourceFile, sourceFiles } from './support/sources.ts';

/** Exports of the addon that are no kernels. */
const HANDLING = /^(levels|level|selectLevel|stopJob|jobProgress|limit[A-Z]\w*)$/;

const native = sourceFiles(['native'], ['.cc', '.h']);
const shippedNative = native.filter(({ path }) => !path.startsWith('native/test/'));
const typescript = sourceFiles(['lib', 'test', 'bench', 'examples'], ['.ts', '.mjs']);
const scripts = sourceFiles(['scripts', '.ci', 'cmake'], ['.mjs', 'run', '.cmake']);
const everything = [...native, ...typescript, ...scripts];

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

function exists(path: string): boolean {
  return existsSync(new URL(path, ROOT));
}

function outside(files: readonly SourceFile[], ...rooms: string[]): SourceFile[] {
  return files.filter(({ path }) => !rooms.some((room) => path.startsWith(room)));
}

describe('every kernel has its homes', () => {
  // A text without a door and without a proof is a piece of other kernels, or one of the lists; limits are the
  // measures of the machine that the benches compare with.
  const stems = native
    .map(({ path }) => /^native\/kernels\/([a-z0-9-]+)\.inl\.h$/.exec(path)?.[1])
    .filter((stem): stem is string => stem !== undefined && stem !== 'limits')
    .filter((stem) => exists(`native/addon/${stem}.cc`) || exists(`test/kernels/${stem}.test.ts`));

  it.each(stems)('%s', (stem) => {
    const homes = [
      `native/addon/${stem}.cc`,
      `native/test/${stem}.cc`,
      `lib/reference/${stem}.ts`,
      `test/kernels/${stem}.test.ts`,
      `bench/${stem}.bench.ts`,
    ];
    expect(homes.filter((path) => !exists(path))).toEqual([]);
  });

  it('and the addon exports exactly the kernels of the interface', () => {
    const lists = typescript.filter(({ path }) =>
      /^lib\/backend\/([a-z-]+-)?kernels\.ts$/.test(path),
    );
    const bodies = lists.map(
      ({ text }) => /export interface \w*Kernels.*?\{\n(.*?)\n\}/s.exec(text)?.[1],
    );
    const kernels = [...bodies.join('\n').matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
    expect(kernels.length).toBeGreaterThan(0);
    const exported = Object.keys(addon).filter((name) => !HANDLING.test(name));
    expect(exported.sort()).toEqual(kernels.sort());
  });
});

describe('what may be used where', () => {
  it('intrinsics only in native/simd, their headers only there and in native/isa', () => {
    const intrinsic = /\b_mm\d*_|\b__m(128|256|512)|\bv[a-z0-9]+q?_[fsu](8|16|32|64)\b|\bfloat32x/;
    expect(linesMatching(outside(native, 'native/simd/'), intrinsic)).toEqual([]);
    const header = /immintrin\.h|arm_neon\.h/;
    expect(linesMatching(outside(native, 'native/simd/', 'native/isa/'), header)).toEqual([]);
  });

  it('Node-API only in native/addon', () => {
    expect(linesMatching(outside(native, 'native/addon/'), /\bnapi|\bNapi/)).toEqual([]);
  });

  it('no #if, allocation, exception or output in a kernel text', () => {
    const texts = native.filter(({ path }) => path.endsWith('.inl.h'));
    const forbidden =
      /^\s*#\s*(if|ifdef|ifndef)\b|\b(new|throw|malloc|printf|static)\b|std::(vector|string|function|sort|cout)/;
    expect(linesMatching(texts, forbidden)).toEqual([]);
  });

  it('randomness only from lib/random.ts', () => {
    expect(
      linesMatching(
        outside(typescript, 'test/architecture'),
        /Math\.random\(|randomBytes|getRandomValues/,
      ),
    ).toEqual([]);
    const engine = /std::(mt19937|random_device)|\b(s?rand)\(/;
    expect(linesMatching(shippedNative, engine)).toEqual([]);
  });

  it('no -march anywhere in the builds', () => {
    const builds = ['binding.gyp', 'native/addon.gypi', 'CMakeLists.txt', 'CMakePresets.json'];
    const code = builds.map((path) => ({ path, text: read(path).replace(/#.*$/gm, '') }));
    expect(linesMatching(code, /-march|-mavx|-ffast-math/)).toEqual([]);
  });

  it('the addon only by lib/backend; the reference only by the entry points', () => {
    const lib = typescript.filter(({ path }) => path.startsWith('lib/'));
    const addonImport = /from '.*backend\/native\.ts'/;
    expect(linesMatching(outside(lib, 'lib/backend/'), addonImport)).toEqual([]);
    const referenceImport = /from '.*reference\/backend\.ts'/;
    const users = outside(lib, 'lib/reference/', 'lib/backend/', 'lib/reference.ts');
    expect(linesMatching(users, referenceImport)).toEqual([]);
  });

  it('no test is skipped or run alone', () => {
    const tests = typescript.filter(({ path }) => path.endsWith('.test.ts'));
    const marks = /\b(it|test|describe|bench)\.(only|skip|todo|fails|skipIf|runIf)\b/;
    expect(linesMatching(tests, marks)).toEqual([]);
  });
});

describe('every source file', () => {
  it('has at most 300 lines', () => {
    const long = everything.filter(({ text }) => text.trimEnd().split('\n').length > 300);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('opens with a paragraph that says what it holds', () => {
    const opening = /^(#!.*\n)?(\/\*\*|\/\/ \S|# \S)/;
    expect(everything.filter(({ text }) => !opening.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });

  it('has a name of its own, in kebab-case', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|manager)([.-]|\/|$)/;
    const cased = /(^|\/)[^/]*([A-Z]|_)[^/]*$/;
    const named = everything.filter(({ path }) => vague.test(path) || cased.test(path));
    expect(named.map(({ path }) => path)).toEqual([]);
  });

  it('is plain ASCII', () => {
    const foreign = everything.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) => (/[^\t\x20-\x7e\r]/.test(line) ? [`${path}:${index + 1}`] : [])),
    );
    expect(foreign).toEqual([]);
  });

  it('names no page of docs that is not there', () => {
    const named = everything.flatMap(({ path, text }) =>
      Array.from(text.matchAll(/(?<![\w/])docs\/[\w/-]+\.md/g), ([page]) => `${path}: ${page}`),
    );
    expect(named.length).toBeGreaterThan(10);
    const gone = named.filter((one) => !exists(one.split(': ')[1]));
    expect(gone).toEqual([]);
  });

  it('of C++ has functions of at most 40 lines', () => {
    expect(native.flatMap(longFunctions)).toEqual([]);
  });

  it('of C++ is on the one source list', () => {
    const { sources, addon: doors, prebuild, tests } = JSON.parse(read('native/sources.json'));
    const listed: string[] = [...sources, ...doors, ...prebuild, ...tests].sort();
    const units = native.map(({ path }) => path).filter((path) => path.endsWith('.cc'));
    expect(units.sort()).toEqual(listed);
  });
});

/** Functions over 40 lines, told by layout: from a statement at this indent that opens a brace to its closing. */
function longFunctionsAt(indent: string, { path, text }: SourceFile): string[] {
  const long: string[] = [];
  const lines = text.split('\n');
  const close = new RegExp(`^${indent}\\}`);
  let statement = 0;
  let start = -1;
  for (const [index, line] of lines.entries()) {
    if (new RegExp(`^${indent}[\\w~]`).test(line)) statement = index;
    const head = lines.slice(statement, index + 1);
    const isFunction =
      /\(/.test(head.join(' ')) &&
      !head.slice(0, -1).some((part) => /[;{}]\s*$|^\s*\/\//.test(part)) &&
      !/^ *(namespace|class|struct|enum|union|extern)\b/.test(lines[statement]);
    if (start < 0 && line.endsWith('{') && isFunction) start = statement;
    if (start < 0 || !close.test(line)) continue;
    if (index - start + 1 > 40) long.push(`${path}:${start + 1} (${index - start + 1} lines)`);
    start = -1;
  }
  return long;
}

function longFunctions(file: SourceFile): string[] {
  return ['', '  '].flatMap((indent) => longFunctionsAt(indent, file));
}
