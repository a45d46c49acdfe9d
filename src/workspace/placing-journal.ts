import { lstatSync, renameSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { readWholeIfAble } from '../system/read-whole.ts';
import { removeTree } from '../system/remove-tree.ts';

/** The path of what is to stand at a place, until it does. */
export function partOf(to: string): string {
  return `${to}.sibling-part`;
}

/** The path of what stood at a place, until all is done. */
export function beforeOf(to: string): string {
  return `${to}.sibling-old`;
}

/** What a placing is at: 'swapping' may be undone, after 'swapped' only what stood there is removed. */
type Step = 'swapping' | 'swapped';

/** Notes in `journal` how far it is with these paths, by one rename: it can be read at any moment. */
export function note(journal: string, step: Step, paths: readonly string[]): void {
  writeFileSync(`${journal}.part`, JSON.stringify({ step, paths }));
  renameSync(`${journal}.part`, journal);
}

/**
 * Ends what a process that is gone was placing: what stood there is back, unless all that is new was in
 * place. `placeOf` gives the place of a path, or undefined for one that is not for stages: who wrote the
 * file is not known. Gives the paths that are as they were; nothing for a journal that is none.
 */
export async function playBack(
  journal: string,
  placeOf: (path: string) => string | undefined,
): Promise<string[]> {
  const { step, paths } = read(journal);
  const restored: string[] = [];
  for (const path of paths) {
    const to = placeOf(path);
    if (to === undefined) continue;
    await removeTree(partOf(to));
    if (step === 'swapped') await removeTree(beforeOf(to));
    else if (await restoreBefore(to)) restored.push(path);
  }
  return restored;
}

/** Puts back what stood at a place; false where it was not away. */
export async function restoreBefore(to: string): Promise<boolean> {
  if (lstatSync(beforeOf(to), { throwIfNoEntry: false }) === undefined) return false;
  await removeTree(to);
  await rename(beforeOf(to), to);
  return true;
}

function read(journal: string): { step?: unknown; paths: string[] } {
  try {
    const { step, paths } = JSON.parse(readWholeIfAble(journal)?.toString('utf8') ?? '');
    return { step, paths: paths.filter((path: unknown) => typeof path === 'string') };
  } catch {
    return { paths: [] }; // it was about to be written: nothing was moved yet
  }
}
