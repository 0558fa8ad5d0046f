/**
 * Decimal numbers of a text: read from bytes without making strings, where that is exact, and written as float32 in as
 * few digits as give the same float32 again. Reading gives what Number() gives, to the last bit: a whole number below
 * 2^53 times or by a power of ten up to 10^22, both exact in double, is rounded once (Clinger, "How to read floating
 * point numbers accurately", PLDI 1990); what is longer goes to Number() itself.
 */

const ZERO = 0x30;
const NINE = 0x39;
const MOST_MANTISSA = 2 ** 53 / 10 - 1;
const MOST_POWER = 22;
const POWERS = Float64Array.from({ length: MOST_POWER + 1 }, (_, i) => Number(`1e${i}`));
/** Numbers that ten digits behind the point, and three more, tell apart. */
const LEAST_COMMON = 1e-5;
const MOST_COMMON = 1e6;
const LEAST_SIX_DIGITS = 1e5;
/** Least float32 with all of its 24 bits. */
const LEAST_NORMAL = 2 ** -126;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number in bytes from start to end, rounded to a double; NaN where there is none. */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d;
  let at = isNegative ? start + 1 : start;
  let [mantissa, digits, decimals] = [0, 0, 0];
  let point = end;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte >= ZERO && byte <= NINE && mantissa <= MOST_MANTISSA) {
      mantissa = 10 * mantissa + (byte - ZERO);
      digits++;
      if (at > point) decimals++;
    } else if (byte === 0x2e && point === end) {
      point = at;
    } else {
      return parseLongDecimal(bytes, start, end);
    }
  }
  if (digits === 0 || decimals > MOST_POWER) return parseLongDecimal(bytes, start, end);
  const value = mantissa / POWERS[decimals];
  return isNegative ? -value : value;
}

/** The same for what has an exponent, a plus sign, very many digits, or is no number at all. */
function parseLongDecimal(bytes: Uint8Array, start: number, end: number): number {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** The shortest decimal that is that float32. */
export function shortestFloat32(value: number): string {
  const size = Math.abs(value);
  if (size < LEAST_COMMON || size >= MOST_COMMON) return shortestUncommon(value);
  let power = 0;
  while (size * POWERS[power] < LEAST_SIX_DIGITS) power++;
  for (; ; power++) {
    // Both parts are exact, so this is the double that the decimal stands for, and String gives the decimal.
    const decimal = Math.round(size * POWERS[power]) / POWERS[power];
    if (Math.fround(decimal) === size) return value < 0 ? `-${decimal}` : String(decimal);
  }
}

/** The same for numbers of any size, zeros and those below the normal ones too: five times as slow. */
function shortestUncommon(value: number): string {
  if (Object.is(value, -0)) return '-0';
  // Numbers below the normal ones have fewer digits than others.
  for (let digits = Math.abs(value) < LEAST_NORMAL ? 1 : 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return String(shorter);
  }
  return String(Number(value.toPrecision(9)));
}
