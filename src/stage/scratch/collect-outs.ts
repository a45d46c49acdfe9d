import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { cp, lstat, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { realPlace } from '../../outside/private-places.ts';
import { requireWritable } from '../../outside/require-writable.ts';
import { workRoot } from '../../outside/stage-place.ts';
import { PathSet } from '../../system/contains.ts';
import { giveTree } from '../../system/give-tree.ts';
import type { User } from '../../system/user.ts';
import { yamlPath } from '../../text/yaml-path.ts';
import { placeWhole } from '../../workspace/place-whole.ts';
import { journalName } from './clear-scratch.ts';
import { linkFault } from './link-fault.ts';
import type { Scratch } from './scratch.ts';
import { oddNameIn } from './utf8-names.ts';

/** An out that was moved into the workspace. */
export interface CollectedOut {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
}

/**
 * Checks what the container left in the scratch folder against the declaration and moves the outs
 * into the workspace by rename. Nothing is moved unless every out is there and nothing else is.
 */
export async function collectOuts(
  { root, user }: { readonly root: string; readonly user: User },
  stage: Stage,
  scratch: Scratch,
): Promise<CollectedOut[]> {
  const outs = stage.outs.map((out) => out.path);
  const missing: string[] = [];
  for (const out of outs) {
    if (!(await lstat(join(scratch.folder, out)).catch(() => undefined))) missing.push(out);
  }
  if (missing.length > 0) throw missingOuts(stage, missing);

  const collected = new Map(outs.map((path) => [path, { path, bytes: 0, files: 0 }]));
  const undeclared: string[] = [];
  const declared = new PathSet(outs);
  for (const entry of walk(stage, scratch.folder)) {
    const out = declared.around(entry.path);
    if (out === undefined) {
      if (!scratch.brought.has(entry.path)) undeclared.push(entry.path);
      continue;
    }
    if (entry.kind !== 'file') await requireUsable(stage, scratch.folder, out, entry);
    const sum = collected.get(out);
    if (sum) {
      sum.bytes += entry.size;
      sum.files += 1;
    }
  }
  if (undeclared.length > 0) throw undeclaredWrite(stage, undeclared.sort());
  /** Where an out belongs now, by a path without links, so that none is followed from here on. */
  const placeOf = (path: string): string => {
    requireWritable(root, stage, { path, persist: false });
    return realPlace(join(root, path));
  };
  await placeWhole(
    user,
    outs.map((out) => ({
      to: () => placeOf(out),
      make: (aside) => bringBeside(join(scratch.folder, out), aside, user),
    })),
    { file: join(dirname(scratch.folder), journalName), paths: outs },
  );
  return [...collected.values()];
}

interface Entry {
  /** Relative to the scratch folder. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'special';
  readonly size: number;
}

/**
 * Everything below `folder` that is not a directory. A directory that its owner may not change
 * could be neither read nor moved, so it is opened: DVC keeps no rights of directories anyway.
 */
function* walk(stage: Stage, folder: string, below = ''): Generator<Entry> {
  // Not asynchronous: for 10,000 files the waiting would take ten times as long as the looking.
  const children = readdirSync(join(folder, below), { withFileTypes: true });
  const names = children.map(({ name }) => name);
  const odd = oddNameIn(join(folder, below), names);
  if (odd !== undefined) throw oddName(stage, join(below, odd));
  for (const child of children) {
    const path = join(below, child.name);
    const { size, mode } = lstatSync(join(folder, path));
    if (child.isDirectory()) {
      if ((mode & 0o700) !== 0o700) chmodSync(join(folder, path), (mode & 0o777) | 0o700);
      yield* walk(stage, folder, path);
    } else {
      if (child.isFile() && (mode & 0o400) === 0) {
        chmodSync(join(folder, path), (mode & 0o777) | 0o400); // DVC has to read it
      }
      const kind = child.isFile() ? 'file' : child.isSymbolicLink() ? 'symlink' : 'special';
      yield { path, kind, size };
    }
  }
}

/** An out may hold files, and links that stay within it: others would be dangling, or a leak. */
async function requireUsable(stage: Stage, folder: string, out: string, entry: Entry) {
  const fault =
    entry.kind === 'symlink'
      ? await linkFault(folder, out, entry.path)
      : 'which is neither a file, a folder nor a link';
  if (fault === undefined) return;
  throw new ExpectedFailure({
    kind: 'stage',
    cause: `stage ${stage.name} left ${entry.path}, ${fault}`,
    hint: 'Write a regular file there instead. Nothing was moved into the workspace.',
    place: { file: stage.file, line: stage.line },
  });
}

/**
 * A rename cannot leave a mount, as where `data/` is one of its own, or a link to a folder elsewhere.
 * Nothing but the try tells: a mount may be of a folder of the same file system.
 */
async function bringBeside(from: string, aside: string, user: User): Promise<void> {
  try {
    await rename(from, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, aside, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await giveTree(aside, user);
  }
}

function oddName(stage: Stage, path: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'stage',
    cause: `stage ${stage.name} left ${path}, whose name is not UTF-8: DVC cannot keep it`,
    hint: 'Let it write names in UTF-8. Nothing was moved into the workspace.',
    place: { file: stage.file, line: stage.line },
  });
}

function missingOuts(stage: Stage, missing: readonly string[]): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'stage',
    cause: `stage ${stage.name} ended with success but did not write ${missing.join(', ')}`,
    hint: `Let the stage write ${missing.length === 1 ? 'it' : 'them'} below ${workRoot}, or take ${missing.length === 1 ? 'it' : 'them'} out of the stage's outs.`,
    place: { file: stage.file, line: stage.line },
  });
}

/** How many paths a patch lists before it points at their folders. */
const patchLimit = 20;

function undeclaredWrite(stage: Stage, paths: readonly string[]): ExpectedFailure {
  const listed =
    paths.length <= patchLimit
      ? paths
      : [...new Set(paths.map((path) => (path.includes('/') ? dirname(path) : path)))].slice(
          0,
          patchLimit,
        );
  const relativeToWdir = listed.map((path) => relative(stage.wdir, path));
  return new ExpectedFailure({
    kind: 'stage',
    cause: `stage ${stage.name} wrote ${paths.length === 1 ? paths[0] : `${paths.length} files`} that it does not declare`,
    hint: [
      `If that is a result, add to stage ${stage.name} in ${stage.file}:`,
      '    outs:',
      ...relativeToWdir.map((path) => `    - ${yamlPath(path)}`),
      'Otherwise write it to /tmp. Nothing was moved into the workspace.',
    ].join('\n'),
    place: { file: stage.file, line: stage.line },
  });
}
