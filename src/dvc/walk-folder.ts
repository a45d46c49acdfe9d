import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DvcIgnore } from './dvc-ignore.ts';
import { NotUnderstood } from './not-understood.ts';

/** A file that counts for a dep or out, as DVC sees it. */
export interface WalkedFile {
  /** Relative to the project root. */
  readonly path: string;
  readonly stats: Stats;
}

/**
 * The files in a folder as DVC collects them (dvc_data/hashfile/build.py, _walk_files): what
 * `.dvcignore` names is left out, links to files count as files, links to folders not at all.
 * Throws NotUnderstood where DVC's own walk would fail.
 */
export function walkFolder(root: string, folder: string, dvcIgnore: DvcIgnore): WalkedFile[] {
  const files: WalkedFile[] = [];
  if (dvcIgnore.ignoresPath(folder, true)) return files;
  const visit = (current: string) => {
    const areFilesPlain = dvcIgnore.ignoresFewFiles(current);
    for (const entry of list(root, current)) {
      const { name } = entry;
      const path = current === '' ? name : `${current}/${name}`;
      // Node replaces what is not UTF-8 in a name.
      if (name.includes('\uFFFD')) throw new NotUnderstood(`the name of ${path}, not UTF-8`);
      if (entry.isDirectory()) {
        if (!dvcIgnore.ignores(current, name, true)) visit(path);
        continue;
      }
      if (areFilesPlain ? name === '.git' : dvcIgnore.ignores(current, name, false)) continue;
      const stats = fileStats(root, path, entry);
      if (stats === undefined) continue;
      if (name === '.dvcignore') throw new NotUnderstood(`a .dvcignore inside of ${folder}`);
      files.push({ path, stats });
    }
  };
  visit(folder === '.' ? '' : folder);
  return files;
}

function list(root: string, folder: string): Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NotUnderstood(`${folder}, which cannot be listed (${code})`);
  }
}

/** Undefined for a link to a folder. */
function fileStats(root: string, path: string, entry: Dirent): Stats | undefined {
  const stats = statOf(`${root}/${path}`);
  if (stats === undefined) throw new NotUnderstood(`the link ${path}, which leads nowhere`);
  if (entry.isSymbolicLink() && stats.isDirectory()) return undefined;
  if (!stats.isFile()) throw new NotUnderstood(`${path}, which is neither file nor folder`);
  return stats;
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
