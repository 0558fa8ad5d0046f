/** What a BioWord is made of, and how it is stored: its vocabulary, its synapses, and how they were learnt. */

import {
  corrupt,
  type Facts,
  nestedParts,
  PARTS,
  type Parts,
  type PartsReader,
} from '../files/parts.ts';
import { MAX_UNITS } from '../hash/connections.ts';
import { MOST_RADIUS } from './cooccurrences.ts';
import { emptyTable, type Synapses, strideOf } from './synapses.ts';
import { TRAINER_NAMES, type WordTrainerName } from './trainers.ts';
import { Vocabulary } from './vocabulary.ts';

/** The model; nobody writes to it. */
export interface WordModel {
  readonly vocabulary: Vocabulary;
  readonly synapses: Synapses;
  readonly trainer: WordTrainerName;
  readonly units: number;
  readonly active: number;
  readonly window: number;
  readonly seed: number;
  /** The settings of the trainer, and what it told. */
  readonly training: Facts;
}

const TARGET = 'target';
const CONTEXT = 'context';

/** A table without the columns that no unit has. */
function packed(table: Int16Array, words: number, units: number): Int16Array {
  const stride = strideOf(units);
  if (stride === units) return table.subarray(0, words * units);
  const rows = new Int16Array(words * units);
  for (let word = 0; word < words; word++) {
    rows.set(table.subarray(word * stride, word * stride + units), word * units);
  }
  return rows;
}

function unpacked(rows: Int16Array, words: number, units: number): Int16Array {
  const table = emptyTable(words, units);
  const stride = strideOf(units);
  for (let word = 0; word < words; word++) {
    table.set(rows.subarray(word * units, (word + 1) * units), word * stride);
  }
  return table;
}

/** The parts of a model in a file. */
export function modelParts(model: WordModel): Parts {
  const { vocabulary, synapses, trainer, units, active, window, seed, training } = model;
  const { words, scale, target, context } = synapses;
  const nested = nestedParts('vocabulary', vocabulary[PARTS]());
  const tables = [{ name: TARGET, shape: [words, units], data: packed(target, words, units) }];
  if (context !== target) {
    tables.push({ name: CONTEXT, shape: [words, units], data: packed(context, words, units) });
  }
  return {
    kind: 'BioWord',
    parameters: { units, active, window, trainer, seed, scale, training, ...nested.parameters },
    tensors: [...nested.tensors, ...tables],
  };
}

function readSynapses(reader: PartsReader, words: number, units: number): Synapses {
  const scale = reader.number('scale');
  if (!(scale > 0)) throw corrupt('scale', 'above 0', scale);
  const read = (name: string): Int16Array =>
    unpacked(reader.tensor(name, Int16Array, [words, units]), words, units);
  const target = read(TARGET);
  const context = reader.has(CONTEXT) ? read(CONTEXT) : target;
  return { words, units, scale, target, context };
}

/** The model in a file. */
export function readModel(reader: PartsReader): WordModel {
  reader.expectKind('BioWord');
  const units = reader.integer('units', 1, MAX_UNITS);
  const active = reader.integer('active', 1, units);
  const window = reader.integer('window', 3, 2 * MOST_RADIUS + 1);
  if (window % 2 === 0) throw corrupt('window', 'an odd number', window);
  const trainer = reader.oneOf('trainer', TRAINER_NAMES);
  const seed = reader.integer('seed', 0, Number.MAX_SAFE_INTEGER);
  const training = reader.facts('training');
  const vocabulary = Vocabulary.fromParts(reader.nested('vocabulary'));
  const synapses = readSynapses(reader, vocabulary.size, units);
  reader.end();
  return { vocabulary, synapses, trainer, units, active, window, seed, training };
}
