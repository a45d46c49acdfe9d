import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../project/project.ts';
import { removeTree } from '../system/remove-tree.ts';

/**
 * Removes the checkouts of reproductions that were killed. One at work has announced itself before
 * it made its folder; who died has been forgotten by whoever took the workspace's lock.
 */
export async function clearCheckouts({ root }: Project): Promise<void> {
  const folder = join(root, '.sibling/reproduce');
  if (!existsSync(folder)) return;
  for (const id of await readdir(folder)) {
    const isAtWork = existsSync(join(root, `.sibling/present/${id}.json`));
    if (!isAtWork) await removeTree(join(folder, id));
  }
}
