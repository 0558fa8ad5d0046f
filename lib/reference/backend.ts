/**
 * The reference as a Backend: the oracles on the calling thread, in pure TypeScript, also in a browser. They
 * are the specification; asynchronous calls give the event loop a turn before each call.
 */

import type { Backend, KernelCall, Kernels, Running } from '../backend/kernels.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { bucketKeys, bucketSearch, bucketSort } from './buckets.ts';
import {
  competitionDeltas,
  competitionPrepare,
  competitionRanks,
  competitionSums,
  competitionValues,
  competitionWinners,
} from './competition.ts';
import { cooccurrenceCounts, cooccurrencePlaces } from './cooccurrences.ts';
import { dotDistances, dotNeighbors } from './dot.ts';
import { flyPseudoSigns, flySigns, flyValues, flyWinners } from './fly.ts';
import { gramMatrix } from './gram.ts';
import {
  hammingAlignment,
  hammingDeinterleave,
  hammingDistances,
  hammingInterleave,
  hammingRange,
  hammingSearch,
} from './hamming.ts';
import { hammingJoin, hammingJoinGather, hammingJoinTables } from './hamming-join.ts';
import { postingsBitmapsSearch, postingsSearch } from './postings.ts';
import { projectionSigns, projectionValues } from './projection.ts';
import { rerankBytes, rerankFloats } from './rerank.ts';
import { rotationSigns, rotationValues } from './rotation.ts';
import { shortlistRefine, shortlistScan } from './shortlist.ts';
import { signCodes } from './sign.ts';
import { sparseProduct } from './sparse-product.ts';
import { topK } from './top-k.ts';
import {
  windowsCodes,
  windowsCounts,
  windowsGroupWinners,
  windowsOrder,
  windowsSums,
  windowsWinners,
} from './windows.ts';
import {
  windowsLearningMoves,
  windowsLearningSteps,
  windowsLearningWinners,
} from './windows-learning.ts';

/** Every kernel's oracle. */
export const referenceKernels: Kernels = {
  signCodes,
  projectionSigns,
  projectionValues,
  rotationSigns,
  rotationValues,
  dotDistances,
  dotNeighbors,
  flyWinners,
  flySigns,
  flyPseudoSigns,
  flyValues,
  topK,
  hammingAlignment,
  hammingInterleave,
  hammingDeinterleave,
  hammingDistances,
  hammingSearch,
  shortlistScan,
  shortlistRefine,
  rerankFloats,
  rerankBytes,
  hammingRange,
  bucketKeys,
  bucketSort,
  bucketSearch,
  competitionPrepare,
  competitionRanks,
  competitionWinners,
  competitionValues,
  competitionSums,
  competitionDeltas,
  postingsSearch,
  postingsBitmapsSearch,
  hammingJoinGather,
  hammingJoinTables,
  hammingJoin,
  cooccurrencePlaces,
  cooccurrenceCounts,
  sparseProduct,
  gramMatrix,
  windowsWinners,
  windowsOrder,
  windowsGroupWinners,
  windowsCounts,
  windowsSums,
  windowsCodes,
  windowsLearningWinners,
  windowsLearningSteps,
  windowsLearningMoves,
};

const CHUNK_BYTES = 1 << 13;

export class ReferenceBackend implements Backend {
  readonly kind = 'reference';
  readonly isa = 'reference';
  readonly file = undefined;
  readonly threads = 1;
  readonly chunkBytes = CHUNK_BYTES;
  readonly reason: string | undefined;

  constructor(reason?: string) {
    this.reason = reason;
  }

  run(call: KernelCall, _threads: number): number {
    const kernel = referenceKernels[call.name] as (...args: readonly unknown[]) => number;
    return kernel(...call.args);
  }

  start(call: KernelCall, threads: number): Running {
    let stopped = false;
    let finished = false;
    const result = eventLoopTurn().then(() => {
      const value = stopped ? undefined : this.run(call, threads);
      finished = true;
      return value;
    });
    const stop = (): void => {
      stopped = true;
    };
    return { result, stop, progress: () => (finished ? 1 : 0) };
  }
}
