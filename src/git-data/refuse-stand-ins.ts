import { closeSync, lstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { isLfsPointer, longestPointer } from './lfs-pointer.ts';
import { unfetchedSubmodules } from './submodules.ts';

type Reader = Pick<Stage, 'address' | 'deps' | 'file' | 'line'>;

/** What stands where a stage's data should be: only Git knows of it. */
export interface StandIn {
  readonly stage: string;
  readonly failure: ExpectedFailure;
}

/** Entries of a folder's that are looked at; of more only the first. */
const mostEntries = 200_000;

/**
 * Throws 'configuration', before anything is started, for the first of these stages with a dep that is
 * a Git LFS pointer or lies in a submodule that was not fetched: the stage would run on it.
 */
export async function refuseStandIns(root: string, stages: readonly Reader[]): Promise<void> {
  const [first] = await standIns(root, stages);
  if (first) throw first.failure;
}

/** One for each stage and dep that is not the data itself, or holds what is not. */
export async function standIns(root: string, stages: readonly Reader[]): Promise<StandIn[]> {
  const submodules = await unfetchedSubmodules(root);
  const known = new Map<string, string | undefined>();
  const pointerIn = (path: string) => {
    if (!known.has(path)) known.set(path, findPointer(root, path));
    return known.get(path);
  };
  return stages.flatMap((stage) =>
    stage.deps
      .filter((dep) => !/^\w+:\/\//.test(dep))
      .flatMap((dep) => {
        const submodule = submodules.find((path) => isPartOf(dep, path));
        const pointer = submodule === undefined ? pointerIn(dep) : undefined;
        if (submodule === undefined && pointer === undefined) return [];
        const found =
          submodule === undefined
            ? { what: `a Git LFS pointer${named(dep, pointer)}`, command: 'git lfs pull' }
            : {
                what: `a submodule that was not fetched${named(dep, submodule)}`,
                command: `git submodule update --init ${quoted(submodule)}`,
              };
        const failure = new ExpectedFailure({
          kind: 'configuration',
          cause: `stage ${stage.address} depends on ${dep}, which is ${found.what}, not the data`,
          hint: `Bring the data here: ${found.command}`,
          place: { file: stage.file, line: stage.line },
        });
        return [{ stage: stage.address, failure }];
      }),
  );
}

function named(dep: string, path: string | undefined): string {
  return path === dep || path === undefined ? '' : ` at ${path}`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Whether one of two paths holds the other. */
function isPartOf(path: string, other: string): boolean {
  return (
    path === other || path === '.' || path.startsWith(`${other}/`) || other.startsWith(`${path}/`)
  );
}

/** The first pointer at a path, or in the folder that it is. */
function findPointer(root: string, path: string): string | undefined {
  const left = [path];
  for (let seen = 0; seen < mostEntries; seen++) {
    const at = left.shift();
    if (at === undefined) return undefined;
    const place = resolve(root, at);
    // A link that is a dep itself is followed, one in a folder may lead round.
    const found = (seen === 0 ? statSync : lstatSync)(place, { throwIfNoEntry: false });
    if (found?.isDirectory()) left.push(...entriesOf(place).map((name) => posix.join(at, name)));
    if (found?.isFile() && found.size <= longestPointer && isPointerFile(place)) return at;
  }
  return undefined;
}

function entriesOf(folder: string): string[] {
  const own = new Set(['.git', '.dvc', '.sibling']);
  try {
    return readdirSync(folder).filter((name) => !own.has(name));
  } catch {
    return []; // not ours to read: whoever reads it says so
  }
}

function isPointerFile(path: string): boolean {
  const buffer = Buffer.alloc(longestPointer);
  try {
    const file = openSync(path, 'r');
    try {
      return isLfsPointer(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, null)));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
