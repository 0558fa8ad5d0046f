/** Which codes of a BioWord are wanted: how many units are active, and in what form. */

import { checkInteger, checkOneOf, checkOptions, checkSignal, checkThreads } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { checkWindow } from './bio-word-options.ts';

/** The active units of a code, or one bit for each unit. */
export type CodeForm = 'sparse' | 'bits';

/** Codes in a form. */
export type CodesOf<Form extends CodeForm> = Form extends 'bits' ? BitCodes : SparseCodes;

/** Options of {@link BioWord.nearest} and the like. */
export interface ActiveOptions {
  /** Active units of the codes, 1 to units; default: those of the model. */
  active?: number;
}

/** Options of {@link BioWord.vector} and {@link BioWord.codes}. */
export interface WordCodeOptions<Form extends CodeForm = 'sparse'> extends ActiveOptions {
  /** 'sparse', the default, for SparseCodes, 'bits' for BitCodes. */
  form?: Form;
}

/** Options of {@link BioWord.nearestInContext}. */
export interface ContextOptions extends ActiveOptions {
  /** How often the word itself counts beside the words around it: 0, the default, to 1000. */
  targetWeight?: number;
  /** Words around it that count, itself included: an odd number from 3 on; default: all that are given. */
  window?: number;
}

/** Options of {@link BioWord.contextVector}. */
export interface ContextCodeOptions<Form extends CodeForm = 'sparse'> extends ContextOptions {
  /** 'sparse', the default, for SparseCodes, 'bits' for BitCodes. */
  form?: Form;
}

/** Options of {@link BioWord.documents}. */
export interface DocumentsOptions<Form extends CodeForm = 'sparse'> extends WordCodeOptions<Form> {
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
}

const FORMS: readonly CodeForm[] = ['sparse', 'bits'];
const MOST_WEIGHT = 1000;

/** Checked options of any of these. */
export interface CodeSettings {
  readonly active: number;
  readonly form: CodeForm;
  readonly targetWeight: number;
  /** Words on either side; infinite for all. */
  readonly radius: number;
  readonly threads: number | undefined;
  readonly signal: AbortSignal | undefined;
}

type AnyOptions = ContextCodeOptions<CodeForm> & DocumentsOptions<CodeForm>;

/** What a model is asked for unless another thing is said. */
export interface CodeSizes {
  readonly units: number;
  readonly active: number;
}

/** Checks options, of which only some keys may be there. */
export function checkCodes(
  options: AnyOptions,
  { units, active }: CodeSizes,
  keys: readonly (keyof AnyOptions)[],
): CodeSettings {
  checkOptions(options, 'options', keys);
  const { form = 'sparse', targetWeight = 0, window, threads } = options;
  return {
    active: checkInteger(options.active ?? active, 'active', 1, units),
    form: checkOneOf(form, 'form', FORMS),
    targetWeight: checkInteger(targetWeight, 'targetWeight', 0, MOST_WEIGHT),
    radius: window === undefined ? Number.POSITIVE_INFINITY : (checkWindow(window) - 1) / 2,
    threads: threads === undefined ? undefined : checkThreads(threads, 1),
    signal: checkSignal(options.signal),
  };
}

/** Codes in the form that was asked for. */
export function inForm<Form extends CodeForm>(codes: SparseCodes, form: CodeForm): CodesOf<Form> {
  return (form === 'bits' ? codes.toBitCodes() : codes) as CodesOf<Form>;
}
