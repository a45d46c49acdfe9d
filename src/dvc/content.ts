import { lstatSync, type Stats } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { DvcIgnore } from './dvc-ignore.ts';
import { type FolderEntry, folderHash } from './folder-hash.ts';
import type { HashCache } from './hash-cache.ts';
import { type HashKind, type HashTask, hashAll } from './hash-worker.ts';
import { NotUnderstood } from './not-understood.ts';
import { statOf, walkFolder } from './walk-folder.ts';

/** What is at a path now: nothing, a file or folder with its hash, or what only DVC can judge. */
export type Content =
  | { readonly state: 'absent' }
  | { readonly state: 'present'; readonly hash: string }
  | { readonly state: 'not-understood'; readonly construct: string };

type Found =
  | { readonly type: 'absent' }
  | { readonly type: 'file'; readonly key: string }
  | {
      readonly type: 'folder';
      readonly path: string;
      /** Under which its own hash is kept. */
      readonly key: string;
      readonly keys: readonly string[];
    }
  | { readonly type: 'not-understood'; readonly construct: string };

/**
 * The hashes of what is in the workspace. They are computed together, so that the processors can
 * share the work: `want` all that is of interest, `compute`, then ask with `contentOf`.
 */
export class Contents {
  private readonly root: string;
  private readonly dvcIgnore: DvcIgnore;
  private readonly cache: HashCache;
  private readonly found = new Map<string, Found>();
  private readonly hashes = new Map<string, string>();
  private readonly tasks = new Map<string, HashTask & { readonly stats: Stats }>();
  private readonly failed = new Map<string, string>();

  constructor(root: string, dvcIgnore: DvcIgnore, cache: HashCache) {
    this.root = root;
    this.dvcIgnore = dvcIgnore;
    this.cache = cache;
  }

  /** Asks for the hash of a path, relative to the root or absolute. */
  want(path: string, kind: HashKind): void {
    const name = keyOf(path, kind);
    if (this.found.has(name)) return;
    this.found.set(name, this.look(path, kind));
  }

  /** Computes the hashes that are wanted and not known. */
  async compute(): Promise<void> {
    const tasks = [...this.tasks];
    this.tasks.clear();
    const startedAt = Date.now();
    const results = await hashAll(tasks.map(([, task]) => ({ ...task, size: task.stats.size })));
    tasks.forEach(([key, { path, stats }], index) => {
      const result = results[index];
      if (result && 'hash' in result) {
        this.hashes.set(key, result.hash);
        this.cache.set(key, stats, result.hash, startedAt);
      } else this.failed.set(key, `${path}, which cannot be read (${result?.error})`);
    });
  }

  /** What is at a wanted path, once its hash is computed. */
  contentOf(path: string, kind: HashKind): Content {
    const found = this.found.get(keyOf(path, kind));
    if (found === undefined) throw new Error(`the hash of ${path} was not asked for`);
    if (found.type === 'absent') return { state: 'absent' };
    if (found.type === 'not-understood') return { state: found.type, construct: found.construct };
    const keys = found.type === 'file' ? [found.key] : found.keys;
    for (const key of keys) {
      const construct = this.failed.get(key);
      if (construct !== undefined) return { state: 'not-understood', construct };
    }
    return { state: 'present', hash: this.hashOf(found) };
  }

  private hashOf(found: Found & { type: 'file' | 'folder' }): string {
    if (found.type === 'file') return this.hashes.get(found.key) ?? '';
    const known = this.hashes.get(found.key);
    if (known !== undefined) return known;
    const start = found.path === '.' ? 0 : found.path.length + 1;
    const entries = found.keys.map((key): FolderEntry => {
      return { relpath: pathOf(key).slice(start), md5: this.hashes.get(key) ?? '' };
    });
    const hash = folderHash(entries);
    this.hashes.set(found.key, hash);
    return hash;
  }

  private look(path: string, kind: HashKind): Found {
    try {
      const full = isAbsolute(path) ? path : join(this.root, path);
      const stats = statOf(full);
      if (stats === undefined) {
        if (lstatSync(full, { throwIfNoEntry: false }) === undefined) return { type: 'absent' };
        throw new NotUnderstood(`the link ${path}, which leads nowhere`);
      }
      if (stats.isFile()) return { type: 'file', key: this.wantFile(path, kind, stats) };
      if (!stats.isDirectory()) {
        throw new NotUnderstood(`${path}, which is neither file nor folder`);
      }
      const files = walkFolder(this.root, path, this.dvcIgnore);
      const keys = files.map((file) => this.wantFile(file.path, kind, file.stats));
      return { type: 'folder', path, key: `${keyOf(path, kind)}/`, keys };
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      return { type: 'not-understood', construct: error.construct };
    }
  }

  private wantFile(path: string, kind: HashKind, stats: Stats): string {
    const key = keyOf(path, kind);
    if (this.hashes.has(key) || this.tasks.has(key)) return key;
    const known = this.cache.get(key, stats);
    if (known !== undefined) this.hashes.set(key, known);
    else {
      const full = isAbsolute(path) ? path : `${this.root}/${path}`;
      this.tasks.set(key, { path: full, kind, stats });
    }
    return key;
  }
}

/** No path begins with it. */
const legacyMark = '\0dos2unix:';

function keyOf(path: string, kind: HashKind): string {
  return kind === 'md5' ? path : legacyMark + path;
}

function pathOf(key: string): string {
  return key.startsWith(legacyMark) ? key.slice(legacyMark.length) : key;
}
