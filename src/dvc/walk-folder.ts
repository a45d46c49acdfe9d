import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import type { DvcIgnore } from './dvc-ignore.ts';
import { stampOf, stampSize } from './hash-cache.ts';
import { NotUnderstood } from './not-understood.ts';

/** The files directly in a folder that count for a dep or out. */
export interface WalkedFolder {
  /** Relative to the project root, `''` for the root itself. */
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
export function walkFolder(root: string, folder: string, dvcIgnore: DvcIgnore): WalkedFolder[] {
  if (dvcIgnore.ignoresPath(folder, true)) return [];
  const found: WalkedFolder[] = [];
  const visit = (current: string) => {
    const full = current === '' ? root : `${root}/${current}`;
    const isPlain = dvcIgnore.ignoresFewFiles(current);
    const names: string[] = [];
    const stamps: number[] = [];
    const below: string[] = [];
    for (const name of list(full, folder)) {
      // Node replaces what is not UTF-8 in a name.
      if (name.includes('\uFFFD')) throw new NotUnderstood(`a name in ${current}, not UTF-8`);
      const path = `${full}/${name}`;
      const stats = statOf(path);
      if (stats?.isDirectory()) {
        if (!dvcIgnore.ignores(current, name, true) && !lstatSync(path).isSymbolicLink()) {
          below.push(current === '' ? name : `${current}/${name}`);
        }
        continue;
      }
      if (isPlain ? name === '.git' : dvcIgnore.ignores(current, name, false)) continue;
      if (!stats?.isFile()) throw new NotUnderstood(oddFile(`${current}/${name}`, stats));
      names.push(name);
      stamps.push(...stampOf(stats));
    }
    if (names.includes('.dvcignore')) throw new NotUnderstood(`a .dvcignore inside of ${folder}`);
    if (names.length > 0) {
      found.push({ folder: current, names, stamps: Float64Array.from(stamps) });
    }
    for (const each of below) visit(each);
  };
  visit(folder === '.' ? '' : folder);
  return found;
}

function list(full: string, folder: string): string[] {
  try {
    return readdirSync(full);
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
