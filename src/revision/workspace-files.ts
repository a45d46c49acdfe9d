import type { Dirent } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import pLimit from 'p-limit';
import { unfetchedSubmodules } from '../git/submodules.ts';
import { absent, contentEntry, type Entry, largestFile, type RevisionFiles } from './entry.ts';

/** Files that are open at once. */
const together = 32;

/** What stands in the workspace now; links are followed wherever they lead, as programs do. */
export function workspaceFiles(root: string): RevisionFiles {
  const limit = pLimit(together);
  let submodules: Promise<readonly string[]> | undefined;

  return {
    async at(path) {
      const entry = await limit(() => workspaceEntry(join(root, path)));
      if (entry.kind !== 'absent' && entry.kind !== 'folder') return entry;
      submodules ??= unfetchedSubmodules(root);
      const submodule = (await submodules).find(
        (one) => path === one || posix.normalize(path).startsWith(`${one}/`),
      );
      return submodule === undefined ? entry : { kind: 'submodule', path: submodule };
    },
    async list(folder) {
      const place = join(root, folder);
      const entries = await readdir(place, { recursive: true, withFileTypes: true })
        // Not there, or no folder.
        .catch((): Dirent[] => []);
      return entries
        .filter((entry) => entry.isFile() || entry.isSymbolicLink())
        .map((entry) => join(folder, join(entry.parentPath, entry.name).slice(place.length)));
    },
  };
}

/** What a path of this machine is. */
export async function workspaceEntry(path: string): Promise<Entry> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return { kind: 'folder' };
    if (!found.isFile()) return { kind: 'unreadable', reason: 'it is neither a file nor a folder' };
    if (found.size > largestFile) return { kind: 'too-large', size: found.size };
    return contentEntry(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') {
      const target = await readlink(path).catch(() => undefined);
      return target === undefined ? absent : { kind: 'link', target };
    }
    return { kind: 'unreadable', reason: String(code) };
  }
}
