/**
 * Text with numbers: one row a line, cells between commas, semicolons, tabs or spaces, a separator at the end of a line
 * allowed. Only numbers are read, so nothing here knows of quotes: a first line of names is passed over, any other cell
 * that is no number is an error that names its row and column.
 */

import type { ByteReader } from './byte-reader.ts';
import { blockRows, type VectorBlock } from './vector-block.ts';

const LONGEST_LINE = 1 << 26;

/** The lines of a text file, with the offset of each one's first byte. */
export async function* readLines(
  reader: ByteReader,
): AsyncGenerator<{ readonly text: string; readonly offset: number }, void, undefined> {
  const decoder = new TextDecoder();
  let [rest, offset] = ['', 0];
  for (;;) {
    const bytes = await reader.some(1 << 16);
    rest += bytes.length === 0 ? decoder.decode() : decoder.decode(bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield { text: line.endsWith('\r') ? line.slice(0, -1) : line, offset };
      offset += Buffer.byteLength(line) + 1;
    }
    if (rest.length > LONGEST_LINE) throw reader.corrupt('the end of a line', 'more', offset);
    if (bytes.length === 0) break;
  }
  if (rest !== '') yield { text: rest, offset };
}

function cellsOf(line: string): string[] {
  const cells = line.trim().split(/\s*[,;\t]\s*|\s+/);
  if (cells.at(-1) === '') cells.pop();
  return cells;
}

const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));

/** The rows, block by block. */
export async function* readCsv(reader: ByteReader): AsyncGenerator<VectorBlock, void, undefined> {
  let [dim, row, line] = [0, 0, 0];
  let block: number[] = [];
  for await (const { text, offset } of readLines(reader)) {
    line++;
    const cells = cellsOf(text);
    if (cells.length === 0 || (row === 0 && line === 1 && !cells.some(isNumber))) continue;
    const wrong = cells.findIndex((cell) => !isNumber(cell));
    if (wrong >= 0) {
      const at = `row ${row}, column ${wrong} (line ${line})`;
      throw reader.corrupt(`a number at ${at}`, JSON.stringify(cells[wrong].slice(0, 40)), offset);
    }
    if (row > 0 && cells.length !== dim) {
      throw reader.corrupt(`${dim} numbers in line ${line}`, `${cells.length}`, offset);
    }
    dim = cells.length;
    row++;
    for (const cell of cells) block.push(Number(cell));
    if (block.length < blockRows(dim) * dim) continue;
    yield { dim, values: Float32Array.from(block) };
    block = [];
  }
  if (block.length > 0) yield { dim, values: Float32Array.from(block) };
}
