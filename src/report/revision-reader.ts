import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NotReadWhole, readWhole } from '../system/read-whole.ts';
import type { DataSide } from './report.ts';

/** Files of a revision, wherever they are; paths are relative to the project root. */
export interface RevisionReader {
  /** Undefined where the revision has no such file, or nobody here has its content. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Paths of the files in a folder, deeper ones too. */
  list(folder: string): Promise<readonly string[]>;
}

/** Bytes of a file that a report reads: metrics and plots are smaller. */
const largestFile = 32 * 2 ** 20;

/** Of a revision's dvc.lock. */
export interface ObjectReader extends RevisionReader {
  /**
   * What dvc.lock says of a file: undefined where it has none of that path. `content` tells it from
   * others, as `AbsentFile` has it.
   */
  recorded(path: string): Promise<{ readonly content?: string } | undefined>;
}

/** Asks one after another. */
export function firstOf(...readers: readonly RevisionReader[]): RevisionReader {
  return {
    async read(path) {
      for (const reader of readers) {
        const content = await reader.read(path);
        if (content !== undefined) return content;
      }
      return undefined;
    },
    async list(folder) {
      for (const reader of readers) {
        const paths = await reader.list(folder);
        if (paths.length > 0) return paths;
      }
      return [];
    },
  };
}

/** What stands in the workspace now. */
export function workspaceReader(root: string): RevisionReader {
  return {
    read: async (path) => readHere(join(root, path)),
    async list(folder) {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
        // Not there, or no folder.
        .catch((): Dirent[] => []);
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length));
    },
  };
}

/** Texts that came from elsewhere, such as another job, by path. */
export function textReader(texts: Readonly<Record<string, string>>): RevisionReader {
  return {
    read: async (path) =>
      Object.hasOwn(texts, path) ? new TextEncoder().encode(texts[path]) : undefined,
    list: async (folder) => Object.keys(texts).filter((path) => path.startsWith(`${folder}/`)),
  };
}

/**
 * Outs by the hashes that a dvc.lock holds, from folders that are laid out as DVC's cache: the cache
 * itself, or a remote on this machine. The hashes may be a stranger's, so nothing but a hash becomes
 * part of a path.
 */
export function objectReader(
  outs: ReadonlyMap<string, DataSide>,
  folders: readonly string[],
): ObjectReader {
  const listings = new Map<string, Promise<ReadonlyMap<string, string> | undefined>>();

  async function object(hash: string): Promise<Uint8Array | undefined> {
    const match = /^([0-9a-f]{2})([0-9a-f]{30}(?:\.dir)?)$/.exec(hash);
    if (!match) return undefined;
    for (const folder of folders) {
      for (const layout of ['files/md5', '.']) {
        const path = join(folder, layout, match[1] ?? '', match[2] ?? '');
        // One that this user may not read is as good as none: another folder may have it.
        const content = await readSmall(path).catch(() => undefined);
        if (content !== undefined) return content;
      }
    }
    return undefined;
  }

  /** Hash by path of the files in a folder that is an out; undefined where its list is not here. */
  function listing(folder: string, hash: string) {
    const key = `${hash} ${folder}`;
    const known = listings.get(key);
    if (known) return known;
    const read = object(hash).then((content) => entriesOf(folder, content));
    listings.set(key, read);
    return read;
  }

  async function recorded(path: string): Promise<{ content?: string } | undefined> {
    const own = outs.get(path);
    if (own) return own.hash === undefined ? {} : { content: own.hash };
    for (const [out, { hash }] of outs) {
      if (!path.startsWith(`${out}/`)) continue;
      const inside = hash?.endsWith('.dir') ? await listing(out, hash) : undefined;
      if (inside === undefined) {
        return hash === undefined ? {} : { content: `${hash}/${path.slice(out.length + 1)}` };
      }
      const content = inside.get(path);
      if (content !== undefined) return { content };
    }
    return undefined;
  }

  return {
    recorded,
    async read(path) {
      const content = (await recorded(path))?.content;
      return content === undefined ? undefined : object(content);
    },
    async list(folder) {
      const hash = outs.get(folder)?.hash;
      return hash?.endsWith('.dir') ? [...((await listing(folder, hash))?.keys() ?? [])] : [];
    },
  };
}

function entriesOf(
  folder: string,
  content: Uint8Array | undefined,
): ReadonlyMap<string, string> | undefined {
  const entries = new Map<string, string>();
  if (content === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
  if (!Array.isArray(json)) return undefined;
  for (const entry of json) {
    const { relpath, md5 } = Object(entry) as { relpath?: unknown; md5?: unknown };
    if (typeof relpath === 'string' && typeof md5 === 'string') {
      entries.set(`${folder}/${relpath}`, md5);
    }
  }
  return entries;
}

/** Undefined where nothing is, or a folder. Throws NotReadWhole for a pipe and the like, and for too much. */
function readHere(path: string): Uint8Array | undefined {
  try {
    return readWhole(path, { limit: largestFile });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof NotReadWhole && code !== 'EISDIR') throw error;
    return undefined;
  }
}

async function readSmall(path: string): Promise<Uint8Array | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() && found.size <= largestFile ? readFile(path) : undefined;
}
