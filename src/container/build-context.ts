import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import dockerignore from '@balena/dockerignore';
import { pack } from 'tar-stream';

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
}

/** Never part of an image: bytecode appears beside a script whenever somebody imports it. */
const alwaysIgnored = ['**/__pycache__', '**/*.pyc', '.dockerignore'];

/**
 * Reads a build context: everything below `folder` (or below those of its children that `include`
 * names) that .dockerignore does not exclude.
 */
export function readBuildContext(folder: string, include?: readonly string[]): BuildContext {
  const rules = join(folder, '.dockerignore');
  const filter = dockerignore.default({ ignorecase: false });
  if (existsSync(rules)) filter.add(readFileSync(rules, 'utf8'));
  filter.add(alwaysIgnored);
  const starts = include ?? readdirSync(folder);
  const entries = starts
    .flatMap((start) => list(folder, start))
    .filter((entry) => !filter.ignores(entry.path))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  const hash = createHash('sha256');
  for (const entry of entries) {
    const content = entry.link ?? readFileSync(join(folder, entry.path));
    const kind = entry.link === undefined ? (entry.executable ? 'x' : 'f') : 'l';
    hash.update(`${JSON.stringify(entry.path)} ${kind} ${content.length}\n`).update(content);
  }
  return { folder, entries, hash: hash.digest('hex') };
}

function list(folder: string, path: string): ContextEntry[] {
  const stats = lstatSync(join(folder, path));
  if (stats.isDirectory()) {
    return readdirSync(join(folder, path)).flatMap((child) => list(folder, `${path}/${child}`));
  }
  const executable = (stats.mode & 0o100) !== 0;
  if (stats.isSymbolicLink()) {
    return [{ path, executable, link: readlinkSync(join(folder, path)) }];
  }
  return stats.isFile() ? [{ path, executable }] : [];
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
        archive.entry(header, readFileSync(join(context.folder, entry.path)));
      }
    }
    archive.finalize();
  };
  void add();
  return archive as unknown as Readable;
}
