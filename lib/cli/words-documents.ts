/**
 * Documents of `flyhash words eval`: JSON lines with a text and a label each, of which every fifth is told by naive Bayes over
 * the codes of the others. Documents without a word of the vocabulary have no code, and are told wrongly.
 */

import { SparseCodes } from '../codes/sparse-codes.ts';
import { FlyhashError, wrongValue } from '../errors.ts';
import { documentClasses, type LabelledCodes } from '../evaluate/document-classes.ts';
import type { BioWord } from '../words/bio-word.ts';
import { readText } from '../words/text.ts';
import type { EvalWordsOptions } from './words-options.ts';

/** One document in so many is tested. */
const SHARE = 5;

/** The documents of a file. */
export interface DocumentSet {
  readonly name: string;
  readonly texts: readonly string[];
  readonly labels: readonly string[];
}

/** A share of right answers, and of how many documents. */
export interface DocumentFigure {
  readonly value: number;
  readonly covered: number;
  readonly asked: number;
}

/** The lines of a text file, packed or not. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of readText(path)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function parsed(line: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new FlyhashError('ERR_CORRUPT_FILE', `${where} must be a JSON object, got another thing`);
}

/** Reads the documents of each file. */
export async function documentSets({
  documents = [],
  text = 'text',
  label = 'label',
}: EvalWordsOptions): Promise<DocumentSet[]> {
  const sets: DocumentSet[] = [];
  for (const path of documents) {
    const [texts, labels]: [string[], string[]] = [[], []];
    let number = 0;
    for await (const line of linesOf(path)) {
      number++;
      if (line.trim() === '') continue;
      const where = `${path}, line ${number}`;
      const { [text]: own, [label]: meant } = parsed(line, where);
      if (typeof own !== 'string') throw wrongValue(where, `an object with a string ${text}`, own);
      if (typeof meant !== 'string' && typeof meant !== 'number') {
        throw wrongValue(where, `an object with a string or number ${label}`, meant);
      }
      texts.push(own);
      labels.push(String(meant));
    }
    if (texts.length <= SHARE) throw wrongValue(path, 'more than five documents', texts.length);
    sets.push({
      name: path.replace(/^.*[\\/]/, '').replace(/\.jsonl?(\.gz)?$/, ''),
      texts,
      labels,
    });
  }
  return sets;
}

/** Those documents of which it is true whether they are tested. */
function part(
  { codes, ids }: { codes: SparseCodes; ids: Uint32Array },
  labels: readonly string[],
  isTested: boolean,
): LabelledCodes {
  const rows = Array.from(ids, (_, row) => row).filter(
    (row) => (ids[row] % SHARE === 0) === isTested,
  );
  const { units, active, indices } = codes;
  const own = new Uint32Array(rows.length * active);
  for (const [i, row] of rows.entries()) {
    own.set(indices.subarray(row * active, (row + 1) * active), i * active);
  }
  const chosen = SparseCodes.from(own, { units, active });
  return { codes: chosen, labels: rows.map((row) => labels[ids[row]]) };
}

/** How well the classes of every fifth document are told by codes of those that have one. */
export function classFigure(
  coded: { readonly codes: SparseCodes; readonly ids: Uint32Array },
  { texts, labels }: DocumentSet,
): DocumentFigure {
  const train = part(coded, labels, false);
  const { accuracy, tested } = documentClasses(train, part(coded, labels, true));
  const asked = Math.ceil(texts.length / SHARE);
  return { value: (accuracy * tested) / asked, covered: tested, asked };
}

/** The same by a model's codes. */
export async function documentFigure(
  model: BioWord,
  set: DocumentSet,
  active: number,
  signal: AbortSignal,
): Promise<DocumentFigure> {
  return classFigure(await model.documents(set.texts, { active, signal }), set);
}
