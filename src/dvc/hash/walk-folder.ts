import { type Dirent, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { contains } from '../../system/contains.ts';
import { specialKind, whyUnreadable } from '../../system/read-whole.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import type { DvcIgnore } from '../ignore/dvc-ignore.ts';
import { stampSize, writeStamp } from './cache.ts';
import type { FolderListings } from './folder-listings.ts';

/** The files directly in a folder that count for a dep or out. */
export interface WalkedFolder {
  /** Relative to the project root, `''` for the root itself, or absolute. */
  readonly folder: string;
  readonly names: readonly string[];
  /** See HashedFolder. */
  readonly stamps: Float64Array;
}

/**
 * The files in a folder and the folders below it, as DVC collects them (dvc_data/hashfile/build.py,
 * _walk_files): what `.dvcignore` names is left out, links to files count as files, links to
 * folders not at all. Folders without files do not appear. Throws 'configuration' for what keeps
 * anybody from reading them, NotUnderstood where it is for DVC to say.
 */
export function walkFolder(
  root: string,
  folder: string,
  dvcIgnore: DvcIgnore,
  listings: FolderListings,
): WalkedFolder[] {
  if (dvcIgnore.ignoresPath(folder, true)) return [];
  const found: WalkedFolder[] = [];
  const visit = (current: string) => {
    const full = resolve(root, current);
    const isPlain = dvcIgnore.ignoresFewFiles(current);
    const entries = list(root, full, folder, listings);
    const names: string[] = [];
    const stamps = new Float64Array(entries.length * stampSize);
    const below: string[] = [];
    for (const entry of entries) {
      const { name } = entry;
      // Node replaces what is not UTF-8 in a name.
      if (name.includes('\uFFFD')) throw new NotUnderstood(`a name in ${current}, not UTF-8`);
      if (entry.isDirectory()) {
        if (!dvcIgnore.ignores(current, name, true)) {
          below.push(current === '' ? name : `${current}/${name}`);
        }
        continue;
      }
      const stats = statOf(`${full}/${name}`);
      // A link to a folder; or one took a file's place just now.
      if (stats?.isDirectory()) continue;
      if (isPlain ? name === '.git' : dvcIgnore.ignores(current, name, false)) continue;
      const isOdd = !stats?.isFile();
      // Whether the folder may be read at all is judged before a run (src/outside/).
      if (isOdd && leadsOut(root, folder))
        throw new NotUnderstood(`${join(current, name)}, no file`);
      // Into a cache that is gone DVC may still know it.
      if (!stats) throw new NotUnderstood(`the link ${join(current, name)}, which leads nowhere`);
      if (isOdd) throw noData(join(current, name), stats);
      writeStamp(stats, stamps, names.length);
      names.push(name);
    }
    if (names.includes('.dvcignore')) throw new NotUnderstood(`a .dvcignore inside of ${folder}`);
    if (names.length > 0) {
      found.push({ folder: current, names, stamps: stamps.slice(0, names.length * stampSize) });
    }
    for (const each of below) visit(each);
  };
  visit(folder === '.' ? '' : folder);
  return found;
}

function list(
  root: string,
  full: string,
  folder: string,
  listings: FolderListings,
): readonly Dirent[] {
  try {
    return listings.list(full);
  } catch (error) {
    throw notSeen(relative(root, full) || folder, error);
  }
}

function leadsOut(root: string, folder: string): boolean {
  return !contains(realpathSync(root), realpathSync(resolve(root, folder)));
}

/** What is no data: DVC would wait at a pipe for somebody to write into it. */
export function noData(path: string, stats: Stats): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `${path} is ${specialKind(stats) ?? 'no file'}: data are files and folders`,
    hint: 'Remove it, or let .dvcignore name it.',
    place: { file: path },
  });
}

/** What an absolute path leads to; undefined when it leads nowhere. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Below a file there is nothing, for DVC too.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw notSeen(path, error);
  }
}

/** What the system does not let us see, nor DVC, which runs as the same user. */
export function notSeen(path: string, error: unknown): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'configuration',
      cause: `${path} ${whyUnreadable(error)}`,
      hint: 'Look at it and at the folders above it (ls -ld), then try again.',
      place: { file: path },
    },
    { cause: error },
  );
}

/** The size of the file with that number among a folder's. */
export function sizeAt({ stamps }: WalkedFolder, index: number): number {
  return stamps[index * stampSize + 1] ?? 0;
}
