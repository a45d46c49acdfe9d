import { type Dirent, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DvcIgnore } from './dvc-ignore.ts';
import type { FolderListings } from './folder-listings.ts';
import { stampSize, writeStamp } from './hash-cache.ts';
import { NotUnderstood } from './not-understood.ts';

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
 * folders not at all. Folders without files do not appear. Throws NotUnderstood where DVC's own
 * walk would fail.
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
    const entries = list(full, folder, listings);
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
      if (!stats?.isFile()) throw new NotUnderstood(oddFile(`${current}/${name}`, stats));
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

function list(full: string, folder: string, listings: FolderListings): readonly Dirent[] {
  try {
    return listings.list(full);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NotUnderstood(`a folder in ${folder} that cannot be listed (${code})`);
  }
}

function oddFile(path: string, stats: Stats | undefined): string {
  if (stats === undefined) return `the link ${path}, which leads nowhere`;
  return `${path}, which is neither file nor folder`;
}

/** What an absolute path leads to; undefined when it leads nowhere. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NotUnderstood(`${path}, which cannot be looked at (${code})`);
  }
}

/** The size of the file with that number among a folder's. */
export function sizeAt({ stamps }: WalkedFolder, index: number): number {
  return stamps[index * stampSize + 1] ?? 0;
}
