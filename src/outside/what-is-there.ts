import { realpathSync, statSync } from 'node:fs';
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
