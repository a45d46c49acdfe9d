import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isPrivateContent } from '../../container/image/private-content.ts';
import { PathSet } from '../../system/contains.ts';

/**
 * What in a folder, at any depth, reaches a stage only when it is named itself, by the rule of build
 * contexts: paths that begin with `path`, which is relative to `root` or absolute. Links in the folder
 * are not followed, and a private folder is one path. Nothing for a file, or what cannot be listed.
 */
export function privateWithin(root: string, path: string): string[] {
  const folder = resolve(root, path);
  const found: string[] = [];
  const left = [''];
  for (let below = left.pop(); below !== undefined; below = left.pop()) {
    for (const entry of entriesOf(join(folder, below))) {
      const at = join(below, entry.name);
      if (isPrivateContent(folder, at, entry.isDirectory())) found.push(join(path, at));
      else if (entry.isDirectory()) left.push(at);
    }
  }
  return found.sort();
}

/** The fewest paths in a folder, relative to it, that are all of it but what is `leftOut`. */
export function partsWithout(folder: string, leftOut: readonly string[]): string[] {
  const [out, within] = [new Set(leftOut), new PathSet(leftOut)];
  const parts: string[] = [];
  const left = [''];
  for (let below = left.pop(); below !== undefined; below = left.pop()) {
    for (const { name } of entriesOf(join(folder, below))) {
      const at = join(below, name);
      if (within.hasWithin(at)) left.push(at);
      else if (!out.has(at)) parts.push(at);
    }
  }
  return parts;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // a file, or one that whoever reads it complains of
  }
}
