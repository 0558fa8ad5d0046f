/**
 * flyhash/evaluate: which hash is worth its bytes, on your own data or by the protocols of the papers, with every measure
 * named and ties counted by their expectation.
 *
 * @packageDocumentation
 */

import '../index.ts';

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
