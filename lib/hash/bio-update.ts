/**
 * Online updates of units that have learnt: each batch that comes is a step of mini-batch k-means (Sculley 2010), in
 * which a unit weighs what it has seen against what it now won, or mini-batches of the paper's rule at a constant
 * rate. New weights are made beside the old ones, which hashes in flight go on reading.
 */

import { VectorSource, type Vectors } from '../vectors.ts';
import type { BioTrainer } from './bio-report.ts';
import type { BioAssignment } from './bio-training.ts';
import { RowSums } from './em-sums.ts';
import { EM_ACTIVATION, moveUnit, type UnitState } from './em-trainer.ts';
import type { KernelWork } from './kernel-work.ts';
import { forEachMiniBatch } from './mini-batches.ts';
import { type SgdRule, SgdSteps } from './sgd-trainer.ts';
import { PassingRows, type Preparation, type TrainingRows } from './training-rows.ts';
import { normOf, UnitPanels } from './unit-weights.ts';
import { MemoryPasses } from './vector-passes.ts';

/** How units go on learning: as they were trained. */
export interface UpdateRule extends SgdRule {
  readonly trainer: BioTrainer;
  readonly assignment: BioAssignment;
}

/** What an update needs besides the batch. */
export interface Update {
  readonly preparation: Preparation;
  readonly rule: UpdateRule;
  readonly work: KernelWork;
  /** Rows that are read at a time. */
  readonly runRows: (dim: number) => number;
}

/** The sum that a unit was made of, in the direction of its weights, with that of the rows that it won now. */
function continuedSum(
  sums: Float64Array,
  weights: Float32Array,
  length: number,
  assignment: BioAssignment,
): Float64Array {
  const scale = assignment === 'normalised' ? length : length / (normOf(weights) || 1);
  const continued = new Float64Array(sums.length);
  for (let i = 0; i < sums.length; i++) continued[i] = scale * weights[i] + sums[i];
  return continued;
}

async function kMeansStep(
  state: UnitState,
  rows: TrainingRows,
  { rule, work }: Update,
): Promise<UnitState> {
  const { dim } = rows;
  const units = state.lengths.length;
  const panels = new UnitPanels(state.weights, dim, EM_ACTIVATION);
  const { sums, wins } = await new RowSums(rows, units, rule.repulsion, work).look(panels);
  const weights = state.weights.slice();
  const lengths = state.lengths.slice();
  for (let unit = 0; unit < units; unit++) {
    if (wins[unit] === 0) continue;
    const [start, end] = [unit * dim, (unit + 1) * dim];
    const own = weights.subarray(start, end);
    const won = sums.subarray(start, end);
    const sum = continuedSum(won, own, lengths[unit], rule.assignment);
    const length = moveUnit(sum, rule.assignment, own);
    if (length > 0) lengths[unit] = length;
  }
  return { weights, lengths };
}

async function ruleSteps(
  state: UnitState,
  rows: TrainingRows,
  { rule, work }: Update,
): Promise<UnitState> {
  const steps = new SgdSteps(state.weights.slice(), rows.dim, rule, work);
  const { batchSize, rate } = rule;
  await forEachMiniBatch(rows, batchSize, undefined, (batch) => steps.step(batch, rate));
  return { weights: steps.weights, lengths: state.lengths };
}

/** The units after a batch of vectors, whose name is for errors. */
export async function updatedUnits(
  state: UnitState,
  batch: Vectors,
  name: string,
  update: Update,
): Promise<UnitState> {
  const { preparation, work, rule, runRows } = update;
  const source = new VectorSource(batch, preparation.mean.length, name);
  if (source.rows === 0) return state;
  const passes = new MemoryPasses(source, runRows);
  const rows = new PassingRows(passes, source.rows, preparation, work);
  return rule.trainer === 'em' ? kMeansStep(state, rows, update) : ruleSteps(state, rows, update);
}
