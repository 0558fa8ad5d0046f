// What shared-index.test.ts runs in a process of its own, so that a crash is an exit status and not the end of the
// test run: `node shared-indexes.mjs SCENARIO INDEX [FILE]`. Prints "done" when all was as it must be.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { answer, filledIndex, INDEX_CASES, NEIGHBORS, QUERIES } from './index-cases.mjs';

const [scenario, name, file] = process.argv.slice(2);
const { kind, items } = INDEX_CASES[name];
const ROUNDS = Math.ceil(Number(process.env.FLYHASH_TEST_RUNS ?? 400) / 100);

/** A worker, its first message, and the answers that it sends at its end, which may come right after. */
function started(script, data) {
  const worker = new Worker(new URL(script, import.meta.url), { workerData: { name, ...data } });
  const answers = new Promise((resolve, reject) => {
    worker.on('message', (message) => Array.isArray(message) && resolve(message));
    worker.on('error', reject);
  });
  return { worker, first: once(worker, 'message'), answers };
}

async function answersOf({ first, answers }) {
  assert.equal((await first)[0], 'open');
  return answers;
}

/** The owner and its workers search one memory; the owner and one worker write meanwhile, which nobody else sees. */
async function together() {
  const index = filledIndex(name);
  const shared = index.share();
  const expected = await answer(name, index);
  const workers = [1, 2, 3].map(() => started('./search-shared.mjs', { shared, times: 20 }));
  const changing = started('./search-shared.mjs', { shared, times: 3, changes: true });
  const opened = Promise.all(workers.map(answersOf));
  const changed = answersOf(changing);
  for (let i = 0; i < 20; i++) {
    index.remove([...index.keys()].slice(0, 20));
    index.add(
      items(30, 10 + i),
      Array.from({ length: 30 }, (_, j) => `own ${i} ${j}`),
    );
    await answer(name, index);
  }
  for (const answers of await opened) assert.deepEqual(answers, [expected]);
  const [other, ...more] = await changed;
  assert.deepEqual(more, []);
  assert.notEqual(other, expected);
  assert.notEqual(await answer(name, index), expected);
  assert.equal(await answer(name, kind.fromShared(shared)), expected);
}

/** Workers end in mid-search; what the others find stays the same. */
async function terminated() {
  const shared = filledIndex(name).share();
  const expected = await answer(name, kind.fromShared(shared));
  const staying = started('./search-shared.mjs', { shared, times: 5 * ROUNDS });
  const answers = answersOf(staying);
  for (let i = 0; i < 2 * ROUNDS; i++) {
    const { worker, first } = started('./search-shared.mjs', { shared, times: 1e9 });
    await first;
    await new Promise((resolve) => setTimeout(resolve, i));
    assert.equal(await worker.terminate(), 1);
    assert.equal(await answer(name, kind.fromShared(shared)), expected);
  }
  assert.deepEqual(await answers, [expected]);
}

/** Whatever is found in memory that changes all the time, places and ids are within their bounds. */
function checkBounds(found, rows) {
  assert.equal(found.ids.length, QUERIES * NEIGHBORS);
  for (const id of found.ids) assert.ok(id === 0xffffffff || id < rows);
  for (const count of found.counts) assert.ok(count <= NEIGHBORS);
}

async function searchHostile(index) {
  const { rows } = index;
  const queries = items(QUERIES, 2);
  const filter = (_key, id) => id % 3 !== 0;
  checkBounds(index.search(queries, NEIGHBORS, { threads: 2 }), rows);
  checkBounds(index.search(queries, NEIGHBORS, { filter }), rows);
  checkBounds(await index.searchAsync(queries, NEIGHBORS, { threads: 2 }), rows);
  checkBounds(await index.searchAsync(queries, NEIGHBORS, { filter }), rows);
  const keys = [...index.keys()];
  for (const key of keys.slice(0, 50)) index.get(key);
  index.toBytes();
  index.remove(keys.slice(0, 10));
  index.add(
    items(20, 3),
    Array.from({ length: 20 }, (_, i) => `new ${i}`),
  );
  checkBounds(index.search(queries, NEIGHBORS), index.rows);
}

/** Errors that opening memory which makes no sense may give. */
function isTyped(error) {
  return ['FlyhashError', 'RangeError', 'TypeError'].includes(error.name);
}

/** Another thread writes to the memory while it is opened and searched: wrong answers, typed errors, no crash. */
async function hostile() {
  const outcomes = { searched: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const shared = filledIndex(name).share();
    const open = [1, 2, 3, 4].map(() => kind.fromShared(shared));
    const { worker, first } = started('./flip-bits.mjs', { shared, seed: round });
    await first;
    for (let i = 0; i < 8; i++) {
      try {
        await searchHostile(open.pop() ?? kind.fromShared(shared));
        outcomes.searched++;
      } catch (error) {
        if (!isTyped(error)) throw error;
        outcomes.refused++;
      }
    }
    await worker.terminate();
  }
  assert.ok(outcomes.searched > 0, JSON.stringify(outcomes));
}

/**
 * This process loads the file, shares what it holds with two workers, and answers with them as the process that saved
 * it. Node cannot hand a SharedArrayBuffer to another process: each process has one, of the one file.
 */
async function loaded() {
  const index = await kind.load(file);
  const shared = index.share();
  const workers = [1, 2].map(() => started('./search-shared.mjs', { shared, times: 2 }));
  const answers = Promise.all(workers.map(answersOf));
  for (let i = 0; i < 3; i++) console.log(await answer(name, index));
  for (const each of await answers) console.log(each.join());
}

await { together, terminated, hostile, loaded }[scenario]();
console.log('done');
