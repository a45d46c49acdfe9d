import { join } from 'node:path';
import pLimit from 'p-limit';
import {
  absent,
  contentEntry,
  type Entry,
  isElsewhere,
  type RevisionFiles,
} from '../../revision/entry.ts';
import { workspaceEntry } from '../../revision/workspace-files.ts';
import type { DataSide } from '../report.ts';

/** Of a revision's dvc.lock. */
export interface ObjectReader extends RevisionFiles {
  /**
   * What dvc.lock says of a file: undefined where it has none of that path. `content` tells it from
   * others, as `AbsentFile` has it.
   */
  recorded(path: string): Promise<{ readonly content?: string } | undefined>;
}

/** Asks one after another: what one has no content of, another may have. */
export function firstOf(...readers: readonly RevisionFiles[]): RevisionFiles {
  return {
    async at(path) {
      let found = absent;
      for (const reader of readers) {
        const entry = await reader.at(path);
        if (!isElsewhere(entry)) return entry;
        if (found.kind === 'absent') found = entry;
      }
      return found;
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

/** Texts that came from elsewhere, such as another job, by path. */
export function textReader(texts: Readonly<Record<string, string>>): RevisionFiles {
  return {
    at: async (path) =>
      Object.hasOwn(texts, path) ? contentEntry(new TextEncoder().encode(texts[path])) : absent,
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
  const limit = pLimit(32);
  const listings = new Map<string, Promise<ReadonlyMap<string, string> | undefined>>();

  async function object(hash: string): Promise<Entry> {
    const match = /^([0-9a-f]{2})([0-9a-f]{30}(?:\.dir)?)$/.exec(hash);
    if (!match) return absent;
    for (const folder of folders) {
      for (const layout of ['files/md5', '.']) {
        const path = join(folder, layout, match[1] ?? '', match[2] ?? '');
        const entry = await limit(() => workspaceEntry(path));
        if (entry.kind === 'file' || entry.kind === 'too-large') return entry;
      }
    }
    return absent;
  }

  /** Hash by path of the files in a folder that is an out; undefined where its list is not here. */
  function listing(folder: string, hash: string) {
    const key = `${hash} ${folder}`;
    const known = listings.get(key);
    if (known) return known;
    const read = object(hash).then((entry) => entriesOf(folder, entry));
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
    async at(path) {
      const content = (await recorded(path))?.content;
      if (content === undefined) return absent;
      const entry = await object(content);
      return content.endsWith('.dir') && entry.kind === 'file' ? folderEntry : entry;
    },
    async list(folder) {
      const hash = outs.get(folder)?.hash;
      return hash?.endsWith('.dir') ? [...((await listing(folder, hash))?.keys() ?? [])] : [];
    },
  };
}

const folderEntry: Entry = { kind: 'folder' };

function entriesOf(folder: string, entry: Entry): ReadonlyMap<string, string> | undefined {
  if (entry.kind !== 'file') return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(entry.content));
  } catch {
    return undefined;
  }
  if (!Array.isArray(json)) return undefined;
  const entries = new Map<string, string>();
  for (const file of json) {
    const { relpath, md5 } = Object(file) as { relpath?: unknown; md5?: unknown };
    if (typeof relpath === 'string' && typeof md5 === 'string') {
      entries.set(`${folder}/${relpath}`, md5);
    }
  }
  return entries;
}
