import { statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { contains } from '../../system/contains.ts';
import { closest } from '../../text/closest.ts';
import { joinPath } from '../paths.ts';
import type { DataSource, Pipeline, Stage } from '../pipeline.ts';
import { namePattern } from './name-pattern.ts';
import { isDvcFile, parseTarget } from './target-text.ts';

/** Where a person is, and how the targets are meant. */
export interface TargetOptions {
  /** The current folder relative to the project's root, `''` for the root itself. */
  readonly folder: string;
  /** A target that is a folder means all in it. */
  readonly recursive?: boolean;
  /** The names of stages are patterns. */
  readonly glob?: boolean;
}

/** What a target means. */
export interface FoundTarget {
  readonly stages: readonly Stage[];
  readonly sources: readonly DataSource[];
  /** Relative to the root: the out, or what lies in it, that the target names. */
  readonly path?: string;
}

/**
 * What each target names, read from the current folder as DVC does (dvc/repo/stage.py,
 * collect_granular): a dvc.yaml or `.dvc` file, a stage of a dvc.yaml, a group of stages that a
 * foreach or matrix makes, an out or a path in one. What is nothing there is looked for from the
 * root, where stages have the names that Sibling shows. Throws 'usage', with the nearest names, for
 * what is not found.
 */
export function findTargets(
  pipeline: Pipeline,
  targets: readonly string[],
  options: TargetOptions,
): readonly FoundTarget[] {
  const all = targets.map((target) => {
    const found = findFrom(pipeline, target, options) ?? findFromRoot(pipeline, target, options);
    if (!found) throw unknownTarget(pipeline, target, options);
    return found;
  });
  // Among others a pattern, or a folder, may name nothing; DVC would then run everything.
  const [first] = targets;
  if (first !== undefined && all.every((found) => found.mayBeEmpty && isEmpty(found))) {
    throw unknownTarget(pipeline, first, options);
  }
  return all;
}

interface Found extends FoundTarget {
  /** Set for a pattern and a folder. */
  readonly mayBeEmpty?: boolean;
}

function findFromRoot(
  pipeline: Pipeline,
  target: string,
  options: TargetOptions,
): Found | undefined {
  if (options.folder === '') return undefined;
  return findFrom(pipeline, target, { ...options, folder: '' });
}

function findFrom(
  pipeline: Pipeline,
  target: string,
  { folder, recursive = false, glob = false }: TargetOptions,
): Found | undefined {
  const { root, stages, sources } = pipeline;
  const pathOf = (path: string) =>
    isAbsolute(path) ? relative(root, path) || '.' : joinPath(folder, path);
  const path = pathOf(target);
  if (recursive && isFolder(join(root, path))) {
    const isInside = ({ file }: Stage | DataSource) => path === '.' || contains(path, file);
    const inside = { stages: stages.filter(isInside), sources: sources.filter(isInside) };
    return { ...inside, mayBeEmpty: true };
  }
  const { file, name } = parseTarget(target, glob);
  const inFile = (at: string) => stages.filter((stage) => stage.file === at);
  if (file !== undefined && name === undefined) {
    const at = pathOf(file);
    const found = { stages: inFile(at), sources: sources.filter((source) => source.file === at) };
    const isEmptyPipeline = pipeline.topLevel.some((each) => each.file === at);
    return isEmptyPipeline ? found : filled(found);
  }
  const declared = inFile(pathOf(file ?? 'dvc.yaml'));
  if (glob) return { stages: matching(declared, name ?? ''), sources: [], mayBeEmpty: true };
  const named = called(declared, name ?? '');
  if (named.length > 0) return { stages: named, sources: [] };
  if (file !== undefined) return undefined;
  const makes = ({ outs }: Stage | DataSource) => outs.some((out) => contains(out.path, path));
  const found = filled({ stages: stages.filter(makes), sources: sources.filter(makes) });
  return found && { ...found, path };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function called(stages: readonly Stage[], name: string): readonly Stage[] {
  const exact = stages.filter((stage) => stage.name === name);
  return exact.length > 0 ? exact : stages.filter((stage) => stage.name.startsWith(`${name}@`));
}

function matching(stages: readonly Stage[], pattern: string): readonly Stage[] {
  // DVC takes the name of a group for the group, pattern or not.
  const group = called(stages, pattern);
  if (group.length > 0) return group;
  const regex = namePattern(pattern);
  return stages.filter(({ name }) => regex.test(name));
}

function isEmpty({ stages, sources }: FoundTarget): boolean {
  return stages.length + sources.length === 0;
}

function filled(found: FoundTarget): FoundTarget | undefined {
  return isEmpty(found) ? undefined : found;
}

/** What to write for a word that somebody may have meant: a stage's own name is short for its address. */
function guessOf(
  { stages, sources }: Pick<Pipeline, 'stages' | 'sources'>,
  target: string,
): string | undefined {
  const meant = new Map<string, Set<string>>();
  const add = (word: string, target: string) =>
    meant.set(word, (meant.get(word) ?? new Set()).add(target));
  for (const { name, address } of stages) {
    const group = name.split('@')[0] ?? name;
    add(address, address);
    add(name, address);
    add(group, `${address.slice(0, address.length - name.length)}${group}`);
  }
  for (const { outs, file } of [...stages, ...sources]) {
    for (const word of [...outs.map(({ path }) => path), file]) add(word, word);
  }
  const word = closest(target, [...meant.keys()]);
  return word === undefined ? undefined : [...(meant.get(word) ?? [])].join(' or ');
}

const mostNames = 12;

function unknownTarget(
  { root, stages, sources, topLevel, handovers }: Pipeline,
  target: string,
  { folder, glob, recursive }: TargetOptions,
): ExpectedFailure {
  const names = stages.map(({ address }) => address);
  const guess = guessOf({ stages, sources }, target);
  const shown = names.slice(0, mostNames).join(', ');
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  const file = joinPath(folder, 'dvc.yaml');
  const what = glob
    ? `no stage matches ${target}`
    : recursive && isFolder(join(root, joinPath(folder, target)))
      ? `there is no stage in the folder ${target}`
      : isDvcFile(target)
        ? `there is no ${target} that DVC sees`
        : topLevel.some((each) => each.file === file)
          ? `${file} has no stage ${target}, and no stage has such an out`
          : `no stage has the name or an out ${target}`;
  const [beyond] = handovers;
  const unread = beyond ? ` ${beyond.construct} is not read here.` : '';
  return new ExpectedFailure({
    kind: 'usage',
    cause: folder === '' ? what : `${what}, looked for from ${folder} and from the root`,
    hint: `${guess ? `Did you mean ${guess}? ` : ''}The stages are ${shown}${more}.${unread}`,
  });
}
