import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Dice } from '../dice.ts';

/** Changes a project at random and says how; undefined when there was nothing to change. */
export type Edit = (dice: Dice, root: string) => string | undefined;

let clock = Date.now() / 1000 - 500_000;

/**
 * Writes a file. Each one gets a time of its own, so that DVC's own record of times can tell one
 * content from the next.
 */
export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) chmodSync(path, 0o644);
  writeFileSync(path, text);
  touch(path);
}

export function touch(path: string): void {
  clock += 1;
  utimesSync(path, clock, clock);
}

/** Files of the workspace, without DVC's own folder. */
function workspaceFiles(root: string, folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (['.dvc', '.git'].includes(entry.name) && entry.isDirectory()) return [];
    return entry.isDirectory() ? workspaceFiles(root, path) : [relative(root, path)];
  });
}

const declaring =
  /(?:^|\/)(?:dvc\.(?:yaml|lock)|params\.yaml|conf\..*|\.dvcignore|\.gitignore)$|\.dvc$/;

export function dataFiles(root: string): string[] {
  return workspaceFiles(root).filter((path) => !declaring.test(path));
}

/** Files that are an out of a random project, or in one. */
export function outFiles(root: string): string[] {
  return workspaceFiles(root).filter((path) => /(?:^|\/)o-/.test(path));
}
