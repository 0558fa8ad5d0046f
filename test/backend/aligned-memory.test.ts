/** Memory for kernels: zeros of any length and kind, small or at a cache line, private or shared. */

import { beforeEach, describe, expect, it } from 'vitest';
import { alignedArray, alignedShared } from '../../lib/backend/aligned-memory.ts';
import { allBackends, useBackend } from '../support/backends.ts';

const KINDS = [Uint8Array, Uint16Array, Uint32Array, Float32Array, Float64Array, BigUint64Array];
const BYTES = [0, 8, 2 ** 16 - 8, 2 ** 16, 2 ** 16 + 8, 2 ** 23];

describe.each([...allBackends])('memory on %s', (_name, backend) => {
  beforeEach(() => useBackend(backend));

  it.each(KINDS)('is zero, its own, and at a cache line where it is large: %o', (Kind) => {
    for (const bytes of BYTES) {
      const length = bytes / Kind.BYTES_PER_ELEMENT;
      const arrays = [alignedArray<InstanceType<typeof Kind>>(Kind as never, 1, length, 'test')];
      arrays.push(alignedShared(Kind as never, length));
      expect(arrays.map(({ buffer }) => buffer.constructor.name)).toEqual([
        'ArrayBuffer',
        'SharedArrayBuffer',
      ]);
      for (const array of arrays) {
        expect([array.constructor, array.length]).toEqual([Kind, length]);
        const content = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
        expect(content.every((byte) => byte === 0)).toBe(true);
        if (bytes < 2 ** 16) continue;
        const start = new BigUint64Array(array.buffer, array.byteOffset, 8);
        expect(backend.run({ name: 'hammingAlignment', args: [start] }, 1)).toBe(0);
      }
    }
  });

  it('that cannot be had is an error that names it', () => {
    expect(() => alignedArray(Uint8Array, 2, 2 ** 31 + 1, 'index')).toThrow(
      'index must take at most 4294967296 bytes, got 2 rows of 2147483649 bytes',
    );
  });
});
