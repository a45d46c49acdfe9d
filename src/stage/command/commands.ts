import type { DataSource, Pipeline, Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure, type Failure } from '../../errors.ts';
import { commandLines, runsCommand } from './lines.ts';
import { ownNames } from './own-names.ts';
import {
  elsewhere,
  nothingToRun,
  type RefusedLine,
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
    const found = lineCommand(stage, line);
    if ('words' in found) return found.words ? [found.words] : [];
    const isFine = (other: string) => 'words' in lineCommand(stage, other);
    throw found.refuse({ root, stage, line, index, isFine });
  });
  if (commands.length === 0) throw nothingToRun({ root, stage, line: '', index: 0 });
  return commands;
}

/** What a line runs, nothing for a blank one or a comment; or why it is refused. */
type LineCommand =
  | { readonly words: StageCommand | undefined }
  | { readonly refuse: (at: RefusedLine) => ExpectedFailure };

function lineCommand(stage: Stage, line: string): LineCommand {
  const { words, fault } = shellWords(line);
  const [program, verb, name, dashes, ...rest] = words;
  if (words.length === 0 && !fault) return { words: undefined };
  if (program?.text !== 'sibling' || verb?.text !== 'stage') return { refuse: withoutPrefix };
  if (name && !ownNames(stage).includes(name.text)) return { refuse: (at) => elsewhere(at, name) };
  if (fault) return { refuse: (at) => shellWork(at, fault) };
  if (!name) return { refuse: withoutPrefix };
  if (dashes && dashes.text !== '--') return { refuse: (at) => wordsWithoutDashes(at, dashes) };
  return { words: rest.map(({ text }) => text) };
}

/** Whether two commands are one and the same. */
export function sameWords(one: StageCommand, other: StageCommand): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at]);
}

/**
 * What of the stages nothing could run in a container: each `cmd` that `stageCommands` refuses, and
 * each `.dvc` file with a cmd of its own among what they depend on. So DVC wrote stages before 1.0,
 * and so it still runs them.
 */
export function* commandFailures(
  pipeline: Pipeline,
  stages: readonly Stage[],
): Generator<Failure, undefined> {
  yield* hiddenFrom(pipeline, stages);
  const old = new Set(pipeline.sources.filter(hasCommand).map(({ address }) => address));
  for (const stage of stages) {
    yield* failureOf(() => stageCommands(pipeline.root, stage));
    const files = pipeline.upstreamSources.get(stage.address) ?? [];
    yield* files.filter((file) => old.has(file)).map(oldStageFile);
  }
}

/** Stages that DVC would call and that are not known here: they are in no image and have no sandbox. */
function hiddenFrom({ handovers }: Pipeline, stages: readonly Stage[]): Failure[] {
  const files = new Set(stages.map(({ file }) => file));
  return handovers
    .filter(({ hidesStages, file }) => hidesStages && (files.size === 0 || files.has(file ?? '')))
    .map(({ construct, place, file }) => ({
      kind: 'configuration',
      cause: `${construct} is not read here, so that not all stages of ${file} can be run`,
      hint: 'Write it in another way.',
      ...(place && { place }),
    }));
}

/** Throws the first of `commandFailures`. */
export function requireStageCommands(pipeline: Pipeline, stages: readonly Stage[]): void {
  const failure = commandFailures(pipeline, stages).next().value;
  if (failure) throw new ExpectedFailure(failure);
}

function failureOf(act: () => unknown): Failure[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof ExpectedFailure) return [error.failure];
    throw error;
  }
}

function hasCommand({ file, frozen, notUnderstood }: DataSource): boolean {
  return !frozen && notUnderstood.includes(`cmd of ${file}`);
}

function oldStageFile(file: string): Failure {
  return {
    kind: 'configuration',
    cause: `${file} has a cmd, which DVC would run outside any container`,
    hint: 'Make a stage of dvc.yaml of it, with the same cmd, deps and outs, and remove the file.',
    place: { file },
  };
}
