/** Arrow files through apache-arrow, an optional peer: a column of lists of fixed length of float32, and one of keys. */

import { wrongValue } from '../errors.ts';
import { packageNamed } from './optional-package.ts';
import type { VectorBlock } from './vector-block.ts';
import type { VectorEncoder, WrittenColumns } from './vector-encoders.ts';

type Library = typeof import('apache-arrow');

/** A block as a record batch. */
function batchOf(
  library: Library,
  { column, keyColumn }: WrittenColumns,
  { values, dim, rows, keys }: VectorBlock,
) {
  const {
    Field,
    FixedSizeList,
    Float32,
    Int64,
    makeData,
    RecordBatch,
    Schema,
    Struct,
    Utf8,
    vectorFromArray,
  } = library;
  const type = new FixedSizeList(dim, new Field('item', new Float32(), false));
  const child = makeData({
    type: new Float32(),
    data: values.slice(),
    length: values.length,
    nullCount: 0,
  });
  const vectors = makeData({ type, child, length: rows, nullCount: 0 });
  const isText = typeof keys?.[0] === 'string';
  const fields = [
    ...(keys === undefined ? [] : [new Field(keyColumn, isText ? new Utf8() : new Int64(), false)]),
    new Field(column, type, false),
  ];
  const named =
    keys === undefined
      ? []
      : isText
        ? vectorFromArray(keys.map(String), new Utf8()).data
        : vectorFromArray(
            keys.map((key) => BigInt(key)),
            new Int64(),
          ).data;
  const children = [...named, vectors];
  const schema = new Schema(fields);
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(fields), children, length: rows, nullCount: 0 }),
  );
}

/** An Arrow file in the making: a record batch a block. */
export async function arrowEncoder(columns: WrittenColumns): Promise<VectorEncoder> {
  const library = await packageNamed<Library>('apache-arrow');
  const writer = new library.RecordBatchFileWriter();
  const chunks = writer[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let isRunning = true;
  const reading = (async () => {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      pieces.push(next.value);
    isRunning = false;
  })();
  const taken = (): Uint8Array => Buffer.concat(pieces.splice(0));
  return {
    start: () => new Uint8Array(0),
    rows(block) {
      writer.write(batchOf(library, columns, block));
      return taken();
    },
    async end(rows) {
      if (rows === 0)
        throw wrongValue('vectors', 'at least one row for arrow, which stores dim', 0);
      writer.finish();
      if (isRunning) await reading;
      return { end: taken() };
    },
  };
}
