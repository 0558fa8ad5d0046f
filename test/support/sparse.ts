/**
 * Generators of sparse codes where search by overlap goes wrong: equal codes, units that all rows share, overlaps that
 * rise with the row (every row is a new neighbour), and numbers of active units around what planes and bytes count.
 */

import fc from 'fast-check';
import { SparseCodes, type SparseSizes } from '../../lib/codes/sparse-codes.ts';
import { integers } from './codes.ts';

export const SPARSE_KINDS = ['random', 'equal', 'popular', 'near', 'rising'] as const;

export type SparseKind = (typeof SPARSE_KINDS)[number];

/** `active` different units below `units`, those drawn first kept from `base`. */
function code(
  { units, active }: SparseSizes,
  draw: () => number,
  base: Iterable<number> = [],
): number[] {
  const chosen = new Set(base);
  while (chosen.size < active) {
    let unit = draw() % units;
    while (chosen.has(unit)) unit = (unit + 1) % units;
    chosen.add(unit);
  }
  return [...chosen].sort((a, b) => a - b);
}

function codeOf(
  kind: SparseKind,
  sizes: SparseSizes,
  base: readonly number[],
  row: number,
  draw: () => number,
): readonly number[] {
  const { units, active } = sizes;
  const few = base.slice(0, active);
  switch (kind) {
    case 'equal':
      return code(sizes, integers(1), few);
    case 'popular':
      return code({ units: Math.min(units, active + 3), active }, draw);
    case 'near':
      return code(sizes, draw, few.slice(draw() % Math.min(4, active)));
    case 'rising':
      return code(sizes, draw, few.slice(0, row % (active + 1)));
    default:
      return code(sizes, draw);
  }
}

/** rows codes of that kind; equal seeds share the code that the kinds are made from. */
export function sparseCodes(
  rows: number,
  sizes: SparseSizes,
  kind: SparseKind,
  seed: number,
): SparseCodes {
  const shuffled = shuffle(sizes.units, integers(seed));
  const draw = integers(seed ^ (rows * 31 + kind.length));
  const indices = new Uint32Array(rows * sizes.active);
  for (let row = 0; row < rows; row++) {
    indices.set(codeOf(kind, sizes, shuffled, row, draw), row * sizes.active);
  }
  return SparseCodes.adopt(indices, { units: sizes.units, active: sizes.active });
}

/** The first units of a seeded shuffle: what the codes of one seed have in common. */
function shuffle(units: number, draw: () => number): number[] {
  const order = Array.from({ length: units }, (_, unit) => unit);
  for (let i = 0; i < Math.min(units, 600); i++) {
    const j = i + (draw() % (units - i));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

export const sparseKind: fc.Arbitrary<SparseKind> = fc.constantFrom(...SPARSE_KINDS);

/** Active units of a code, often around what planes and bytes count. */
export function activeUnits(most: number): fc.Arbitrary<number> {
  const around = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 127, 128, 254, 255, 256, 257];
  return fc.oneof(
    fc.integer({ min: 1, max: most }),
    fc.constantFrom(...around.filter((active) => active <= most)),
  );
}
