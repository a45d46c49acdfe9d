import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import type { DvcIgnore } from '../ignore/dvc-ignore.ts';
import { type HashCache, type HashedFolder, hashSize, stampOf, stampSize } from './cache.ts';
import { type FolderEntry, folderHash } from './folder-hash.ts';
import { FolderListings } from './folder-listings.ts';
import { noData, notSeen, sizeAt, statOf, type WalkedFolder, walkFolder } from './walk-folder.ts';
import { type HashKind, hashAll } from './worker.ts';

/** What is at a path now: nothing, a file or folder with its hash, or what only DVC can judge. */
export type Content =
  | { readonly state: 'absent' }
  | { readonly state: 'present'; readonly hash: string }
  | { readonly state: 'not-understood'; readonly construct: string };

type Found =
  | { readonly type: 'absent' | 'file' }
  | { readonly type: 'folder'; readonly parts: readonly FolderPart[] }
  | { readonly type: 'not-understood'; readonly construct: string };

/** A folder with the hashes of its files, as far as they are known. */
interface FolderPart extends WalkedFolder {
  readonly hashes: Buffer;
  fault?: string;
}

interface Task {
  readonly path: string;
  readonly kind: HashKind;
  readonly size: number;
  readonly done: (hash: string, startedAt: number) => void;
  readonly failed: (construct: string) => void;
}

/**
 * The hashes of what is in the workspace. They are computed together, so that the processors can
 * share the work: `want` all that is of interest, `compute`, then ask with `contentOf`.
 */
export class Contents {
  private readonly root: string;
  private readonly dvcIgnore: DvcIgnore;
  private readonly cache: HashCache;
  private readonly listings: FolderListings;
  private readonly found = new Map<string, Found>();
  private readonly parts = new Map<string, FolderPart>();
  private readonly contents = new Map<string, Content>();
  private readonly changedParts = new Map<string, FolderPart>();
  private tasks: Task[] = [];

  constructor(
    root: string,
    dvcIgnore: DvcIgnore,
    cache: HashCache,
    listings: FolderListings = new FolderListings(),
  ) {
    this.root = root;
    this.dvcIgnore = dvcIgnore;
    this.cache = cache;
    this.listings = listings;
  }

  /**
   * Asks for the hash of a path, relative to the root or absolute. Throws 'configuration' for a pipe and
   * the like, and for what cannot be looked at.
   */
  want(path: string, kind: HashKind): void {
    const key = keyOf(path, kind);
    if (!this.found.has(key)) this.found.set(key, this.look(path, kind, key));
  }

  /**
   * Computes the hashes that are wanted and not known; of more than `mostBytes` only the first. Throws
   * 'configuration' for what cannot be read.
   */
  async compute(mostBytes = Number.POSITIVE_INFINITY): Promise<void> {
    let room = mostBytes;
    const tasks = this.tasks.filter((task) => {
      room -= task.size;
      if (room < 0) task.failed(`${task.path}, which was not looked into`);
      return room >= 0;
    });
    this.tasks = [];
    const startedAt = Date.now();
    const results = await hashAll(tasks);
    for (const [index, { path, done, failed }] of tasks.entries()) {
      const result = results[index];
      if (result && 'hash' in result) done(result.hash, startedAt);
      else if (result?.error !== 'ENOENT') throw notSeen(path, { code: result?.error, path });
      else failed(`${path}, which is gone`);
    }
    for (const [key, part] of this.changedParts) {
      if (part.fault === undefined) this.cache.setFolder(key, part, startedAt);
    }
    this.changedParts.clear();
  }

  /** What is at a wanted path, once its hash is computed. */
  contentOf(path: string, kind: HashKind): Content {
    const key = keyOf(path, kind);
    const known = this.contents.get(key);
    if (known !== undefined) return known;
    const found = this.found.get(key);
    if (found === undefined || found.type === 'file') {
      throw new Error(`the hash of ${path} was not computed`);
    }
    const content = contentOfFound(path, found, this.cache);
    this.contents.set(key, content);
    return content;
  }

  private look(path: string, kind: HashKind, key: string): Found {
    try {
      const full = isAbsolute(path) ? path : join(this.root, path);
      const stats = statOf(full);
      if (stats === undefined) {
        if (!isLink(full)) return { type: 'absent' };
        throw new NotUnderstood(`the link ${path}, which leads nowhere`);
      }
      if (stats.isDirectory()) {
        const walked = walkFolder(this.root, path, this.dvcIgnore, this.listings);
        return { type: 'folder', parts: walked.map((folder) => this.partOf(folder, kind)) };
      }
      if (!stats.isFile()) throw noData(path, stats);
      this.wantFile(full, kind, key, stampOf(stats));
      return { type: 'file' };
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      return { type: 'not-understood', construct: error.construct };
    }
  }

