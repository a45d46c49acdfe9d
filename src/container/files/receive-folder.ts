import { createWriteStream } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { contains } from '../../contains.ts';
import type { PlacedFile } from './placement.ts';
import { staysHere } from './send-folder.ts';

/** One entry of an archive: its header, then its bytes. */
interface Entry extends AsyncIterable<unknown> {
  readonly header: Header;
}

/**
 * Makes a folder of ours what the container left of its copy: `archive` is the engine's tar of
 * `folder.target`. New and changed files are written aside and renamed into place, so that none is
 * ever half there; those that are gone from the copy are removed. What lies at or below
 * `untouched` (paths in the container) was read-only and is left as it is.
 */
export async function receiveFolder(
  archive: NodeJS.ReadableStream,
  folder: PlacedFile,
  untouched: readonly string[],
): Promise<void> {
  const begun = Date.now();
  const kept = new Set<string>();
  const unpack = extract();
  const reading = pipeline(archive, unpack);
  reading.catch(() => undefined); // told by the loop below
  for await (const entry of unpack) {
    // The archive's names begin with the last part of the folder's own path.
    const name = withoutFirst(entry.header.name);
    const inside = posix.join(folder.target, name);
    if (!contains('', name)) throw new Error(`the archive of ${folder.target} names ${name}`);
    kept.add(name);
    if (name !== '' && !staysHere(name) && !untouched.some((path) => contains(path, inside))) {
      await receive(entry, folder.source, name, begun);
    }
    entry.resume();
  }
  await reading;
  await removeOthers(folder, '', kept, untouched);
}

function withoutFirst(name: string): string {
  return name.split('/').slice(1).join('/').replace(/\/$/, '');
}

async function receive(entry: Entry, root: string, name: string, begun: number): Promise<void> {
  const { header } = entry;
  const path = join(root, name);
  const existing = await lstat(path).catch(() => undefined);
  if (header.type === 'directory') {
    if (existing && !existing.isDirectory()) await rm(path);
    await mkdir(path, { recursive: true });
    await chmod(path, (header.mode ?? 0o755) | 0o700);
    await give(path, header);
    return;
  }
  if (existing?.isFile() && isSame(existing, header, begun)) return;
  if (existing?.isDirectory()) await rm(path, { recursive: true });
  const aside = join(dirname(path), `.sibling-${process.pid}-part`);
  await rm(aside, { force: true });
  if (header.type === 'symlink') {
    await symlink(header.linkname ?? '', aside);
  } else if (header.type === 'link') {
    await copyFile(join(root, withoutFirst(header.linkname ?? '')), aside);
  } else if (header.type === 'file') {
    await pipeline(entry, createWriteStream(aside, { mode: 0o600 }));
    await chmod(aside, (header.mode ?? 0o644) & 0o777);
    if (header.mtime) await utimes(aside, header.mtime, header.mtime);
  } else return;
  await give(aside, header);
  await rename(aside, path);
}

/** Milliseconds: a tar's times are whole seconds, and clocks of two machines may differ. */
const clockMargin = 5_000;

/** Unchanged since it was sent: same size and time, and not written at about the same time. */
function isSame(
  existing: { size: number; mtimeMs: number },
  header: Header,
  begun: number,
): boolean {
  const seconds = Math.floor(existing.mtimeMs / 1000);
  return (
    existing.size === header.size &&
    seconds === Math.floor((header.mtime?.getTime() ?? 0) / 1000) &&
    existing.mtimeMs < begun - clockMargin
  );
}

async function give(path: string, { uid, gid }: Header): Promise<void> {
  if (process.getuid?.() === 0 && uid !== undefined && gid !== undefined) {
    await lchown(path, uid, gid);
  }
}

async function removeOthers(
  folder: PlacedFile,
  below: string,
  kept: ReadonlySet<string>,
  untouched: readonly string[],
): Promise<void> {
  for (const child of await readdir(join(folder.source, below), { withFileTypes: true })) {
    const name = posix.join(below, child.name);
    const inside = posix.join(folder.target, name);
    if (untouched.some((path) => contains(path, inside))) continue;
    if (staysHere(name)) continue;
    if (!kept.has(name)) {
      await rm(join(folder.source, name), { recursive: true, force: true });
    } else if (child.isDirectory()) {
      await removeOthers(folder, name, kept, untouched);
    }
  }
}
