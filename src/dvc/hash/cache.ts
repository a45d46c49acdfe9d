import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { dirname } from 'node:path';
import { readWhole } from '../../system/read-whole.ts';

/** Bytes of an MD5. */
export const hashSize = 16;

/** Numbers that stand for a file's state: inode, size, modification and change time. */
export const stampSize = 4;

/**
 * The files directly in one folder, as they were hashed. Of file `n` the stamp is at
 * `n * stampSize` and the hash at `n * hashSize`.
 */
export interface HashedFolder {
  readonly names: readonly string[];
  readonly stamps: Float64Array;
  readonly hashes: Buffer;
}

interface HashedFile {
  readonly stamp: readonly number[];
  readonly hash: string;
}

/**
 * A file that changed less than this before it was hashed may change again without getting a new
 * time: clocks of file systems tick in steps, FAT's in two seconds.
 */
const racyMilliseconds = 2000;

/** Beyond this many files, folders that were not used are dropped. */
const maxFiles = 500_000;

/** Beyond this many folders with all below them, those that were not used are dropped. */
const maxTrees = 1000;

/** The stamp of a file: times are nanoseconds as milliseconds, exact to a quarter microsecond. */
export function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): readonly number[] {
  return [ino, size, mtimeMs, ctimeMs];
}

/** Writes the stamp of a file as that of file `index` of a folder. */
export function writeStamp(stats: Stats, stamps: Float64Array, index: number): void {
  const at = index * stampSize;
  stamps[at] = stats.ino;
  stamps[at + 1] = stats.size;
  stamps[at + 2] = stats.mtimeMs;
  stamps[at + 3] = stats.ctimeMs;
}

/**
 * Hashes of files, kept from run to run. One counts only as long as the file has the same inode,
 * size, modification time and change time; the last cannot be set back by a program. The file that
 * keeps them is replaced as a whole, and ignored unless its checksum holds.
 */
export class HashCache {
  private readonly file: string;
  private readonly folders: Map<string, HashedFolder>;
  private readonly files: Map<string, HashedFile>;
  private readonly trees: Map<string, string>;
  private readonly used = new Set<string>();
  private isChanged = false;

  constructor(file: string) {
    this.file = file;
    const { folders, files, trees } = readCache(file);
    this.folders = folders;
    this.files = files;
    this.trees = trees;
  }

  getFile(key: string, stamp: readonly number[]): string | undefined {
    const known = this.files.get(key);
    if (!known?.stamp.every((value, index) => value === stamp[index])) return undefined;
    this.used.add(key);
    return known.hash;
  }

  /** `startedAt` is when hashing began, the stamp is from before that. */
  setFile(key: string, stamp: readonly number[], hash: string, startedAt: number): void {
    if (isRacy(stamp, 0, startedAt)) return;
    this.files.set(key, { stamp, hash });
    this.used.add(key);
    this.isChanged = true;
  }

  /** What was known of a folder; each file's stamp is to be compared. */
  getFolder(key: string): HashedFolder | undefined {
    this.used.add(key);
    return this.folders.get(key);
  }

  setFolder(key: string, folder: HashedFolder, startedAt: number): void {
    const stamps = folder.stamps.slice();
    for (let at = 0; at < stamps.length; at += stampSize) {
      // A stamp that equals nothing.
      if (isRacy(stamps, at, startedAt)) stamps[at] = Number.NaN;
    }
    this.folders.set(key, { ...folder, stamps });
    this.used.add(key);
    this.isChanged = true;
  }

  /** DVC's hash of a folder whose whole content has that digest. */
  getTree(digest: string): string | undefined {
    this.used.add(digest);
    return this.trees.get(digest);
  }

  setTree(digest: string, hash: string): void {
    this.trees.set(digest, hash);
    this.used.add(digest);
    this.isChanged = true;
  }

  /** Writes what was added since it was read. That it cannot be written only costs time later. */
  save(): void {
    if (!this.isChanged) return;
    const unfinished = `${this.file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeFileSync(unfinished, this.serialize());
      renameSync(unfinished, this.file);
      this.isChanged = false;
    } catch {
      removeIfThere(unfinished);
    }
  }

  private serialize(): Buffer {
    const isUsed = (key: string) => this.used.has(key);
    let room = 0;
    const keep = <T>(entries: Iterable<[string, T]>, sizeOf: (value: T) => number) => {
      const all = [...entries];
      const inOrder = [
        ...all.filter(([key]) => isUsed(key)),
        ...all.filter(([key]) => !isUsed(key)),
      ];
      return inOrder.filter(([, value]) => {
        room -= sizeOf(value);
        return room >= 0;
      });
    };
    room = maxTrees;
    const trees = keep(this.trees, () => 1);
    room = maxFiles;
    const folders = keep(this.folders, ({ names }) => names.length);
    const files = keep(this.files, () => 1);
    const index = {
      folders: folders.map(([key, { names }]) => [key, names]),
      files: files.map(([key, { stamp, hash }]) => [key, stamp, hash]),
      trees,
    };
    const body = Buffer.concat([
      Buffer.from(`${JSON.stringify(index)}\n`),
      ...folders.flatMap(([, { stamps, hashes }]) => [
        Buffer.from(stamps.buffer, stamps.byteOffset, stamps.byteLength),
        hashes,
      ]),
    ]);
    return Buffer.concat([Buffer.from(headerOf(body)), body]);
  }
}

function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Its folder is not one, or is read-only.
  }
}

/** Whether a file had just changed when hashing began, so that a later change may not show. */
function isRacy(stamps: ArrayLike<number>, at: number, startedAt: number): boolean {
  const changed = Math.max(stamps[at + 2] ?? 0, stamps[at + 3] ?? 0);
  return !(changed <= startedAt - racyMilliseconds);
}

/** MD5 is enough against accidents. */
function headerOf(body: Buffer): string {
  const checksum = createHash('md5').update(body).digest('hex');
  return `sibling hash cache 3 ${endianness()} ${checksum}\n`;
}

/** Bytes: a million files have some 150 MiB. */
const largestCache = 2 ** 30;

function readCache(file: string): {
  folders: Map<string, HashedFolder>;
  files: Map<string, HashedFile>;
  trees: Map<string, string>;
} {
  const folders = new Map<string, HashedFolder>();
  const files = new Map<string, HashedFile>();
  const nothing = { folders, files, trees: new Map<string, string>() };
  let bytes: Buffer;
  try {
    bytes = readWhole(file, { limit: largestCache });
  } catch {
    return nothing;
  }
  const start = bytes.indexOf(10) + 1;
  const body = bytes.subarray(start);
  if (bytes.toString('utf8', 0, start) !== headerOf(body)) return nothing;
  let at = body.indexOf(10) + 1;
  const index = JSON.parse(body.toString('utf8', 0, at)) as {
    folders: [string, string[]][];
    files: [string, number[], string][];
    trees: [string, string][];
  };
  for (const [key, stamp, hash] of index.files) files.set(key, { stamp, hash });
  for (const [key, names] of index.folders) {
    const stampBytes = names.length * stampSize * Float64Array.BYTES_PER_ELEMENT;
    // A copy, because numbers must be aligned.
    const stamps = new Float64Array(new Uint8Array(body.subarray(at, at + stampBytes)).buffer);
    at += stampBytes;
    const hashes = body.subarray(at, at + names.length * hashSize);
    at += hashes.length;
    folders.set(key, { names, stamps, hashes });
  }
  return { folders, files, trees: new Map(index.trees) };
}
