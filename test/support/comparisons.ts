/** Comparisons that were never measured: results that a test makes up, to see what is made of them. */

import type {
  Comparison,
  ComparisonResult,
  ComparisonSettings,
} from '../../lib/evaluate/comparison.ts';

/** A made-up result: what is not given is the same for all. */
export interface MadeUpResult {
  readonly method: string;
  readonly bytes: number;
  /** Bytes asked for; default all of them. */
  readonly size?: number;
  readonly recall: number;
  /** Recall at each shortlist of the settings. */
  readonly reranked?: readonly number[];
  readonly queriesPerSecond?: number;
}

const SETTINGS: ComparisonSettings = {
  ...{ title: 'made up', rows: 12_345, queries: 200, dim: 96, k: 10, metric: 'cosine', seed: 3 },
  ...{ shortlists: [50, 100, 400], threads: 1, batch: 200, repeats: 5 },
  ...{ backend: 'native', isa: 'avx2', exactQueriesPerSecond: 1000 },
};

export function madeUp(
  results: readonly MadeUpResult[],
  settings: Partial<ComparisonSettings> = {},
): Comparison {
  const all = { ...SETTINGS, ...settings };
  return { settings: all, results: results.map((each) => resultOf(each, all)), skipped: [] };
}

function resultOf(made: MadeUpResult, { shortlists, dim }: ComparisonSettings): ComparisonResult {
  const { method, bytes, recall, queriesPerSecond = 50_000 } = made;
  return {
    ...{
      method,
      bytes,
      recall,
      size: made.size ?? bytes,
      bits: 8 * bytes,
      bytesWithVectors: bytes + 4 * dim,
    },
    parameters: { made: 'up' },
    search: 'HammingIndex',
    trainingSeconds: 0.125,
    vectorsPerSecond: 1_234_567,
    queriesPerSecond,
    reranked: shortlists.map((shortlist, i) => ({
      ...{ shortlist, recall: made.reranked?.[i] ?? recall },
      queriesPerSecond: queriesPerSecond / (i + 2),
    })),
  };
}
