import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { ExpectedFailure, type Failure } from '../../errors.ts';
import { closest } from '../../text/closest.ts';
import { isUrl } from '../paths.ts';
import type { Pipeline, Stage } from '../pipeline.ts';

/**
 * A failure for each dep of these stages that is not there and that nothing makes: DVC would say so of
 * the first one, when its turn comes. None where the reader knows that it does not know all.
 */
export function missingDeps(
  { root, stages, sources, handovers }: Pipeline,
  looked: readonly Stage[],
): Failure[] {
  if (handovers.length > 0) return [];
  const made = [...stages, ...sources].flatMap(({ outs }) => outs.map(({ path }) => path));
  const isMade = (path: string) => made.some((out) => isPartOf(path, out));
  const isMissing = (path: string) =>
    !isUrl(path) && !existsSync(resolve(root, path)) && !isMade(path);
  return looked
    .filter(({ frozen, notUnderstood }) => !frozen && notUnderstood.length === 0)
    .flatMap((stage) =>
      stage.deps.filter(isMissing).map((path) => ({
        kind: 'configuration' as const,
        cause: `stage ${stage.name} depends on ${path}, ${isLink(resolve(root, path)) ? 'a link that leads nowhere' : 'which is not there, and no stage makes it'}`,
        hint: hintFor(root, path, made),
        place: { file: stage.file, line: stage.line },
      })),
    );
}

/** Throws the first of them, before anything is built or started. */
export function requireDeps(pipeline: Pipeline, stages: readonly Stage[]): void {
  const [first] = missingDeps(pipeline, stages);
  if (first) throw new ExpectedFailure(first);
}

function hintFor(root: string, path: string, made: readonly string[]): string {
  const meant = closest(path, [...beside(root, path), ...made]);
  const bring = `Bring ${path} back (git checkout, dvc add), or take it out of the deps.`;
  return meant === undefined ? bring : `Did you mean ${meant}? Else: ${bring}`;
}

/** What lies in the same folder, or in the nearest one that is there. */
function beside(root: string, path: string): string[] {
  const folder = dirname(path);
  try {
    return readdirSync(resolve(root, folder)).map((name) => posix.join(folder, name));
  } catch {
    return [];
  }
}

function isPartOf(path: string, out: string): boolean {
  return path === out || path.startsWith(`${out}/`) || out.startsWith(`${path}/`);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
