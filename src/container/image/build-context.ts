import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import dockerignore from '@balena/dockerignore';
import { pack } from 'tar-stream';
import { readWhole } from '../../system/read-whole.ts';
import { isPrivateContent } from './private-content.ts';

/** A file or link of a build context. */
interface ContextEntry {
  /** Relative to the context's folder, with `/`. */
  readonly path: string;
  readonly executable: boolean;
  /** A link's target; undefined for a regular file. */
  readonly link?: string;
}

/** The files that an image is built from. */
export interface BuildContext {
  readonly folder: string;
  readonly entries: readonly ContextEntry[];
  /** SHA-256, in hex, of paths, executable bits and contents: times and owners do not count. */
  readonly hash: string;
  /** What is private and in the folder, and that .dockerignore does not exclude by itself. */
  readonly leftOut: readonly string[];
}

/** Never part of an image: bytecode appears beside a script whenever somebody imports it. */
const alwaysIgnored = ['**/__pycache__', '**/*.pyc', '.dockerignore'];

/**
 * Reads a build context: everything below `folder` (or below those of its children that `include`
 * names) that .dockerignore does not exclude, without what is private (`private-content.ts`), whatever
 * .dockerignore says of that.
 */
export function readBuildContext(folder: string, include?: readonly string[]): BuildContext {
  const rules = join(folder, '.dockerignore');
  const filter = dockerignore.default({ ignorecase: false });
  if (existsSync(rules)) filter.add(readWhole(rules).toString('utf8'));
  filter.add(alwaysIgnored);
  const starts = include ?? readdirSync(folder);
  const found: Found = { entries: [], leftOut: [] };
  for (const start of starts) list(folder, start, found);
  const isTaken = (path: string) => !filter.ignores(path);
  const leftOut = found.leftOut.filter(isTaken).sort();
  const entries = found.entries
    .filter(({ path }) => isTaken(path))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  const hash = createHash('sha256');
  for (const entry of entries) {
    const name = JSON.stringify(entry.path);
    if (entry.link !== undefined) {
      hash.update(`${name} l ${entry.link.length}\n`).update(entry.link);
    } else {
      const head = (size: number) => `${name} ${entry.executable ? 'x' : 'f'} ${size}\n`;
      addFile(hash, join(folder, entry.path), head);
    }
  }
  return { folder, entries, leftOut, hash: hash.digest('hex') };
}

const piece = Buffer.allocUnsafe(1024 ** 2);

/** In pieces: a file may be larger than memory, or than the 2 GiB that Node reads at once. */
function addFile(hash: Hash, path: string, head: (size: number) => string): void {
  const file = openSync(path, 'r');
  try {
    hash.update(head(fstatSync(file).size));
    for (let read = -1; read !== 0; ) {
      read = readSync(file, piece, 0, piece.length, null);
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

interface Found {
  readonly entries: ContextEntry[];
  readonly leftOut: string[];
}

function list(folder: string, path: string, found: Found): void {
  const stats = lstatSync(join(folder, path));
  if (isPrivateContent(folder, path, stats.isDirectory())) {
    found.leftOut.push(path);
    return;
  }
  if (stats.isDirectory()) {
    for (const child of readdirSync(join(folder, path))) list(folder, `${path}/${child}`, found);
    return;
  }
  const executable = (stats.mode & 0o100) !== 0;
  if (stats.isSymbolicLink()) {
    found.entries.push({ path, executable, link: readlinkSync(join(folder, path)) });
  } else if (stats.isFile()) found.entries.push({ path, executable });
}

/** The context as a tar archive, the same bytes for the same content. */
export function contextArchive(context: BuildContext): NodeJS.ReadableStream {
  const archive = pack();
  const add = async () => {
    for (const entry of context.entries) {
      const header = {
        name: entry.path,
        mode: entry.executable ? 0o755 : 0o644,
        mtime: new Date(0),
      };
      if (entry.link !== undefined) {
        archive.entry({ ...header, type: 'symlink', linkname: entry.link });
      } else {
        const path = join(context.folder, entry.path);
        const { size } = await lstat(path);
        // A file that grows meanwhile is sent as it was, one that shrinks ends the archive.
        const content = createReadStream(path, { end: Math.max(0, size - 1) });
        const sink = archive.entry({ ...header, size }) as unknown as Writable;
        await pipeline(size === 0 ? [] : content, sink);
      }
    }
    archive.finalize();
  };
  add().catch((error) => archive.destroy(error));
  return archive as unknown as Readable;
}
