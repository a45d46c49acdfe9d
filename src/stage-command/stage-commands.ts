import type { Stage } from '../dvc/pipeline.ts';
import { commandLines, runsCommand } from './command-lines.ts';
import {
  elsewhere,
  nothingToRun,
  shellWork,
  withoutPrefix,
  wordsWithoutDashes,
} from './refusals.ts';
import { shellWords } from './shell-words.ts';

/** What runs in a stage's container: words, or the image's own command where there are none. */
export type StageCommand = readonly string[];

/**
 * What a stage's `cmd` runs, in order: of each line `sibling stage NAME [-- WORDS]` the words. A
 * frozen stage and one without a cmd run nothing. Throws 'configuration', with the place in
 * dvc.yaml and the text to write, for every other line: a shell would run it beside the engine's
 * socket, where no sandbox is. `root` is the project's folder.
 */
export function stageCommands(root: string, stage: Stage): readonly StageCommand[] {
  if (!runsCommand(stage)) return [];
  const commands = commandLines(stage).flatMap((line, index) => {
    const { words, fault } = shellWords(line);
    const [program, verb, name, dashes, ...rest] = words;
    if (words.length === 0 && !fault) return []; // blank, or a comment
    const at = { root, stage, line, index };
    if (program?.text !== 'sibling' || verb?.text !== 'stage') throw withoutPrefix(at);
    if (name && !ownNames(stage).includes(name.text)) throw elsewhere(at, name);
    if (fault) throw shellWork(at, fault);
    if (!name) throw withoutPrefix(at);
    if (dashes && dashes.text !== '--') throw wordsWithoutDashes(at, dashes);
    return [rest.map(({ text }) => text)];
  });
  if (commands.length === 0) throw nothingToRun({ root, stage, line: '', index: 0 });
  return commands;
}

/** Throws as `stageCommands` does at the first stage whose `cmd` cannot be run. */
export function requireStageCommands(root: string, stages: readonly Stage[]): void {
  for (const stage of stages) stageCommands(root, stage);
}

/** `train@a`, and `train` for a stage that foreach or matrix makes; also with the file before it. */
function ownNames({ name, address }: Stage): string[] {
  const base = (text: string) => text.replace(/@.*$/s, '');
  return [name, base(name), address, address.slice(0, -name.length) + base(name)];
}
