#!/usr/bin/env node
/** The command line `flyhash`: its commands, each of which loads what it needs only when it runs. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { compareCommand } from './compare.ts';
import { dedupeCommand } from './dedupe.ts';
import { evalCommand } from './eval.ts';
import { hashCommand } from './hash.ts';
import { infoCommand } from './info.ts';
import { joinCommand } from './join.ts';
import { EXIT_USAGE, endWhenNobodyReads } from './run.ts';
import { searchCommand } from './search.ts';
import { trainCommand } from './train.ts';
import { wordsCommand } from './words.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

const program = new Command('flyhash')
  .description(
    'Turn vectors into binary codes, search them, and measure which code is worth its bytes.',
  )
  .version(version)
  .showHelpAfterError('(flyhash --help shows the commands)')
  .exitOverride();

for (const command of [
  hashCommand(),
  joinCommand(),
  trainCommand(),
  searchCommand(),
  dedupeCommand(),
  compareCommand(),
  evalCommand(),
  wordsCommand(),
  infoCommand(),
]) {
  // Commands of their own do not inherit this.
  for (const each of [command, ...command.commands]) {
    each.exitOverride().showHelpAfterError('(--help shows the options)');
  }
  program.addCommand(command);
}

endWhenNobodyReads();
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has said what is wrong; help and version are no faults.
  process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
}
