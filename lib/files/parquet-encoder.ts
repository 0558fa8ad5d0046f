/** Parquet through hyparquet-writer, an optional peer: a column of lists of float32, and one of keys where there are keys. */

import type { ParquetWriter } from 'hyparquet-writer';
import { packageNamed } from './optional-package.ts';
import type { VectorBlock } from './vector-block.ts';
import type { VectorEncoder, WrittenColumns } from './vector-encoders.ts';

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

/** The schema of a list of numbers (parquet-format, LogicalTypes.md, "Lists"), without nulls. */
function schemaOf(
  { column, keyColumn }: WrittenColumns,
  keys: VectorBlock['keys'],
): SchemaElement[] {
  const key: SchemaElement =
    typeof keys?.[0] === 'string'
      ? { name: keyColumn, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }
      : { name: keyColumn, type: 'INT64', repetition_type: 'REQUIRED' };
  return [
    { name: 'schema', num_children: keys === undefined ? 1 : 2 },
    ...(keys === undefined ? [] : [key]),
    {
      name: column,
      repetition_type: 'REQUIRED',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  ];
}

/** Parquet in the making: a row group a block. */
export async function parquetEncoder(columns: WrittenColumns): Promise<VectorEncoder> {
  const library = await packageNamed<typeof import('hyparquet-writer')>('hyparquet-writer');
  const bytes = new library.ByteWriter(1 << 20);
  /** What has come since the last time. */
  const taken = (): Uint8Array => {
    const copy = bytes.getBytes().slice();
    bytes.index = 0;
    return copy;
  };
  let writer: ParquetWriter | undefined;
  const begun = (keys: VectorBlock['keys']) => {
    writer ??= new library.ParquetWriter({
      writer: bytes,
      schema: schemaOf(columns, keys),
      createdBy: 'flyhash',
    });
    return writer;
  };
  return {
    start({ keys }) {
      begun(keys);
      return taken();
    },
    async rows({ values, dim, rows, keys }) {
      const vectors = Array.from({ length: rows }, (_, i) =>
        Array.from(values.subarray(i * dim, (i + 1) * dim)),
      );
      const isText = typeof keys?.[0] === 'string';
      const named = keys?.map((key) => (isText ? String(key) : BigInt(key)));
      const own = { name: columns.column, data: vectors };
      const columnData =
        named === undefined ? [own] : [{ name: columns.keyColumn, data: named }, own];
      await begun(keys).write({ columnData, rowGroupSize: rows });
      return taken();
    },
    async end() {
      await begun(undefined).finish();
      return { end: taken() };
    },
  };
}
