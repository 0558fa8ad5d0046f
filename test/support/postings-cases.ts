/** Cases of the kernels of search by overlap for the bulk test: codes in a store of either form, and a few queries. */

import type { SparseSizes } from '../../lib/codes/sparse-codes.ts';
import type { OverlapQueries, OverlapStore } from '../../lib/search/overlap-store.ts';
import { PostingBitmaps } from '../../lib/search/posting-bitmaps.ts';
import { PostingLists } from '../../lib/search/posting-lists.ts';
import { reference, useBackend } from './backends.ts';
import { SPARSE_KINDS, sparseCodes } from './sparse.ts';

interface SparseShape {
  readonly dim: number;
  readonly outputs: number;
  readonly seed: number;
}

interface PostingsCase {
  outputs(): Uint32Array[];
  call(outputs: (Uint8Array | Uint32Array | Float32Array)[]): unknown;
}

function sparseSizes(s: SparseShape): SparseSizes {
  return { units: s.dim + s.outputs, active: 1 + (s.seed % s.outputs) };
}

/** The outputs of a search by overlap among that many rows, and its arguments. */
export function postingsCase(
  form: 'lists' | 'bitmaps',
  s: SparseShape,
  rows: number,
): PostingsCase {
  const sizes = sparseSizes(s);
  const store: OverlapStore =
    form === 'lists' ? new PostingLists(sizes, 64) : new PostingBitmaps(sizes);
  const rowNumbers = Uint32Array.from({ length: rows }, (_, row) => row);
  const kind = SPARSE_KINDS[s.seed % SPARSE_KINDS.length];
  useBackend(reference);
  store.write(sparseCodes(rows, sizes, kind, s.seed).indices, rowNumbers, rows);
  const [count, k] = [3, 1 + (s.seed % rows)];
  const { indices: units, active } = sparseCodes(count, sizes, 'random', s.seed);
  const call = ([ids, distances, counts]: (Uint8Array | Uint32Array | Float32Array)[]) => {
    const results = { ids, distances, counts } as Pick<
      OverlapQueries,
      'ids' | 'distances' | 'counts'
    >;
    const asked = { units, count, active, allowed: undefined, k, ...results };
    return store.snapshot().call(asked).args;
  };
  const outputs = () => [count * k, count * k, count].map((length) => new Uint32Array(length));
  return { outputs, call };
}
