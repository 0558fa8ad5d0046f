/**
 * Codes of bags of words: the units of largest sum over the rows of their words, ties to the smaller unit, by the kernel
 * of windows. A word alone, the words around a position and the words of a document are bags all three.
 */

import { activeBackend } from '../backend/active.ts';
import type { KernelCall } from '../backend/kernels.ts';
import { allocated } from '../check.ts';
import { SparseCodes } from '../codes/sparse-codes.ts';
import type { Synapses } from './synapses.ts';

/** Numbered words, bag after bag. */
export interface Bags {
  /** Numbers of words; a negative one is no word. */
  readonly words: Int32Array;
  /** Where each bag starts, and where the last one ends. */
  readonly starts: Uint32Array;
  /** The word in the middle of each bag, and how often its row counts. */
  readonly middles?: { readonly words: Int32Array; readonly weights: Int32Array } | undefined;
}

/** How many units are active in the codes of bags. */
export interface BagSizes {
  readonly units: number;
  readonly active: number;
}

/** The kernel call that writes the codes of bags over a table. */
export function bagCall(
  { words, starts, middles }: Bags,
  synapses: Synapses,
  table: Int16Array,
  active: number,
  indices: Uint32Array,
): KernelCall {
  const { words: vocabulary, units, target } = synapses;
  const bags = [words, starts, starts.length - 1, table, vocabulary, units] as const;
  const middle = [middles?.words, middles?.weights, middles && target] as const;
  return { name: 'windowsCodes', args: [...bags, ...middle, active, indices] };
}

/** Codes of bags, blocking the caller. */
export function bagCodes(
  bags: Bags,
  synapses: Synapses,
  table: Int16Array,
  active: number,
): SparseCodes {
  const indices = allocated(Uint32Array, bags.starts.length - 1, active, 'codes');
  activeBackend().run(bagCall(bags, synapses, table, active, indices), 1);
  return SparseCodes.written(indices, { units: synapses.units, active });
}

/** Bags of one word each: those of the rows first .. end - 1. */
export function singleWords(first: number, end: number): Bags {
  const words = Int32Array.from({ length: end - first }, (_, i) => first + i);
  const starts = Uint32Array.from({ length: end - first + 1 }, (_, i) => i);
  return { words, starts };
}
