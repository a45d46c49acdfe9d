import { lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { User } from './user.ts';

/** Hands what root has made, a file or a folder with all below it, to the user. */
export async function giveTree(path: string, user: User): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await lchown(path, user.uid, user.gid);
  if (!(await lstat(path)).isDirectory()) return;
  for (const child of await readdir(path)) await giveTree(join(path, child), user);
}
