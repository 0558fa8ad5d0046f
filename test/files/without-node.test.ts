/**
 * Files where there is no Node: the portable SHA-256 gives the same digests, and the package saves to bytes and loads
 * from bytes and streams; only paths are refused, with the reason. No module but the command line imports one of Node's.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portableSha256 } from '../../lib/files/sha256.ts';
import { RUNS } from '../support/generators.ts';
import { linesMatching, sourceFiles } from '../support/sources.ts';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

describe('without Node', () => {
  it('the portable SHA-256 gives the digest that Node gives', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
    fc.assert(
      fc.property(pieces, (all) => {
        const portable = portableSha256();
        const node = createHash('sha256');
        for (const piece of all) {
          portable.update(piece);
          node.update(piece);
        }
        expect(Buffer.from(portable.digest())).toEqual(node.digest());
      }),
      { numRuns: RUNS },
    );
  });

  it('bytes and streams work, paths say why not', () => {
    const script = `
      const { SimHash, load } = await import('flyhash/reference');
      process.getBuiltinModule = undefined;
      const model = SimHash.create({ dim: 8, bits: 20, seed: 1 });
      const bytes = model.toBytes();
      const vector = [[1, -2, 3, -4, 5, -6, 7, -8]];
      const same = (copy) => copy.hash(vector).equals(model.hash(vector));
      console.log(same(SimHash.fromBytes(bytes)), same(await load(new Blob([bytes]).stream())));
      for (const call of [() => model.save('x'), () => load('x')]) {
        await call().catch((error) => console.log(error.code, error.message));
      }`;
    const args = ['--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    const refused = 'ERR_FILE a path must be on the disk of a Node process, got another';
    expect({ stdout, stderr }).toEqual({
      stdout: `true true\n${refused}\n${refused}\n`,
      stderr: '',
    });
  });

  it('no module of Node is imported but by the loader of the addon and by the command line', () => {
    const lib = sourceFiles(['lib'], ['.ts']).filter(
      ({ path }) => !/^lib\/(backend|cli)\//.test(path),
    );
    expect(linesMatching(lib, /^\s*import (?!type ).*from 'node:/)).toEqual([]);
    expect(linesMatching(lib, /from '.*\/cli\//)).toEqual([]);
  });
});
