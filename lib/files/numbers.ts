/** The numbers that files hold, as float32: every kind has its name, its width, and a reader of one at an offset. */

/** A kind of number in a file. */
export interface NumberKind {
  readonly bytes: number;
  /** The number at a byte offset. */
  read(view: DataView, at: number, isLittle: boolean): number;
}

/** IEEE half precision. */
function half(view: DataView, at: number, isLittle: boolean): number {
  const bits = view.getUint16(at, isLittle);
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const kind = (bytes: number, read: NumberKind['read']): NumberKind => ({ bytes, read });

/** Kinds by numpy's names, without the byte order. */
export const NUMBER_KINDS: Readonly<Record<string, NumberKind>> = {
  f2: kind(2, half),
  f4: kind(4, (view, at, isLittle) => view.getFloat32(at, isLittle)),
  f8: kind(8, (view, at, isLittle) => view.getFloat64(at, isLittle)),
  i1: kind(1, (view, at) => view.getInt8(at)),
  i2: kind(2, (view, at, isLittle) => view.getInt16(at, isLittle)),
  i4: kind(4, (view, at, isLittle) => view.getInt32(at, isLittle)),
  i8: kind(8, (view, at, isLittle) => Number(view.getBigInt64(at, isLittle))),
  u1: kind(1, (view, at) => view.getUint8(at)),
  u2: kind(2, (view, at, isLittle) => view.getUint16(at, isLittle)),
  u4: kind(4, (view, at, isLittle) => view.getUint32(at, isLittle)),
  u8: kind(8, (view, at, isLittle) => Number(view.getBigUint64(at, isLittle))),
  b1: kind(1, (view, at) => (view.getUint8(at) === 0 ? 0 : 1)),
};

const IS_LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** All numbers of the bytes, which begin at offset 0 of their buffer. */
export function readNumbers(bytes: Uint8Array, own: NumberKind, isLittle: boolean): Float32Array {
  if (own === NUMBER_KINDS.f4 && isLittle === IS_LITTLE) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }
  if (own === NUMBER_KINDS.u1) return Float32Array.from(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float32Array(bytes.length / own.bytes);
  for (let i = 0; i < values.length; i++) values[i] = own.read(view, i * own.bytes, isLittle);
  return values;
}
