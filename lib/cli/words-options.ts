/** The options of the subcommands of `flyhash words`, as commander gives them. */

export interface TrainWordsOptions {
  readonly out: string;
  readonly trainer?: string;
  readonly vocabulary?: number;
  readonly minimumCount?: number;
  readonly window?: number;
  readonly units?: number;
  readonly active?: number;
  readonly shift?: number;
  readonly dimensions?: number;
  /** False with --no-svd. */
  readonly svd: boolean;
  readonly seed?: number;
  readonly threads?: number;
  readonly checkpoint?: string;
  readonly json?: boolean;
}

export interface NearestWordsOptions {
  readonly n?: number;
  readonly active?: number;
  readonly sentence?: string;
  readonly json?: boolean;
}

export interface EvalWordsOptions {
  readonly similarity?: readonly string[];
  readonly analogies?: readonly string[];
  readonly outliers?: readonly string[];
  readonly wic?: readonly string[];
  readonly documents?: readonly string[];
  readonly text?: string;
  readonly label?: string;
  readonly active?: readonly number[];
  readonly json?: boolean;
}

export interface ReportWordsOptions {
  readonly out: string;
  readonly title?: string;
  readonly word?: string;
  readonly sentence: readonly string[];
  readonly sentenceWords?: number;
}

export interface ImportWordsOptions {
  readonly out: string;
  readonly hasher?: string;
  readonly model?: string;
  readonly bits?: number;
  readonly units?: number;
  readonly active?: number;
  readonly limit?: number;
  readonly seed?: number;
  readonly threads?: number;
}
