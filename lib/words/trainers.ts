/** The trainers of BioWord by their names: whoever adds one writes a module and a line here. */

import { TYPES } from './types-trainer.ts';
import { EM } from './window-em.ts';
import { SGD } from './window-sgd.ts';
import type { WordTrainerKind } from './word-trainer.ts';

/** Names of trainers. */
export type WordTrainerName = 'types' | 'em' | 'sgd';

export const TRAINERS: Readonly<Record<WordTrainerName, WordTrainerKind>> = {
  types: TYPES,
  em: EM,
  sgd: SGD,
};

export const TRAINER_NAMES: readonly WordTrainerName[] = ['types', 'em', 'sgd'];
