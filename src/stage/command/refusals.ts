import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { codeFrame } from '../../dvc/yaml/code-frame.ts';
import { readText } from '../../dvc/yaml/source.ts';
import { ExpectedFailure } from '../../errors.ts';
import { imageName } from '../options/options.ts';
import { commandYaml, exampleCommand, mendedCommand } from './mend-command.ts';
import { ownName } from './own-names.ts';
import { type CmdLine, placeInCmd } from './place-in-cmd.ts';
import type { ShellFault, ShellWord } from './shell-words.ts';

/** A line that is refused, and which of the others are not. */
export interface RefusedLine extends CmdLine {
  readonly isFine: (line: string) => boolean;
}

/** A line that would not start the stage's container at all. */
export function withoutPrefix(at: RefusedLine): ExpectedFailure {
  const { stage } = at;
  const own = `sibling stage ${ownName(stage)}`;
  const cause = `the cmd of stage ${stage.name} does not begin with ${own}, so that it would run outside any container`;
  const mended = mendedCommand(stage, at.index, at.isFine);
  const ways =
    mended === undefined
      ? `Begin it with ${own}, with nothing before it: a folder goes to wdir, variables to meta.sibling.env.\n${commandYaml(oneLine, [own])}`
      : `Write it so, and it runs in the stage's container:\n${mended}`;
  return refused(at, 0, cause, [ways, ...imageAdvice(at)].join('\n'));
}

/** A line that would start another stage's container. */
export function elsewhere(at: RefusedLine, name: ShellWord): ExpectedFailure {
  const { stage } = at;
  const cause = `the cmd of stage ${stage.name} names stage ${name.text}`;
  const mended = mendedCommand(stage, at.index, at.isFine);
  const own = mended === undefined ? ` sibling stage ${ownName(stage)}.` : `\n${mended}`;
  return refused(at, name.start, cause, `A stage runs its own container:${own}`);
}

/** Words that the command line would take for its own. */
export function wordsWithoutDashes(at: RefusedLine, word: ShellWord): ExpectedFailure {
  const { stage } = at;
  const cause = `the cmd of stage ${stage.name} has ${word.text} after the stage's name, where only -- may follow`;
  const mended = mendedCommand(stage, at.index, at.isFine);
  const hint = 'Put -- before the words that run in the container';
  return refused(at, word.start, cause, mended === undefined ? `${hint}.` : `${hint}:\n${mended}`);
}

/** Something that a shell would do, where no shell may be. */
export function shellWork(at: RefusedLine, fault: ShellFault): ExpectedFailure {
  const { stage } = at;
  const cause = `the cmd of stage ${stage.name} has ${described(fault)}`;
  return refused(at, fault.offset, cause, shellAdvice(at, fault));
}

function shellAdvice(at: RefusedLine, fault: ShellFault): string {
  if (fault.kind === 'unfinished') {
    return 'Close the quote, or put a backslash before it if it is meant as it is. A list item may span lines, a text may not.';
  }
  const mended = mendedCommand(at.stage, at.index, at.isFine);
  if (mended === undefined) {
    const example = exampleCommand(at.stage, at.index);
    return example === undefined
      ? 'Put it into a script that is among the deps. What another stage does is an entry of its own in dvc.yaml.'
      : `Write out what runs in the container, for example:\n${example}`;
  }
  const wrapped = `Let a shell in the container do it:\n${mended}`;
  return fault.kind === 'operator'
    ? wrapped
    : `${wrapped}\nOr put it into single quotes, if it is meant as it is.`;
}

/** A `cmd` of blanks and comments. */
export function nothingToRun(at: CmdLine): ExpectedFailure {
  const cause = `the cmd of stage ${at.stage.name} runs nothing`;
  const hint = `Write what it runs:\n${commandYaml(oneLine, [`sibling stage ${ownName(at.stage)}`])}`;
  return refused(at, 0, cause, hint);
}

const oneLine = { isCmdList: false };

function refused(at: CmdLine, offset: number, cause: string, hint: string): ExpectedFailure {
  const place = placeInCmd(at, offset);
  const file = readText(at.root, at.stage.file, 'Put it back.');
  const details = codeFrame(file, place.line ?? 1, place.column ?? 1);
  return new ExpectedFailure({
    kind: 'configuration',
    cause,
    hint,
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

function imageAdvice({ root, stage }: CmdLine): string[] {
  const meta = (stage.meta as { sibling?: { image?: unknown } | null } | null)?.sibling;
  const image = imageName(stage);
  if (meta?.image !== undefined || existsSync(join(root, image, 'Dockerfile'))) return [];
  return [
    `It also needs an image: write ${image}/Dockerfile, or name in meta.sibling.image a folder with a Dockerfile or an image with its digest.`,
  ];
}
