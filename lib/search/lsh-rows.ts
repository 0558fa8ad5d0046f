/** What an index of hash tables takes: codes, and beside them what their buckets are told by. */

import { checkOptions, checkTypedArray } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { checkPadding } from '../codes/packed.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import type { KeyLayout } from './lsh-keys.ts';

/** Codes to be added to an index of hash tables, or to be looked for in it. */
export interface LshRows {
  /** Codes of as many bits as the index has. */
  codes: BitCodes;
  /** For keys that are 'external', and only then: the keys' bits, rows x (tables x keyBits), table after table. */
  buckets?: BitCodes;
  /**
   * Of queries, where probes are directed, and only then: how far each bit that keys may come from is from turning
   * over, rows x bits (of codes, or of buckets), as `margins` of SimHash gives them. Their signs do not matter.
   */
  margins?: Float32Array;
}

/** Rows that were checked; margins are the index's own copy. */
export interface ReadyCodes {
  readonly rows: number;
  readonly codes: BitCodes;
  /** What keys are taken from: the codes themselves, unless keys are external. */
  readonly buckets: BitCodes;
  readonly margins: Float32Array | undefined;
}

/** What rows of an index must be. */
export interface RowsExpected {
  readonly bits: number;
  readonly layout: KeyLayout;
  readonly isExternal: boolean;
  /** Whether margins must be there. */
  readonly isDirected: boolean;
}

function checkCodes(codes: unknown, name: string, bits: number, like: string): BitCodes {
  if (!(codes instanceof BitCodes)) throw wrongKind(name, 'BitCodes', codes);
  if (codes.bits !== bits) {
    throw new RangeError(`${name} must have ${bits} bits, ${like}, got ${codes.bits}`);
  }
  if (codes.data.length !== codes.rows * codes.bytes) throw withoutMemory(name);
  checkPadding(codes.data, codes.bits, name); // the owner of adopted bytes may have written to them
  return codes;
}

function checkBuckets(
  buckets: BitCodes | undefined,
  codes: BitCodes,
  name: string,
  { layout, isExternal }: RowsExpected,
): BitCodes {
  if (!isExternal) {
    if (buckets === undefined) return codes;
    throw wrongKind(`${name}.buckets`, "absent, as the index's keys are not 'external'", buckets);
  }
  const like = 'tables x keyBits';
  const checked = checkCodes(buckets, `${name}.buckets`, layout.sourceBits, like);
  if (checked.rows === codes.rows) return checked;
  throw new RangeError(
    `${name}.buckets must have ${codes.rows} rows, as the codes, got ${checked.rows}`,
  );
}

function checkMargins(
  margins: Float32Array | undefined,
  rows: number,
  name: string,
  { layout, isDirected }: RowsExpected,
): Float32Array | undefined {
  if (!isDirected) {
    if (margins === undefined) return undefined;
    throw wrongKind(`${name}.margins`, 'absent, unless directed probes ask for them', margins);
  }
  checkTypedArray(margins, `${name}.margins`, Float32Array);
  const length = rows * layout.sourceBits;
  if (margins.length !== length) {
    throw new RangeError(
      `${name}.margins must have ${rows} rows of ${layout.sourceBits} numbers, got ${margins.length} numbers`,
    );
  }
  const bad = margins.findIndex((margin) => !Number.isFinite(margin));
  if (bad < 0) return margins.slice();
  const at = `[${Math.floor(bad / layout.sourceBits)}][${bad % layout.sourceBits}]`;
  throw new RangeError(`${name}.margins${at} must be finite, got ${margins[bad]}`);
}

/** Rows or queries, checked. */
export function readyRows(
  items: BitCodes | LshRows,
  name: string,
  expected: RowsExpected,
): ReadyCodes {
  const isBare = items instanceof BitCodes;
  if (!isBare && (typeof items !== 'object' || items === null)) {
    throw wrongKind(name, 'BitCodes, or an object that holds codes', items);
  }
  const given: LshRows = isBare ? { codes: items } : items;
  checkOptions(given, name, ['codes', 'buckets', 'margins']);
  const { codes: givenCodes, buckets: givenBuckets, margins: givenMargins } = given;
  const codesName = isBare ? name : `${name}.codes`;
  const codes = checkCodes(givenCodes, codesName, expected.bits, 'as the index');
  const buckets = checkBuckets(givenBuckets, codes, name, expected);
  const margins = checkMargins(givenMargins, codes.rows, name, expected);
  return { rows: codes.rows, codes, buckets, margins };
}
