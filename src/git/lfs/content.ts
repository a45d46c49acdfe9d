import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { git } from '../git.ts';
import type { LfsPointer } from './pointer.ts';

/** Gives what pointers stand for where Git LFS has it in this clone; undefined where it has not. */
export function lfsStore(
  root: string,
): (pointer: LfsPointer, largest: number) => Promise<Uint8Array | undefined> {
  let folder: Promise<string | undefined> | undefined;
  return async ({ oid }, largest) => {
    if (oid === '') return undefined;
    folder ??= storeFolder(root);
    const store = await folder;
    if (store === undefined) return undefined;
    const path = join(store, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() && found.size <= largest
      ? readFile(path).catch(() => undefined)
      : undefined;
  };
}

/** `lfs.storage` (git-lfs-config), by default `lfs` in Git's folder. */
async function storeFolder(root: string): Promise<string | undefined> {
  const [common, configured] = await Promise.all([
    git(root, 'rev-parse', '--git-common-dir'),
    git(root, 'config', '--type=path', 'lfs.storage'),
  ]);
  return common === undefined ? undefined : resolve(root, common, configured || 'lfs');
}
