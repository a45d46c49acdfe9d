import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { codeFrame } from '../dvc/code-frame.ts';
import { readText } from '../dvc/source.ts';
import { ExpectedFailure } from '../errors.ts';
import { imageName } from '../stage-options.ts';
import { type CmdLine, placeInCmd } from './place-in-cmd.ts';
import { quoteWord } from './quote-words.ts';
import { type ShellFault, type ShellWord, shellWords } from './shell-words.ts';

/** A line that would not start the stage's container at all. */
export function withoutPrefix(at: CmdLine): ExpectedFailure {
  const { stage } = at;
  const cause = `the cmd of stage ${stage.name} does not begin with sibling stage ${ownName(at)}, so that it would run outside any container`;
  return refused(at, 0, cause, (written) => {
    const inside = /\bsibling\s+stage\b/.test(written);
    const ways = inside
      ? `Begin it with sibling stage ${ownName(at)}, with nothing before it: a folder goes to wdir, variables to meta.sibling.env.\n${example(at, '')}`
      : `Write it so, and it runs in the stage's container:\n${example(at, written)}`;
    return [ways, ...imageAdvice(at)].join('\n');
  });
}

/** A line that would start another stage's container. */
export function elsewhere(at: CmdLine, name: ShellWord): ExpectedFailure {
  const cause = `the cmd of stage ${at.stage.name} names stage ${name.text}`;
  return refused(
    at,
    name.start,
    cause,
    () => `A stage runs its own container: sibling stage ${ownName(at)}.`,
  );
}

/** Words that the command line would take for its own. */
export function wordsWithoutDashes(at: CmdLine, word: ShellWord): ExpectedFailure {
  const cause = `the cmd of stage ${at.stage.name} has ${word.text} after the stage's name, where only -- may follow`;
  return refused(at, word.start, cause, (written) => {
    const words = /^\s*sibling\s+stage\s+\S+\s+(.*)$/s.exec(written)?.[1] ?? '';
    return `Put -- before the words that run in the container:\n${example(at, words)}`;
  });
}

/** Something that a shell would do, where no shell may be. */
export function shellWork(at: CmdLine, fault: ShellFault): ExpectedFailure {
  const cause = `the cmd of stage ${at.stage.name} has ${described(fault)}`;
  return refused(at, fault.offset, cause, (written) => {
    const words = inContainer(written);
    if (fault.kind === 'unfinished')
      return 'Close the quote, or put a backslash before it if it is meant as it is. A list item may span lines, a text may not.';
    if (words === '')
      return `Write out what runs in the container, for example:\n${example(at, `COMMAND ${afterName(written)}`)}`;
    const wrapped = `Let a shell in the container do it:\n${example(at, words)}`;
    return fault.kind === 'operator'
      ? wrapped
      : `${wrapped}\nOr put it into single quotes, if it is meant as it is.`;
  });
}

/** A `cmd` of blanks and comments. */
export function nothingToRun(at: CmdLine): ExpectedFailure {
  const cause = `the cmd of stage ${at.stage.name} runs nothing`;
  return refused(at, 0, cause, () => `Write what it runs:\n${example(at, '')}`);
}

function refused(
  at: CmdLine,
  offset: number,
  cause: string,
  hint: (written: string) => string,
): ExpectedFailure {
  const { place, text } = placeInCmd(at, offset);
  const file = readText(at.root, at.stage.file, 'Put it back.');
  const details = codeFrame(file, place.line ?? 1, place.column ?? 1);
  return new ExpectedFailure({
    kind: 'configuration',
    cause,
    hint: hint(text ?? at.line),
    place,
    ...(place.column !== undefined && { details }),
  });
}

function described({ kind, found }: ShellFault): string {
  const shown = found === '\n' ? 'a second line' : found;
  switch (kind) {
    case 'operator':
      return `${shown} outside quotes: what a shell does with it would happen outside the stage's container`;
    case 'expansion':
      return `${shown} outside single quotes: a shell outside the stage's container would put something in its place`;
    case 'pattern':
      return `${shown} outside quotes: a shell outside the stage's container would put file names in its place`;
    case 'unfinished':
      return found === '\0' ? 'a zero byte' : `a ${shown} that nothing closes`;
  }
}

/** The name as cmd has it: foreach and matrix make several stages of one cmd. */
function ownName({ stage }: CmdLine): string {
  return stage.name.replace(/@.*$/s, '');
}

/** `cmd: sibling stage NAME -- …`, as YAML, for what a shell has to do `work` of. */
function example(at: CmdLine, work: string): string {
  const { words, fault } = shellWords(work);
  const isPlain = fault === undefined && !/[#\n]/.test(work);
  const shown =
    work.trim() === ''
      ? ''
      : isPlain
        ? ` -- ${words.map(({ text }) => quoteWord(text)).join(' ')}`
        : ` -- sh -c ${quoteWord(work.trim())}`;
  const line = `sibling stage ${ownName(at)}${shown}`;
  const options = {
    ...{ lineWidth: 0, blockQuote: false },
    // Our reader leaves a tab without quotes to DVC.
    ...(line.includes('\t') &&
      ({ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const)),
  };
  const isItem = at.stage.isCmdList || line.includes('\n');
  const yaml = isItem ? stringify([line], options) : stringify({ cmd: line }, options);
  return yaml.trimEnd().replace(/^/gm, '  ');
}

/** What follows `--`; a second `sibling stage NAME --` after an operator is no command there. */
function inContainer(written: string): string {
  const match = /^\s*sibling\s+stage\s+(\S+)\s+--\s+(.*)$/s.exec(written);
  if (!match) return '';
  const [, name = '', words = ''] = match;
  return words.split(`sibling stage ${name} -- `).join('');
}

function afterName(written: string): string {
  return /^\s*sibling\s+stage\s+\w[\w@.-]*\s*(.*)$/s.exec(written)?.[1] ?? '';
}

function imageAdvice({ root, stage }: CmdLine): string[] {
  const meta = (stage.meta as { sibling?: { image?: unknown } | null } | null)?.sibling;
  const image = imageName(stage);
  if (meta?.image !== undefined || existsSync(join(root, image, 'Dockerfile'))) return [];
  return [
    `It also needs an image: write ${image}/Dockerfile, or name in meta.sibling.image a folder with a Dockerfile or an image with its digest.`,
  ];
}
