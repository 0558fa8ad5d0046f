/** The public surface, shared by both entry points: flyhash and flyhash/reference. */

export { type BackendInfo, backend } from './backend/active.ts';
export { BitCodes, type BitOrder } from './codes/bit-codes.ts';
export { SparseCodes, type SparseSizes } from './codes/sparse-codes.ts';
export { FlyhashError, type FlyhashErrorCode } from './errors.ts';
export type { Bytes } from './files/bytes.ts';
export { load } from './files/open.ts';
export { type ReadVectorsOptions, readVectors } from './files/read-vectors.ts';
export {
  type ReadWordVectorsOptions,
  readWordVectors,
  type WordVectorsFormat,
  type WordVectorsProgress,
} from './files/read-word-vectors.ts';
export type { FileOptions } from './files/save.ts';
export type { SharedIndex } from './files/shared.ts';
export type { Source } from './files/sources.ts';
export { Stored, type StoredClass } from './files/stored.ts';
export type { VectorBlock } from './files/vector-block.ts';
export type { WritableFormat } from './files/vector-encoders.ts';
export type { VectorFormat } from './files/vector-formats.ts';
export { WordVectors, type WordVectorsReport } from './files/word-vectors.ts';
export { type WriteVectorsOptions, writeVectors } from './files/write-vectors.ts';
export { type WriteWordVectorsOptions, writeWordVectors } from './files/write-word-vectors.ts';
export {
  BinaryQuantizer,
  type BinaryQuantizerOptions,
  type BinaryQuantizerTraining,
} from './hash/binary-quantizer.ts';
export { BioHash } from './hash/bio-hash.ts';
export type { BioHashTraining, BioIteration, PartialFitOptions } from './hash/bio-options.ts';
export type { BioReport, BioTrainer } from './hash/bio-report.ts';
export type { BioAssignment, CompetitionTraining } from './hash/bio-training.ts';
export { DenseFly, type DenseFlyOptions } from './hash/dense-fly.ts';
export { type FlyActivations, FlyHash, type FlyHashOptions } from './hash/fly-hash.ts';
export type { HashAsyncOptions, Hasher, HashOptions, Progress } from './hash/hasher.ts';
export { Itq, type ItqReport, type ItqTraining } from './hash/itq.ts';
export { NaiveBioHash, type NaiveBioHashTraining } from './hash/naive-bio-hash.ts';
export type { ThresholdKind } from './hash/projected-thresholds.ts';
export type { ProjectionKind } from './hash/projectors.ts';
export { SimHash, type SimHashOptions, type SimHashTraining } from './hash/sim-hash.ts';
export type { VectorStream } from './hash/vector-batches.ts';
export type { BucketPercentiles, BucketStatistics } from './search/bucket-statistics.ts';
export { type ExactNeighborsOptions, exactNeighbors } from './search/exact-neighbors.ts';
export {
  HammingIndex,
  type HammingIndexOptions,
  type RangeSearchAsyncOptions,
  type RangeSearchOptions,
} from './search/hamming-index.ts';
export { InvertedIndex, type InvertedIndexOptions } from './search/inverted-index.ts';
export type { CodePairs } from './search/join-pairs.ts';
export type { Key, Keys } from './search/keys.ts';
export { LshIndex } from './search/lsh-index.ts';
export type { LshKeys, LshProbes } from './search/lsh-keys.ts';
export { type LshPlan, type LshTablesOptions, lshTables } from './search/lsh-plan.ts';
export type { LshRows } from './search/lsh-rows.ts';
export type { LshNeighbors } from './search/lsh-run.ts';
export type { LshIndexOptions } from './search/lsh-settings.ts';
export type { Metric } from './search/metric.ts';
export { type Neighbors, NO_ID, type RangeNeighbors } from './search/neighbors.ts';
export {
  type NoveltyAsyncOptions,
  NoveltyFilter,
  type NoveltyFilterOptions,
} from './search/novelty-filter.ts';
export type { Overlaps } from './search/overlap-run.ts';
export type { Filter } from './search/roster.ts';
export type { SearchAsyncOptions, SearchOptions } from './search/search-run.ts';
export { VectorIndex } from './search/vector-index.ts';
export type {
  VectorIndexOptions,
  VectorIndexTraining,
  VectorSearchAsyncOptions,
  VectorSearchOptions,
} from './search/vector-options.ts';
export type { Rerank } from './search/vector-store.ts';
export { type TopK, type TopKOptions, topK } from './top-k.ts';
export type { NumberArray, Vectors } from './vectors.ts';
export { BioWord } from './words/bio-word.ts';
export type { BioWordTraining, WordTrainingProgress } from './words/bio-word-options.ts';
export type {
  ActiveOptions,
  CodeForm,
  CodesOf,
  ContextCodeOptions,
  ContextOptions,
  DocumentsOptions,
  WordCodeOptions,
} from './words/code-options.ts';
export type { Weighting } from './words/cooccurrences.ts';
export type { TextProgress } from './words/counted-text.ts';
export type { DocumentCodes } from './words/document-codes.ts';
export { type ReadTextOptions, readText, type Text, type TextPart } from './words/text.ts';
export type {
  Normalize,
  Recipe,
  StopWords,
  Tokenize,
  TokenizerOptions,
} from './words/tokenizer.ts';
export type { WordTrainerName } from './words/trainers.ts';
export type { TypesOptions } from './words/types-trainer.ts';
export type { UnitWord } from './words/unit-words.ts';
export { Vocabulary } from './words/vocabulary.ts';
export type { VocabularyFunctions, VocabularyOptions } from './words/vocabulary-options.ts';
export type { VocabularyReport } from './words/vocabulary-report.ts';
export type { EmOptions } from './words/window-em.ts';
export type { SgdOptions } from './words/window-sgd.ts';
export { WordCodes, type WordNeighbor } from './words/word-codes.ts';
export type { TrainingStage } from './words/word-trainer.ts';
