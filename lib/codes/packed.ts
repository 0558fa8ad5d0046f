// What BitCodes and SparseCodes share: rows of equal width packed one after the other in one typed array.
// Promises that a malformed array, row number or range is named in the error.

/** Throws TypeError when array is not of the given kind, RangeError when its buffer is detached. */
export function checkTypedArray<Kind>(
  name: string,
  array: unknown,
  kind: { new (...parameters: never[]): Kind; readonly name: string },
): asserts array is Kind {
  if (!(array instanceof kind))
    throw new TypeError(`${name} must be a ${kind.name}, got ${kindOf(array)}`);
  const { buffer, length } = array as unknown as Uint8Array;
  if (length === 0 && isDetached(buffer)) {
    throw new RangeError(`${name} must have a live buffer, got a detached one`);
  }
}

/** Throws unless value is an integer of at least 1. */
export function checkPositiveInteger(name: string, value: unknown): asserts value is number {
  if (typeof value !== 'number')
    throw new TypeError(`${name} must be a number, got ${kindOf(value)}`);
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(`${name} must be an integer of at least 1, got ${value}`);
  }
}

/** Throws unless i names one of the rows. */
export function checkRow(i: number, rows: number): void {
  if (!(Number.isInteger(i) && i >= 0 && i < rows)) {
    throw new RangeError(`row must be an integer in 0 .. ${rows - 1}, got ${String(i)}`);
  }
}

/** How many rows of the given width an array of that length holds; RangeError when the last is cut short. */
export function rowsOf(name: string, length: number, width: number, unit: string): number {
  if (length % width !== 0) {
    throw new RangeError(`${name} must be whole rows of ${width} ${unit}, got length ${length}`);
  }
  return length / width;
}

/** The range of rows that Array.slice(a, b) takes from that many. */
export function sliceBounds(a: number, b: number, rows: number): readonly [number, number] {
  const bound = (value: number): number => {
    const whole = Math.trunc(value) || 0;
    return whole < 0 ? Math.max(rows + whole, 0) : Math.min(whole, rows);
  };
  const from = bound(a);
  return [from, Math.max(from, bound(b))];
}

/** Whether two arrays of equal length hold equal elements. */
export function sameElements(a: Uint8Array | Uint32Array, b: Uint8Array | Uint32Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).length !== buffer.byteLength;
  } catch {
    return true; // a view of a detached buffer cannot be made
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
}
