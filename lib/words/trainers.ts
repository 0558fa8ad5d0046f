/** The trainers of BioWord by their names: whoever adds one writes a module and a line here. */

import { TYPES } from './types-trainer.ts';
import type { WordTrainerKind } from './word-trainer.ts';

/** Names of trainers. */
export type WordTrainerName = 'types';

export const TRAINERS: Readonly<Record<WordTrainerName, WordTrainerKind>> = { types: TYPES };

export const TRAINER_NAMES: readonly WordTrainerName[] = ['types'];
