import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { specialKind } from '../system/read-whole.ts';

/** What is at the end of a path, in a word, where that is no data. */
export function specialAt(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && specialKind(stats);
  } catch {
    return undefined; // a circle of links, told elsewhere
  }
}

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** A path without links; `otherwise` where it leads nowhere. */
export function realOr(path: string, otherwise = path): string {
  try {
    return realpathSync(path);
  } catch {
    return otherwise;
  }
}

/** The first name on the way to a path, relative to `root`, that is there and no folder. */
export function fileOnTheWay(root: string, path: string): string | undefined {
  const names = path.split('/').slice(0, -1);
  for (const [index] of names.entries()) {
    const above = names.slice(0, index + 1).join('/');
    if (!isThere(join(root, above))) return undefined;
    if (!isFolder(join(root, above))) return above;
  }
  return undefined;
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
