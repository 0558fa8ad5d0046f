/**
 * flyhash/evaluate: which hash is worth its bytes, on your own data or by the protocols of the papers, with every measure
 * named and ties counted by their expectation.
 *
 * @packageDocumentation
 */

import '../index.ts';

export {
  averagePrecision,
  averagePrecisionAt,
  averagePrecisionOverHits,
  recallAt,
  type TiedGroup,
} from './average-precision.ts';
export type { BioHashMethod } from './bio-hash-methods.ts';
export { type BioHashEvaluationOptions, bioHash } from './bio-hash-protocol.ts';
export { compare } from './compare.ts';
export type { CompareOptions } from './compare-options.ts';
export { comparisonPage } from './compare-page.ts';
export { formatComparison } from './compare-table.ts';
export type {
  Comparison,
  ComparisonResult,
  ComparisonSettings,
  RerankedResult,
  SkippedMethod,
} from './comparison.ts';
export {
  type DenseFlyEvaluationOptions,
  type DenseFlyMethod,
  denseFly,
} from './dense-fly.ts';
export { type DocumentClasses, documentClasses, type LabelledCodes } from './document-classes.ts';
export type { EvaluationOptions } from './evaluation-options.ts';
export type { Labels } from './labels.ts';
export { listOverlap, type TiedPlace } from './list-overlap.ts';
export { type NeighborRecallOptions, neighborRecall } from './neighbor-recall.ts';
export { type EvaluationReport, type EvaluationRow, formatReport } from './report.ts';
export { type ScienceOptions, science2017 } from './science-2017.ts';
export type { ScienceMethod } from './science-methods.ts';
export { spearman } from './spearman.ts';
export {
  type Analogy,
  type AnalogyScore,
  type AnalogyScores,
  wordAnalogies,
} from './word-analogies.ts';
export {
  type ContextPair,
  type ContextSimilarity,
  type WordInContext,
  wordInContext,
} from './word-in-context.ts';
export { type OutlierScore, type OutlierSet, wordOutliers } from './word-outliers.ts';
export {
  parseAnalogies,
  parseJudgedPairs,
  parseOutliers,
  parseWordInContext,
} from './word-sets.ts';
export { type JudgedPair, type WordSimilarity, wordSimilarity } from './word-similarity.ts';
export { type Coverage, cosineSpace, type WordSpace } from './word-space.ts';
export { type WordsPageOptions, wordsPage } from './words-page.ts';