  private wantFile(full: string, kind: HashKind, key: string, stamp: readonly number[]): void {
    const known = this.cache.getFile(key, stamp);
    const settle = (content: Content) => this.contents.set(key, content);
    if (known !== undefined) {
      settle({ state: 'present', hash: known });
      return;
    }
    this.tasks.push({
      path: full,
      kind,
      size: stamp[1] ?? 0,
      done: (hash, startedAt) => {
        settle({ state: 'present', hash });
        this.cache.setFile(key, stamp, hash, startedAt);
      },
      failed: (construct) => settle({ state: 'not-understood', construct }),
    });
  }

  /** A folder's files with the hashes that are known; tasks are made for the others. */
  private partOf(walked: WalkedFolder, kind: HashKind): FolderPart {
    const key = keyOf(`${walked.folder}/`, kind);
    const made = this.parts.get(key);
    if (made) return made;
    const known = this.cache.getFolder(key);
    if (known && isAllSame(known, walked)) {
      const unchanged = { ...walked, hashes: known.hashes };
      this.parts.set(key, unchanged);
      return unchanged;
    }
    const part: FolderPart = { ...walked, hashes: Buffer.alloc(walked.names.length * hashSize) };
    this.parts.set(key, part);
    const placeOf = places(known?.names ?? []);
    let missing = 0;
    for (const [index, name] of walked.names.entries()) {
      const place = placeOf(name, index);
      if (known && place !== undefined && isSame(known.stamps, place, walked.stamps, index)) {
        known.hashes.copy(part.hashes, index * hashSize, place * hashSize, (place + 1) * hashSize);
        continue;
      }
      missing++;
      this.tasks.push({
        path: resolve(this.root, walked.folder, name),
        kind,
        size: sizeAt(walked, index),
        done: (hash) => part.hashes.write(hash, index * hashSize, 'hex'),
        failed: (construct) => {
          part.fault = construct;
        },
      });
    }
    if (missing > 0 || known?.names.length !== walked.names.length) {
      this.changedParts.set(key, part);
    }
    return part;
  }
}

/** Where a name is in a list, most often at the place where it is looked for. */
function places(names: readonly string[]): (name: string, expected: number) => number | undefined {
  let index: Map<string, number> | undefined;
  return (name, expected) => {
    if (names[expected] === name) return expected;
    index ??= new Map(names.map((each, at) => [each, at]));
    return index.get(name);
  };
}

/** Whether a folder's files are all as they were, in the same order. */
function isAllSame(known: HashedFolder, { names, stamps }: WalkedFolder): boolean {
  return (
    known.names.length === names.length &&
    names.every((name, index) => name === known.names[index]) &&
    stamps.every((value, index) => value === known.stamps[index])
  );
}

function isSame(left: Float64Array, leftAt: number, right: Float64Array, rightAt: number): boolean {
  for (let at = 0; at < stampSize; at++) {
    if (left[leftAt * stampSize + at] !== right[rightAt * stampSize + at]) return false;
  }
  return true;
}

function contentOfFound(
  path: string,
  found: Exclude<Found, { type: 'file' }>,
  cache: HashCache,
): Content {
  if (found.type === 'absent') return { state: 'absent' };
  if (found.type === 'not-understood') return { state: found.type, construct: found.construct };
  if (found.type !== 'folder') throw new Error('not a folder');
  const fault = found.parts.find((part) => part.fault !== undefined)?.fault;
  if (fault !== undefined) return { state: 'not-understood', construct: fault };
  const tree = found.parts.map(({ folder, names, hashes }) => {
    const below = path === '.' ? folder : folder.slice(path.length + 1);
    return { prefix: below === '' ? '' : `${below}/`, names, hashes };
  });
  const digest = digestOf(tree);
  const known = cache.getTree(digest);
  if (known !== undefined) return { state: 'present', hash: known };
  const entries = tree.flatMap(({ prefix, names, hashes }): FolderEntry[] =>
    names.map((name, index) => ({
      relpath: prefix + name,
      md5: hashes.toString('hex', index * hashSize, (index + 1) * hashSize),
    })),
  );
  const hash = folderHash(entries);
  cache.setTree(digest, hash);
  return { state: 'present', hash };
}

/** Of a path that leads nowhere. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

interface TreePart {
  readonly prefix: string;
  readonly names: readonly string[];
  readonly hashes: Buffer;
}

/** Of all that makes a folder's hash: it is sooner made than the sorted list that DVC hashes. */
function digestOf(tree: readonly TreePart[]): string {
  const digest = createHash('md5');
  for (const { prefix, names, hashes } of tree) {
    digest.update(`${prefix}\0${names.length}\0${names.join('\0')}\0`).update(hashes);
  }
  return digest.digest('hex');
}

/** No path begins with it. */
const legacyMark = '\0dos2unix:';

function keyOf(path: string, kind: HashKind): string {
  return kind === 'md5' ? path : legacyMark + path;
}
