import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { PlacedFile } from '../../container/files/placement.ts';
import { giveTo, type Project } from '../../project/project.ts';

/** Where a stage finds it, away from what is the project's. A folder: one file cannot be copied. */
const target = '/run/sibling';
const name = 'context.json';

/** The variable that names the file to a stage. */
export const contextVariable = { SIBLING_CONTEXT_FILE: posix.join(target, name) };

/**
 * Writes what a stage is told of itself and its run into a new folder, to be placed in its container.
 * A file and not a variable: it has a line for each dep, and Linux takes at most 131,072 bytes in one
 * variable (MAX_ARG_STRLEN).
 */
export async function placeContext(
  { user }: Pick<Project, 'user'>,
  context: Readonly<Record<string, unknown>>,
  folder: string,
): Promise<PlacedFile> {
  await mkdir(folder);
  const path = join(folder, name);
  await writeFile(path, `${JSON.stringify(context, null, 2)}\n`, { flag: 'wx' });
  await chmod(path, 0o444);
  for (const made of [folder, path]) await giveTo(made, user);
  return { source: folder, target, kind: 'directory', readOnly: true };
}
