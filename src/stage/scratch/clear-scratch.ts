import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isInProject } from '../../dvc/paths.ts';
import { guardedHome } from '../../outside/guarded-home.ts';
import { realPlace, whyNoOut } from '../../outside/private-places.ts';
import { removeTree } from '../../system/remove-tree.ts';
import { playBack } from '../../workspace/placing-journal.ts';

/** In a stage's scratch folder: how far it is with moving its outs into the workspace. */
export const journalName = 'placing.json';

/**
 * Removes the scratch folders of a workspace in which no stage is at work, and first ends what a killed
 * one had begun: outs that it was replacing are back. Gives their paths.
 */
export async function clearScratch(root: string): Promise<string[]> {
  const scratch = join(root, '.sibling/scratch');
  const placeOf = (path: string) =>
    isInProject(path) && whyNoOut(root, path, guardedHome(), 'dvc.yaml') === undefined
      ? realPlace(join(root, path))
      : undefined;
  const restored: string[] = [];
  for (const folder of foldersIn(scratch)) {
    restored.push(...(await playBack(join(scratch, folder, journalName), placeOf)));
  }
  await removeTree(scratch);
  return restored;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
