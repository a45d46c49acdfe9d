import { join, resolve } from 'node:path';
import { git } from '../git.ts';
import { readWholeIfAble } from '../system/read-whole.ts';
import { isLfsPointer } from './lfs-pointer.ts';

/**
 * What a pointer of a commit stands for, where Git LFS has it in this clone; the content itself for
 * anything else, and for a pointer whose file is not here.
 */
export async function lfsContent(root: string, content: Uint8Array): Promise<Uint8Array> {
  if (!isLfsPointer(content)) return content;
  const hash = /^oid sha256:([0-9a-f]{64})\r?$/m.exec(new TextDecoder().decode(content))?.[1];
  const folder = await git(root, 'rev-parse', '--git-common-dir');
  if (hash === undefined || folder === undefined) return content;
  const path = join('lfs/objects', hash.slice(0, 2), hash.slice(2, 4), hash);
  return readWholeIfAble(resolve(root, folder, path)) ?? content;
}
