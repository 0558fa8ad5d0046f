/**
 * The model of a BioHash, and how it is stored: everything that hashing and going on to learn need.
 */

import type { Json, Parts, PartsReader } from '../files/parts.ts';
import { corrupt } from '../files/parts.ts';
import { MAX_DIM } from '../vectors.ts';
import { type BioReport, readReport, reportParameters, reportTensors } from './bio-report.ts';
import { BIO_ASSIGNMENTS, type TrainingSettings } from './bio-training.ts';
import type { UpdateRule } from './bio-update.ts';
import { MAX_UNITS } from './connections.ts';
import { EM_ACTIVATION, type UnitState } from './em-trainer.ts';
import { sgdActivation } from './sgd-trainer.ts';
import { MAX_POWER, UnitPanels } from './unit-weights.ts';

/** What a BioHash is made of; nobody writes to it. */
export interface BioModel {
  readonly units: number;
  readonly active: number;
  readonly seed: number;
  readonly rule: BioRule;
  readonly mean: Float32Array;
  readonly state: UnitState;
  readonly report: BioReport;
}

/** How the units learnt. */
export interface BioRule extends UpdateRule {
  readonly unitLength: boolean;
}

/** The weights as the kernels of codes read them. */
export function codePanels({ rule, state, mean }: BioModel): Float32Array {
  const activation = rule.trainer === 'em' ? EM_ACTIVATION : sgdActivation(rule);
  return new UnitPanels(state.weights, mean.length, activation).panels;
}

/** The model of a training. */
export function modelOf(
  { units, active, seed, ...settings }: TrainingSettings & { readonly active: number },
  { state, report, mean }: Pick<BioModel, 'state' | 'report' | 'mean'>,
): BioModel {
  const { trainer, assignment, unitLength, power, rank, repulsion, batchSize, rate } = settings;
  const rule = { trainer, assignment, unitLength, power, rank, repulsion, batchSize, rate };
  return { units, active, seed, rule, mean, state, report };
}

function checkFinite(value: number, name: string): number {
  if (value >= 0) return value;
  throw corrupt(name, 'at least 0', value);
}

function readRule(reader: PartsReader): Omit<BioRule, 'trainer'> {
  return {
    assignment: reader.oneOf('assignment', BIO_ASSIGNMENTS),
    unitLength: reader.boolean('unitLength'),
    power: reader.integer('power', 1, MAX_POWER),
    rank: reader.integer('rank', 2, MAX_UNITS),
    repulsion: checkFinite(reader.number('repulsion'), 'repulsion'),
    batchSize: reader.integer('batchSize', 1, 2 ** 20),
    rate: checkFinite(reader.number('rate'), 'rate'),
  };
}

/** The parts of a model in a file. */
export function bioParts({ units, active, seed, rule, mean, state, report }: BioModel): Parts {
  const dim = mean.length;
  const { trainer, ...rest } = rule;
  const own: Record<string, Json> = { dim, units, active, seed };
  const parameters = { ...own, ...reportParameters(report), ...rest };
  const [energies, wins] = reportTensors(report);
  const tensors = [
    energies,
    { name: 'lengths', shape: [units], data: state.lengths },
    wins,
    { name: 'mean', shape: [dim], data: mean },
    { name: 'weights', shape: [units, dim], data: state.weights },
  ];
  return { kind: 'BioHash', parameters, tensors };
}

/** The model in a file. */
export function readBio(reader: PartsReader): BioModel {
  reader.expectKind('BioHash');
  const dim = reader.integer('dim', 1, MAX_DIM);
  const units = reader.integer('units', 1, MAX_UNITS);
  const active = reader.integer('active', 1, units);
  const seed = reader.integer('seed', 0, Number.MAX_SAFE_INTEGER);
  const report = readReport(reader, units);
  const rule = { trainer: report.trainer, ...readRule(reader) };
  const lengths = reader.tensor('lengths', Float64Array, [units]);
  const bad = lengths.findIndex((length) => !(length >= 0 && length < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw corrupt('tensor lengths', `finite and at least 0 at ${bad}`, lengths[bad]);
  const mean = reader.finite('mean', [dim]);
  const weights = reader.finite('weights', [units, dim]);
  reader.end();
  return { units, active, seed, rule, mean, state: { weights, lengths }, report };
}
