/**
 * A whole training of competing units, from vectors as they come to weights and a report: the passes over the
 * vectors, their mean, the prepared rows, and the trainer that was asked for. What fails leaves nothing behind.
 */

import { wrongValue } from '../errors.ts';
import type { Vectors } from '../vectors.ts';
import type { BioReport } from './bio-report.ts';
import type { TrainingSettings } from './bio-training.ts';
import { type Trained, type TrainingStep, trainEm, type UnitState } from './em-trainer.ts';
import { KernelWork } from './kernel-work.ts';
import { trainSgd } from './sgd-trainer.ts';
import { meanOf, type TrainingRows, trainingRows } from './training-rows.ts';
import type { VectorStream } from './vector-batches.ts';
import { passesOver, type VectorPasses } from './vector-passes.ts';

/** Units that have learnt. */
export interface TrainedUnits {
  readonly mean: Float32Array;
  readonly state: UnitState;
  readonly report: BioReport;
}

/** A step of a training with the mean of its vectors. */
export type OnUnits = (step: TrainingStep, mean: Float32Array) => void;

/** Chunks of the backend that are read at a time. */
const READ_CHUNKS = 4;

async function learn(
  passes: VectorPasses,
  settings: TrainingSettings,
  work: KernelWork,
  onStep: OnUnits,
): Promise<TrainedUnits> {
  const { units, center, unitLength } = settings;
  const { rows, mean } = await meanOf(passes, center, work);
  if (rows < units) throw wrongValue('vectors', `at least units = ${units} vectors`, rows);
  const shuffle = settings.shuffle ?? passes.isMemory;
  if (shuffle && !passes.isMemory) throw wrongValue('shuffle', 'false for a stream', shuffle);
  const prepared = await trainingRows(passes, rows, { mean, unitLength }, work);
  const trained = await trainOn(prepared, { ...settings, shuffle }, work, (step) =>
    onStep(step, mean),
  );
  return { ...trained, mean };
}

function trainOn(
  rows: TrainingRows,
  settings: TrainingSettings & { readonly shuffle: boolean },
  work: KernelWork,
  onStep: (step: TrainingStep) => void,
): Promise<Trained> {
  if (settings.trainer === 'em') return trainEm({ rows, settings, work, onStep });
  return trainSgd({ rows, settings, work, onStep });
}

/** Trains units on vectors. Progress is told after each iteration; the last of them is the total. */
export async function trainUnits(
  vectors: Vectors | VectorStream,
  settings: TrainingSettings,
  onUnits: OnUnits = () => {},
): Promise<TrainedUnits> {
  const { dim, threads, signal, onProgress } = settings;
  const work = new KernelWork(threads, signal);
  const runRows = (width: number): number => work.rowsOf(READ_CHUNKS, width);
  const passes = passesOver(vectors, { dim, runRows, signal });
  let last = { done: 0, total: 0 };
  const onStep: OnUnits = (step, mean) => {
    last = { done: step.done, total: step.total };
    onUnits(step, mean);
    onProgress?.(last);
    signal?.throwIfAborted();
  };
  try {
    const trained = await learn(passes, settings, work, onStep);
    if (last.done < last.total) onProgress?.({ done: last.total, total: last.total });
    signal?.throwIfAborted();
    return trained;
  } finally {
    await passes.close();
  }
}
