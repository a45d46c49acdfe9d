import { join } from 'node:path';
import pLimit from 'p-limit';
import { absent, contentEntry, type Entry, type RevisionFiles } from '../revision/entry.ts';
import { workspaceEntry } from '../revision/workspace-files.ts';
import type { DataSide } from './report.ts';

/** Asks one after another: what one has no content of, another may have. */
export function firstOf(...readers: readonly RevisionFiles[]): RevisionFiles {
  return {
    async at(path) {
      let found = absent;
      for (const reader of readers) {
        const entry = await reader.at(path);
        if (entry.kind === 'file' || entry.kind === 'folder') return entry;
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
): RevisionFiles {
  const limit = pLimit(32);
  const listings = new Map<string, Promise<ReadonlyMap<string, string>>>();

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

  /** Hash by path of the files in a folder that is an out. */
  function listing(folder: string, hash: string): Promise<ReadonlyMap<string, string>> {
    const known = listings.get(hash);
    if (known) return known;
    const read = object(hash).then((entry) => entriesOf(folder, entry));
    listings.set(hash, read);
    return read;
  }

  return {
    async at(path) {
      const own = outs.get(path)?.hash;
      if (own?.endsWith('.dir')) return (await object(own)).kind === 'file' ? folderEntry : absent;
      if (own !== undefined) return object(own);
      for (const [out, { hash }] of outs) {
        if (!hash?.endsWith('.dir') || !path.startsWith(`${out}/`)) continue;
        const inside = (await listing(out, hash)).get(path);
        if (inside !== undefined) return object(inside);
      }
      return absent;
    },
    async list(folder) {
      const hash = outs.get(folder)?.hash;
      return hash?.endsWith('.dir') ? [...(await listing(folder, hash)).keys()] : [];
    },
  };
}

const folderEntry: Entry = { kind: 'folder' };

function entriesOf(folder: string, entry: Entry): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  if (entry.kind !== 'file') return entries;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(entry.content));
  } catch {
    return entries;
  }
  for (const entry of Array.isArray(json) ? json : []) {
    const { relpath, md5 } = Object(entry) as { relpath?: unknown; md5?: unknown };
    if (typeof relpath === 'string' && typeof md5 === 'string') {
      entries.set(`${folder}/${relpath}`, md5);
    }
  }
  return entries;
}
