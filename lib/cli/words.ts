/** `flyhash words`: codes of words: trained from text, made of other people's vectors, asked, measured, and looked at. */

import { Command } from 'commander';
import { anyNumber, type Running, runCommand, wholeNumber, wholeNumbers } from './run.ts';
import type {
  EvalWordsOptions,
  ImportWordsOptions,
  NearestWordsOptions,
  ReportWordsOptions,
  TrainWordsOptions,
} from './words-options.ts';

type Work = typeof import('./words-work.ts');

/** Runs a part of the work, which is loaded only now. */
function run(work: (of: Work, running: Running) => Promise<void>): Promise<void> {
  return runCommand(async (running) => work(await import('./words-work.ts'), running));
}

function trainWordsCommand(): Command {
  return new Command('train')
    .description('Train a BioWord model on plain text, a paragraph a line.')
    .argument('<text...>', "UTF-8 files, also .gz; '-' for standard input")
    .requiredOption('--out <file>', 'where the model goes, .safetensors')
    .option('--trainer <name>', 'types (default), em or sgd')
    .option('--vocabulary <n>', 'most words; default 20000', wholeNumber)
    .option('--minimum-count <n>', 'how often a word must come; default 15', wholeNumber)
    .option('--window <n>', 'tokens of a window, odd; default 11', wholeNumber)
    .option('--units <n>', 'units that learn; default 1000 (types), 400 (em, sgd)', wholeNumber)
    .option('--active <n>', 'active units of a code; default 16 (types), 32 (em, sgd)', wholeNumber)
    .option('--shift <n>', 'types: times that chance must be passed; default 5', anyNumber)
    .option(
      '--dimensions <n>',
      'types: of the vectors that are learnt from; default 300',
      wholeNumber,
    )
    .option('--no-svd', 'types: learn from the PPMI rows themselves')
    .option('--seed <n>', 'decides where units begin; default 0', wholeNumber)
    .option('--threads <n>', 'default: what the machine has; the model is the same', wholeNumber)
    .option('--checkpoint <file>', 'state to go on from when the training is started again')
    .option('--json', 'tell what was learnt as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ flyhash words train wikipedia.txt.gz --out words.safetensors
  $ zcat books/*.gz | flyhash words train - --out words.safetensors --units 400 --active 8`,
    )
    .action((paths: string[], options: TrainWordsOptions) =>
      run((work, running) => work.trainWordModel(paths, options, running)),
    );
}

function nearestCommand(): Command {
  return new Command('nearest')
    .description('The words nearest to words, or to a word in a sentence.')
    .argument('<model>', 'a BioWord, or codes that flyhash words import made')
    .argument('[words...]', 'words to look up')
    .option('--n <n>', 'neighbours wanted; default 10', wholeNumber)
    .option('--active <n>', 'active units, another number than that of the model', wholeNumber)
    .option('--sentence <text>', 'a sentence with one word in [brackets], coded by those around it')
    .option('--json', 'a line of JSON for each')
    .addHelpText(
      'after',
      `
Examples:
  $ flyhash words nearest words.safetensors river bank
  $ flyhash words nearest words.safetensors --sentence "he sat on the [bank] of the river"`,
    )
    .action((model: string, words: string[], options: NearestWordsOptions) =>
      run((work, running) => work.nearestWords(model, words, options, running)),
    );
}

function evalWordsCommand(): Command {
  return new Command('eval')
    .description('Measure codes of words, or vectors, on sets of judged words.')
    .argument('<model>', 'a BioWord, codes of words, or word vectors (.vec, .txt, .bin)')
    .option('--similarity <file...>', 'judged pairs: Spearman with mid-ranks, and coverage')
    .option('--analogies <file...>', 'questions-words.txt or CSV: expected accuracy over ties')
    .option('--outliers <file...>', 'sets of words of which one does not belong')
    .option('--wic <file...>', 'WiC: training data, training gold, test data, test gold')
    .option(
      '--documents <file...>',
      'JSON lines with text and label, also .gz: naive Bayes over codes',
    )
    .option('--text <name>', 'field of the text; default text')
    .option('--label <name>', 'field of the label; default label')
    .option('--active <numbers>', 'numbers of active units to try, such as 8,16,32', wholeNumbers)
    .option('--json', 'the figures as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ flyhash words eval words.safetensors --similarity EN-MEN-TR-3k.txt EN-WS-353-ALL.txt --active 8,16
  $ flyhash words eval words.safetensors --documents bbc.jsonl.gz --label category --active 64
  $ flyhash words eval glove.6B.300d.txt --analogies questions-words.txt`,
    )
    .action((model: string, options: EvalWordsOptions) =>
      run((work, running) => work.evalWords(model, options, running)),
    );
}

function reportCommand(): Command {
  return new Command('report')
    .description('A page to look at: units as concepts, words, sentences; needs no network.')
    .argument('<model>', 'a BioWord')
    .requiredOption('--out <file>', "where the page goes; '-' for standard output")
    .option('--title <text>', 'what the page is headed with')
    .option('--word <word>', 'the word that is looked at first')
    .option(
      '--sentence <text>',
      'a sentence to compare; twice, one word of each in [brackets]',
      pair,
      [],
    )
    .option('--sentence-words <n>', 'words that sentences may have; default 2000', wholeNumber)
    .addHelpText(
      'after',
      `
Example:
  $ flyhash words report words.safetensors --out page.html \\
      --sentence "he sat on the [bank] of the river" --sentence "the [bank] lent him money"`,
    )
    .action((model: string, options: ReportWordsOptions) =>
      run((work, running) => work.reportWords(model, options, running)),
    );
}

function pair(text: string, before: string[]): string[] {
  return [...before, text];
}

function importCommand(): Command {
  return new Command('import')
    .description("Codes of other people's word vectors: word2vec, GloVe, fastText.")
    .argument('<vectors>', '.txt, .vec or .bin, also .gz (text)')
    .requiredOption('--out <file>', 'where the codes go, .safetensors')
    .option('--hasher <name>', 'itq (default), simhash, binary-quantizer, flyhash or densefly')
    .option('--model <file>', 'a saved hasher instead of a new one')
    .option('--bits <n>', 'of dense codes; default 256', wholeNumber)
    .option('--units <n>', 'of flyhash; default 2000', wholeNumber)
    .option('--active <n>', 'of flyhash; default 32', wholeNumber)
    .option('--limit <n>', 'take the first n words', wholeNumber)
    .option('--seed <n>', 'decides random hashers; default 0', wholeNumber)
    .option('--threads <n>', 'default: what the machine has', wholeNumber)
    .addHelpText(
      'after',
      `
Examples:
  $ flyhash words import glove.6B.300d.txt --out glove.safetensors --bits 256
  $ flyhash words nearest glove.safetensors river`,
    )
    .action((vectors: string, options: ImportWordsOptions) =>
      run((work, running) => work.importWords(vectors, options, running)),
    );
}

/** The command. */
export function wordsCommand(): Command {
  const command = new Command('words').description('Sparse binary codes of words.');
  for (const own of [
    trainWordsCommand(),
    nearestCommand(),
    evalWordsCommand(),
    reportCommand(),
    importCommand(),
  ]) {
    command.addCommand(own);
  }
  return command;
}
