/**
 * Arrays that are not what they say: subclasses with another length, other prototypes, and lists whose reading
 * detaches a second argument. Whatever comes of it, no kernel sees memory that is not there.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { SimHash } from '../lib/hash/sim-hash.ts';
import { exactNeighbors } from '../lib/search/exact-neighbors.ts';
import { topK } from '../lib/top-k.ts';
import { allBackends, useBackend } from './support/backends.ts';

describe.each([...allBackends])('arrays that lie, on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  class Longer extends Float32Array {
    override get length(): number {
      return 64;
    }
  }

  it('never reach memory that they do not have', () => {
    const hasher = SimHash.create({ dim: 2, bits: 8 });
    const own = Object.defineProperty(new Float32Array(2), 'length', { value: 64 });
    const posing = Object.setPrototypeOf(new Int16Array(2), Float32Array.prototype);
    const empty = Object.create(Float32Array.prototype);
    for (const vectors of [new Longer(2), own, posing, empty] as Float32Array[]) {
      for (const call of [
        () => hasher.hash(vectors),
        () => exactNeighbors(vectors, [[1, 2]], 1, { metric: 'l2', dim: 2 }),
        () => topK(vectors, { k: 1, columns: 2 }),
      ]) {
        try {
          call();
        } catch (error) {
          expect((error as Error).message).not.toContain('internal');
        }
      }
    }
  });

  it('are found out when reading one detaches another', () => {
    const flat = new Float32Array(4);
    const queries = [
      new Proxy([1, 2], {
        get(target, key) {
          if (flat.length > 0 && key === '1') {
            structuredClone(flat.buffer, { transfer: [flat.buffer as ArrayBuffer] });
          }
          return Reflect.get(target, key) as unknown;
        },
      }),
    ];
    const search = (): unknown => exactNeighbors(flat, queries, 1, { metric: 'dot', dim: 2 });
    expect(search).toThrow(TypeError);
    expect(search).toThrow('data must have its memory, got a detached array');
  });
});
