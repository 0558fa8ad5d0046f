/**
 * Codes of many documents: texts are numbered one after the other, beside the event loop, and coded in batches by all
 * threads. Documents without a word of the vocabulary have no code, and say so by being left out.
 */

import { allocated } from '../check.ts';
import { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongKind } from '../errors.ts';
import { KernelWork } from '../hash/kernel-work.ts';
import { bagCall } from './bag-codes.ts';
import { type CodeForm, type CodeSettings, type CodesOf, inForm } from './code-options.ts';
import { NumberList } from './number-list.ts';
import type { Synapses } from './synapses.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Words that are coded together. */
const BATCH = 2 ** 20;

/** Codes of documents. */
export interface DocumentCodes<Form extends CodeForm = 'sparse'> {
  /** One for each document that has a word of the vocabulary. */
  readonly codes: CodesOf<Form>;
  /** Which documents these are, counted from 0: codes.rows of them, ascending. */
  readonly ids: Uint32Array;
}

/** The words of a text that are in the vocabulary, as numbers. */
export function knownWords(vocabulary: Vocabulary, text: string): Int32Array {
  return vocabulary.numbers(text).filter((id) => id >= 0);
}

class DocumentBatch {
  readonly #words = new NumberList();
  readonly #starts: number[] = [0];

  get isFull(): boolean {
    return this.#words.length >= BATCH;
  }

  get isEmpty(): boolean {
    return this.#starts.length === 1;
  }

  add(words: Int32Array): void {
    this.#words.reserve(words.length);
    this.#words.values.set(words, this.#words.length);
    this.#words.length += words.length;
    this.#starts.push(this.#words.length);
  }

  async codes(synapses: Synapses, active: number, work: KernelWork): Promise<Uint32Array> {
    const bags = { words: this.#words.taken.slice(), starts: Uint32Array.from(this.#starts) };
    this.#starts.length = 1;
    const indices = allocated(Uint32Array, bags.starts.length - 1, active, 'codes');
    await work.run(bagCall(bags, synapses, synapses.context, active, indices));
    return indices;
  }
}

/** Codes of the documents of an iterable or async iterable of strings. */
export async function documentCodes<Form extends CodeForm>(
  texts: Iterable<string> | AsyncIterable<string>,
  vocabulary: Vocabulary,
  synapses: Synapses,
  { active, form, threads, signal }: CodeSettings,
): Promise<DocumentCodes<Form>> {
  const work = new KernelWork(threads, signal);
  const batch = new DocumentBatch();
  const ids: number[] = [];
  const parts: Uint32Array[] = [];
  let id = 0;
  for await (const text of texts) {
    if (typeof text !== 'string') throw wrongKind(`texts[${id}]`, 'a string', text);
    const words = knownWords(vocabulary, text);
    if (words.length > 0) {
      batch.add(words);
      ids.push(id);
    }
    id++;
    if (batch.isFull) parts.push(await batch.codes(synapses, active, work));
    await work.rest();
  }
  if (!batch.isEmpty) parts.push(await batch.codes(synapses, active, work));
  const indices = allocated(Uint32Array, ids.length, active, 'codes');
  let at = 0;
  for (const part of parts) {
    indices.set(part, at);
    at += part.length;
  }
  const codes = SparseCodes.written(indices, { units: synapses.units, active });
  return { codes: inForm<Form>(codes, form), ids: Uint32Array.from(ids) };
}
