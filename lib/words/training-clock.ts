/** What a training tells of its progress: how far a stage is, how fast it goes, and how long it will still take. */

import type { WordTrainingProgress } from './bio-word-options.ts';
import type { TrainingStage } from './word-trainer.ts';

/** Stages whose steps are tokens. */
const OF_TOKENS: readonly TrainingStage[] = ['reading', 'counting', 'streaming'];

export class TrainingClock {
  readonly #onProgress: ((progress: WordTrainingProgress) => void) | undefined;
  #stage: TrainingStage | undefined;
  #start = 0;
  #first = 0;

  constructor(onProgress: ((progress: WordTrainingProgress) => void) | undefined) {
    this.#onProgress = onProgress;
  }

  /** Stages begin when they are first told of, or with `done` = 0. */
  tell(stage: TrainingStage, done: number, total: number | undefined): void {
    if (this.#onProgress === undefined) return;
    const now = performance.now();
    if (this.#stage !== stage) [this.#stage, this.#start, this.#first] = [stage, now, done];
    const seconds = (now - this.#start) / 1000;
    const steps = done - this.#first;
    const speed = steps > 0 && seconds > 0 ? steps / seconds : undefined;
    this.#onProgress({
      ...{ stage, done, total },
      tokensPerSecond: OF_TOKENS.includes(stage) ? speed : undefined,
      secondsLeft: total === undefined || speed === undefined ? undefined : (total - done) / speed,
    });
  }
}
