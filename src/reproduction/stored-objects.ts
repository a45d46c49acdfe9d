import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashAll } from '../dvc/hash-worker.ts';
import type { Check } from './result.ts';
import type { StageRecord } from './stage-records.ts';

/** Runs `dvc ARGUMENTS` in the checkout. */
export type RunDvc = (
  dvcArguments: readonly string[],
) => Promise<{ readonly code: number; readonly output: readonly string[] }>;

/** Where DVC keeps objects of a cache or a remote. */
const layout = 'files/md5';

/** A `.dvc` file for the time of one fetch: it asks for an object by its hash alone. */
const request = 'sibling-registered';

/**
 * Fetches the object of a hash, and what dvc.lock names at `paths`, from the remote into the
 * checkout's cache. What is not there stays away: look for it in the cache.
 */
export async function fetchStored(
  root: string,
  dvc: RunDvc,
  md5: string,
  paths: readonly string[],
): Promise<{ readonly code: number; readonly output: readonly string[] }> {
  const file = join(root, `${request}.dvc`);
  await writeFile(file, `outs:\n- md5: ${md5}\n  hash: md5\n  path: ${request}\n`);
  try {
    return await dvc(['fetch', `${request}.dvc`, ...paths]);
  } finally {
    await rm(file, { force: true });
  }
}

export function objectPath(cache: string, md5: string): string {
  return join(cache, layout, md5.slice(0, 2), md5.slice(2));
}

/** A check for each object that was fetched into a cache: whether its content is what its name says. */
export async function checkObjects(
  cache: string,
  names: ReadonlyMap<string, string>,
): Promise<Check[]> {
  const objects = await listObjects(join(cache, layout));
  const hashes = await hashAll(objects);
  return objects.map(({ md5, path }, index): Check => {
    const result = hashes[index];
    const found = result && 'hash' in result ? result.hash : null;
    const expected = md5.replace(/\.dir$/, '');
    const what = names.get(md5) ?? path;
    if (found === expected) return { kind: 'stored', what, state: 'same', expected, found };
    const text = `the remote’s copy of ${what} is not what its name says`;
    return { kind: 'stored', what, state: 'differs', expected, found, text };
  });
}

/** Objects that a remote could not give as they were stored, for it keeps a checksum of its own. */
export function damagedObjects(
  output: readonly string[],
  names: ReadonlyMap<string, string>,
): Check[] {
  return output.flatMap((line): Check[] => {
    const [, md5, reason] =
      /failed to transfer '([0-9a-f]{32}(?:\.dir)?)' - (.*checksum.*)/i.exec(line) ?? [];
    if (md5 === undefined || reason === undefined) return [];
    const what = names.get(md5) ?? md5;
    const text = `the remote’s copy of ${what} is damaged: ${reason}`;
    return [{ kind: 'stored', what, state: 'differs', expected: md5, found: null, text }];
  });
}

/** What objects are called in dvc.lock, by their hash; files of folders with the folder's path. */
export async function objectNames(
  cache: string,
  named: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map(named);
  for (const [hash, path] of named) {
    if (!hash.endsWith('.dir')) continue;
    for (const { relpath, md5 } of await listing(objectPath(cache, hash))) {
      if (!names.has(md5)) names.set(md5, `${path}/${relpath}`);
    }
  }
  return names;
}

/** Paths of outs by their hash. */
export function outNames(records: readonly StageRecord[]): Map<string, string> {
  return new Map(
    records.flatMap(({ outs }) =>
      [...outs].flatMap(([path, { hash }]) => (hash === undefined ? [] : [[hash, path] as const])),
    ),
  );
}

async function listing(path: string): Promise<{ relpath: string; md5: string }[]> {
  try {
    const entries: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(entries) ? entries.filter((entry) => typeof entry?.md5 === 'string') : [];
  } catch {
    return []; // its own check tells
  }
}

async function listObjects(folder: string) {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const { size } = await stat(path);
      return { path, md5: parentPath.slice(-2) + name, kind: 'md5' as const, size };
    }),
  );
}
