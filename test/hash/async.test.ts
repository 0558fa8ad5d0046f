/** What happens while an asynchronous hash runs: progress, abort, errors, and vectors detached or resized meanwhile. */

import { describe, expect, it } from 'vitest';
import { bytesOf, DIM, hasherCases, manyVectors } from '../support/hashers.ts';

describe.each(hasherCases)(
  'asynchronous calls of $hasherName on $name',
  ({ backend, prepared }) => {
    const rows = backend.kind === 'native' ? 60_000 : 600;

    it('report progress upwards to the end', async () => {
      const seen: number[] = [];
      const onProgress = (progress: { done: number; total: number }): void => {
        expect(progress.total).toBe(rows);
        seen.push(progress.done);
      };
      await (await prepared()).hashAsync(manyVectors(rows), { onProgress });
      expect(seen.length).toBeGreaterThan(1);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(rows);
    });

    it('name the first bad value, whichever thread meets another one first', async () => {
      const vectors = manyVectors(rows);
      const first = 3 * DIM + 5;
      vectors[first] = Number.NaN;
      for (let at = first + DIM; at < vectors.length; at += 97 * DIM)
        vectors[at] = Number.POSITIVE_INFINITY;
      const hasher = await prepared();
      for (const threads of [1, 2, 3]) {
        await expect(hasher.hashAsync(vectors, { threads })).rejects.toThrow(
          'vectors[3][5] must be finite, got NaN',
        );
        expect(() => hasher.hash(vectors, { threads })).toThrow(
          'vectors[3][5] must be finite, got NaN',
        );
      }
    });

    it('reject with the reason of a signal that was aborted before', async () => {
      const reason = new Error('too late');
      const running = (await prepared()).hashAsync(manyVectors(3), {
        signal: AbortSignal.abort(reason),
      });
      await expect(running).rejects.toBe(reason);
    });

    it('reject with the reason when aborted on the way, and leave nothing running', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      let calls = 0;
      const onProgress = (): void => {
        calls++;
        controller.abort(reason);
      };
      const hasher = await prepared();
      const options = { threads: 1, signal: controller.signal, onProgress };
      await expect(hasher.hashAsync(manyVectors(rows), options)).rejects.toBe(reason);
      expect(calls).toBe(1);
      expect(bytesOf(await hasher.hashAsync(manyVectors(3))).length).toBeGreaterThan(0);
      expect(calls).toBe(1);
    });

    it('reject when onProgress throws', async () => {
      const onProgress = (): never => {
        throw new Error('from the caller');
      };
      await expect((await prepared()).hashAsync(manyVectors(rows), { onProgress })).rejects.toThrow(
        'from the caller',
      );
    });

    it('reject when the vectors are detached on the way', async () => {
      const vectors = manyVectors(rows);
      let detached = false;
      const onProgress = (): void => {
        if (!detached)
          structuredClone(vectors.buffer, { transfer: [vectors.buffer as ArrayBuffer] });
        detached = true;
      };
      const running = (await prepared()).hashAsync(vectors, { threads: 2, onProgress });
      await expect(running).rejects.toThrow('vectors must have its memory, got a detached array');
    });

    it('reject when the vectors are resized on the way', async () => {
      const buffer = new ArrayBuffer(4 * DIM * rows, { maxByteLength: 4 * DIM * rows });
      const onProgress = (): void => {
        buffer.resize(4 * DIM);
      };
      const running = (await prepared()).hashAsync(new Float32Array(buffer), {
        threads: 1,
        onProgress,
      });
      await expect(running).rejects.toThrow(
        'vectors must keep its length during the call, got 24 numbers',
      );
    });

    it('run side by side', async () => {
      const hasher = await prepared();
      const inputs = Array.from({ length: 12 }, (_, i) => manyVectors(50 + i));
      const all = await Promise.all(inputs.map((vectors) => hasher.hashAsync(vectors)));
      all.forEach((codes, i) => {
        expect(bytesOf(codes).equals(bytesOf(hasher.hash(inputs[i])))).toBe(true);
      });
    });
  },
);
