/** Programs in TypeScript that use the installed package, compiled strictly, declarations and all. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { installedSandbox } from './installed-sandbox.ts';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const TYPES = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));

const PROGRAM = `
  import { BitCodes, HammingIndex, SimHash, type Hasher, type Vectors, load } from 'flyhash';
  import { compare } from 'flyhash/evaluate';
  import { backend } from 'flyhash/reference';
  const hasher: Hasher<BitCodes> = SimHash.create({ dim: 8, bits: 16, seed: 1 });
  const vectors: Vectors = [[1, 2, 3, 4, 5, 6, 7, 8]];
  const index = HammingIndex.create({ bits: 16 });
  index.add(hasher.hash(vectors), ['a']);
  const { ids, distances } = index.search(hasher.hash(vectors), 1);
  const found: Uint32Array = distances;
  const copy: SimHash = SimHash.fromBytes(hasher.toBytes());
  export const all = [ids, found, copy, compare, backend().kind, load, await BitCodes.load('x')];`;

const sandbox = installedSandbox();

describe('TypeScript', () => {
  it.each([
    ['nodenext', 'nodenext', 'program.mts'],
    ['esnext', 'bundler', 'program.ts'],
  ])('with modules %s and resolution %s', async (module, resolution, name) => {
    const program = sandbox().write(name, PROGRAM);
    const options = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2022'];
    const modules = ['--module', module, '--moduleResolution', resolution];
    const types = ['--typeRoots', TYPES, '--types', 'node', '--lib', 'es2024,dom,esnext'];
    const args = [TSC, ...options, ...modules, ...types, program];
    const { status, stdout } = await sandbox().node(args);
    expect(status, stdout).toBe(0);
  });

  it('says where a call is wrong', async () => {
    const wrong = `import { SimHash } from 'flyhash'; SimHash.create({ dim: '8', bits: 16 });`;
    const program = sandbox().write(join('wrong', 'program.mts'), wrong);
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext'];
    const { status, stdout } = await sandbox().node([TSC, ...options, program]);
    expect([status, stdout]).toEqual([2, expect.stringContaining("'string' is not assignable")]);
  });
});
