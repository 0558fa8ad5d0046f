/**
 * The first bytes of an .npy file (format version 1; numpy.lib.format). Always 128 of them, so that a file whose rows are
 * counted while it is written gets its true header at the end, and is the same as one whose rows were known.
 */

/** Bytes of the header. */
export const NPY_HEADER_BYTES: number = 128;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** The header of rows x width numbers, whose kind is named as numpy does, such as '<f4'. */
export function npyHeader(descr: string, rows: number, width: number): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const text = `${dict.padEnd(NPY_HEADER_BYTES - MAGIC.length - 3)}\n`;
  const bytes = new Uint8Array(NPY_HEADER_BYTES);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(MAGIC.length, text.length, true);
  bytes.set(new TextEncoder().encode(text), MAGIC.length + 2);
  return bytes;
}
