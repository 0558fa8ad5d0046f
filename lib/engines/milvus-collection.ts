/**
 * The collection of an index in Milvus: made, indexed and loaded when it is not, and opened only as what it was made for,
 * which its description says.
 */

import type { FieldType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { wrongKind, wrongValue } from '../errors.ts';
import { commentOf, type EngineKind, expectComment } from './engine-comment.ts';
import type { EngineSettings } from './engine-index.ts';
import { answered } from './milvus-connection.ts';

/** What a collection is made for. */
export interface MilvusShape extends EngineKind {
  /** The type of the field `code`, and its dimension where the type has one. */
  readonly codeType: 'BinaryVector' | 'SparseFloatVector';
  readonly dim?: number;
  readonly index: { readonly type: string; readonly metric: string; readonly params: object };
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/** A name as Milvus takes it. */
export function checkName(value: unknown): string {
  if (typeof value !== 'string') throw wrongKind('name', 'a string', value);
  if (NAME.test(value)) return value;
  throw wrongValue('name', 'of 1 to 255 letters, digits and _, with no digit first', value);
}

function fieldsOf(
  { keys, vectorDim }: EngineSettings,
  { codeType, dim }: MilvusShape,
): FieldType[] {
  const key: FieldType =
    keys.kind === 'number'
      ? { name: 'key', data_type: 'Int64', is_primary_key: true }
      : { name: 'key', data_type: 'VarChar', is_primary_key: true, max_length: keys.mostBytes };
  const fields: FieldType[] = [
    key,
    { name: 'code', data_type: codeType, ...(dim === undefined ? {} : { dim }) },
    { name: 'payload', data_type: 'JSON' },
  ];
  if (vectorDim !== undefined)
    fields.push({ name: 'vector', data_type: 'FloatVector', dim: vectorDim });
  return fields;
}

async function hasIndex(client: MilvusClient, name: string, field: string): Promise<boolean> {
  // Without any index this is an error of its own, whose code differs between versions.
  const answer = await client.describeIndex({ collection_name: name }).catch(() => undefined);
  return (answer?.index_descriptions ?? []).some(({ field_name }) => field_name === field);
}

async function indexFields(
  client: MilvusClient,
  { name, vectorDim }: EngineSettings,
  { index }: MilvusShape,
): Promise<void> {
  const where = `collection ${name}`;
  const fields = [{ field: 'code', ...index }];
  if (vectorDim !== undefined)
    fields.push({ field: 'vector', type: 'FLAT', metric: 'L2', params: {} });
  for (const { field, type, metric, params } of fields) {
    if (await hasIndex(client, name, field)) continue;
    await answered(`indexing ${where}`, () =>
      client.createIndex({
        collection_name: name,
        field_name: field,
        index_type: type,
        metric_type: metric,
        params: { ...params },
      }),
    );
  }
}

/** Whether there is a collection, or an alias of one. */
async function isThere(client: MilvusClient, name: string): Promise<boolean> {
  const collection_name = name;
  const what = `opening collection ${name}`;
  const { value } = await answered(what, () => client.hasCollection({ collection_name }));
  if (!value) return false;
  // Milvus Lite says yes to every name, and describes nothing, over which the SDK stumbles.
  const described = client.describeCollection({ collection_name });
  return described.then(
    () => true,
    (error: unknown) => !(error instanceof TypeError),
  );
}

/** Opens the collection of an index; what an earlier program began to make is finished. */
export async function openCollection(
  client: MilvusClient,
  settings: EngineSettings,
  shape: MilvusShape,
): Promise<void> {
  const { name } = settings;
  const where = `collection ${name}`;
  const own = commentOf(settings, shape);
  const collection_name = name;
  if (!(await isThere(client, name))) {
    const fields = fieldsOf(settings, shape);
    await answered(`making ${where}`, () =>
      client.createCollection({ collection_name, description: own, fields }),
    );
  }
  const { schema } = await answered(`opening ${where}`, () =>
    client.describeCollection({ collection_name }),
  );
  expectComment(where, schema.description ?? null, own);
  await indexFields(client, settings, shape);
  await answered(`loading ${where}`, () => client.loadCollectionSync({ collection_name }));
}
