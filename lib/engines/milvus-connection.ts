/**
 * Calls of the official SDK of Milvus, whose failures are of many kinds: promises that reject with errors or with
 * answers, and answers that hold a status. All come out as errors of this package that say what was tried.
 */

import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { type FlyhashError, wrongKind } from '../errors.ts';
import { engineFault, optionalPackage, textOf } from './engine-faults.ts';

/** A client of the package `@zilliz/milvus2-sdk-node`, or the address of a server such as 'localhost:19530'. */
export type MilvusServer = MilvusClient | string;

interface Status {
  readonly error_code?: string | number;
  readonly code?: number;
  readonly reason?: string;
}

/** Codes of gRPC: CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE. */
const ABSENT_CODES: readonly unknown[] = [1, 4, 14];
const ABSENT_TEXT = /UNAVAILABLE|DEADLINE_EXCEEDED|ECONNREFUSED|timeout|not (yet )?ready|closed/i;
const USUAL_TIMEOUT = 30_000;

/** The status of an answer, which may be the answer itself. */
function statusOf(answer: unknown): Status | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { status = answer } = answer as { status?: unknown };
  return typeof status === 'object' && status !== null && 'error_code' in status
    ? (status as Status)
    : undefined;
}

function isSuccess({ error_code, code = 0 }: Status): boolean {
  return code === 0 && (error_code === 'Success' || error_code === 0 || error_code === undefined);
}

function faultOf(what: string, cause: unknown): FlyhashError {
  const status = statusOf(cause);
  const text = status?.reason ?? textOf(cause);
  const isAbsent =
    ABSENT_CODES.includes((cause as { code?: unknown })?.code) || ABSENT_TEXT.test(text);
  const named = status === undefined ? cause : new Error(text, { cause });
  return engineFault(what, isAbsent ? 'ERR_UNREACHABLE' : 'ERR_ENGINE', named);
}

/** What a call answers, once its status says success. */
export async function answered<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await call();
  } catch (cause) {
    throw faultOf(what, cause);
  }
  const status = statusOf(answer);
  if (status !== undefined && !isSuccess(status)) throw faultOf(what, answer);
  return answer;
}

/** A client that is connected, and whether it is ours to close. */
export interface MilvusConnection {
  readonly client: MilvusClient;
  readonly isOwn: boolean;
}

function isClient(server: MilvusServer): server is MilvusClient {
  const { describeCollection, upsert } = (server ?? {}) as Partial<MilvusClient>;
  return typeof describeCollection === 'function' && typeof upsert === 'function';
}

/** A connection to a server, or through a client of the caller. */
export async function connected(server: MilvusServer): Promise<MilvusConnection> {
  if (typeof server !== 'string' && !isClient(server)) {
    throw wrongKind('server', 'a MilvusClient or an address', server);
  }
  const isOwn = typeof server === 'string';
  const client = isOwn ? await newClient(server) : server;
  try {
    await answered('connecting to Milvus', async () => client.connectPromise);
  } catch (error) {
    if (isOwn) await client.closeConnection();
    throw error;
  }
  return { client, isOwn };
}

async function newClient(address: string): Promise<MilvusClient> {
  const name = '@zilliz/milvus2-sdk-node';
  const sdk = await optionalPackage(name, () => import('@zilliz/milvus2-sdk-node'));
  return new sdk.MilvusClient({ address, timeout: USUAL_TIMEOUT, logLevel: 'error' });
}
