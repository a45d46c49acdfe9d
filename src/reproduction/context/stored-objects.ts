import { existsSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashAll } from '../../dvc/hash/worker.ts';
import type { FileHash } from '../../dvc/pipeline.ts';
import { readWhole } from '../../system/read-whole.ts';
import type { Check } from '../compare/result.ts';

/** Runs `dvc ARGUMENTS` in the checkout. */
export type RunDvc = (
  dvcArguments: readonly string[],
) => Promise<{ readonly code: number; readonly output: readonly string[] }>;

/** What objects are called in dvc.lock, by their hash. */
export type ObjectNames = ReadonlyMap<string, string>;

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
    return await dvc(['fetch', '--', `${request}.dvc`, ...paths]);
  } finally {
    await rm(file, { force: true });
  }
}

/** Where a cache, or a remote that is a folder, has an object. */
export function objectPath(folder: string, md5: string): string {
  return join(folder, 'files/md5', md5.slice(0, 2), md5.slice(2));
}

/** The names of recorded hashes, and of the files in folders among them as far as a folder has them. */
export async function objectNames(
  folder: string,
  recorded: Iterable<FileHash>,
): Promise<ObjectNames> {
  const names = new Map<string, string>();
  for (const { hash, kind, path } of recorded) {
    // The objects of DVC 2 lie elsewhere, and are not what their bytes hash to.
    if (hash === undefined || kind !== 'md5') continue;
    names.set(hash, path);
    if (!hash.endsWith('.dir')) continue;
    for (const { relpath, md5 } of await listing(objectPath(folder, hash))) {
      if (!names.has(md5)) names.set(md5, `${path}/${relpath}`);
    }
  }
  return names;
}

/** A check for each object that is in a folder: whether its content is what its name says. */
export async function checkObjects(folder: string, names: ObjectNames): Promise<Check[]> {
  const objects = await Promise.all(
    [...names]
      .map(([md5, what]) => ({ md5, what, path: objectPath(folder, md5), kind: 'md5' as const }))
      .filter(({ path }) => existsSync(path))
      .map(async (object) => ({ ...object, size: (await stat(object.path)).size })),
  );
  const hashes = await hashAll(objects);
  return objects.map(({ md5, what }, index): Check => {
    const result = hashes[index];
    const found = result && 'hash' in result ? result.hash : null;
    const expected = md5.replace(/\.dir$/, '');
    if (found === expected) return { kind: 'stored', what, state: 'same', expected, found };
    return differing(expected, what, found);
  });
}

function differing(expected: string, what: string, found: string | null): Check {
  const text = `the remote’s copy of ${what} is not what its name says`;
  return { kind: 'stored', what, state: 'differs', expected, found, text };
}

/** The names of what is not in a folder. */
export function missingObjects(folder: string, names: ObjectNames): string[] {
  return [...names].filter(([md5]) => !existsSync(objectPath(folder, md5))).map(([, name]) => name);
}

/**
 * Objects that a remote could not give as they were stored, for it keeps a checksum of its own, or that
 * were not taken because they are others (dvc-runner/remote/true_bytes.py).
 */
export function damagedObjects(output: readonly string[], names: ObjectNames): Check[] {
  return output.flatMap((line): Check[] => {
    const [, md5, reason] =
      /failed to transfer '([0-9a-f]{32}(?:\.dir)?)' - (.*(?:checksum|has other bytes than).*)/i.exec(
        line,
      ) ?? [];
    if (md5 === undefined || reason === undefined) return [];
    const what = names.get(md5) ?? md5;
    const [, found] = /has other bytes than its name says: ([0-9a-f]{32})/.exec(reason) ?? [];
    if (found !== undefined) return [differing(md5.replace(/\.dir$/, ''), what, found)];
    const text = `the remote’s copy of ${what} is damaged: ${reason}`;
    return [{ kind: 'stored', what, state: 'differs', expected: md5, found: null, text }];
  });
}

/** Bytes: a folder of a million files has some 100 MiB. */
const largestListing = 400 * 2 ** 20;

async function listing(path: string): Promise<{ relpath: string; md5: string }[]> {
  try {
    const entries: unknown = JSON.parse(
      readWhole(path, { limit: largestListing }).toString('utf8'),
    );
    const isHash = (text: unknown) => typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);
    return Array.isArray(entries) ? entries.filter((entry) => isHash(entry?.md5)) : [];
  } catch {
    return []; // its own check tells
  }
}
