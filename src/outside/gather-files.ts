import { dirname, join } from 'node:path';
import type { PlacedFile } from '../container/files/placement.ts';
import { hidesRunner } from './guarded-places.ts';

/** From this many files of one folder on, the folder is mounted instead of each by itself. */
const manyFiles = 16;

/**
 * The same mounts with fewer entries: links to thousands of files of one folder are no reason for as
 * many mounts. Only files that have the same names on both sides can be so gathered.
 */
export function gatherFiles(files: readonly PlacedFile[]): PlacedFile[] {
  const folders = new Map<string, PlacedFile[]>();
  for (const file of files) {
    const key = folderOf(file);
    if (key === undefined) continue;
    const inside = folders.get(key);
    if (inside) inside.push(file);
    else folders.set(key, [file]);
  }
  const gathered: PlacedFile[] = [];
  const dropped = new Set<PlacedFile>();
  for (const inside of folders.values()) {
    const [first] = inside;
    if (!first || inside.length < manyFiles) continue;
    const target = dirname(first.target);
    if (hidesRunner(target, 'directory')) continue;
    for (const file of inside) dropped.add(file);
    gathered.push({ ...first, source: dirname(first.source), target, kind: 'directory' });
  }
  return [...files.filter((file) => !dropped.has(file)), ...gathered];
}

function folderOf({ source, target, kind, readOnly }: PlacedFile): string | undefined {
  if (kind !== 'file' || !readOnly) return undefined;
  const folders = { source: dirname(source), target: dirname(target) };
  if (join(folders.target, source.slice(folders.source.length)) !== target) return undefined;
  return `${folders.source}\0${folders.target}`;
}
