import type { Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { contains, PathSet } from '../../system/contains.ts';
import type { PlacedFile } from './placement.ts';
import { staysHere } from './send-folder.ts';
import type { SentFiles } from './sent-files.ts';
import { writeDifference } from './write-difference.ts';

/** One entry of an archive: its header, then its bytes. */
interface Entry extends AsyncIterable<unknown> {
  readonly header: Header;
}

/**
 * Brings back what a container has changed in its copy of a folder: `archive` is the engine's tar
 * of `folder.target`, `sent` what it was made from. New and changed files are written aside and
 * renamed into place, so that none is ever half there; those that the container removed are removed.
 * What a person has changed or made here meanwhile stays as it is, and so does what lies at or below
 * `untouched` (paths in the container).
 */
export async function receiveFolder(
  archive: NodeJS.ReadableStream,
  folder: PlacedFile,
  untouched: readonly string[],
  sent: SentFiles,
): Promise<void> {
  const foreign = new PathSet(untouched);
  const kept = new Set<string>();
  const unpack = extract();
  const reading = pipeline(archive, unpack);
  reading.catch(() => undefined); // told by the loop below
  for await (const entry of unpack) {
    const name = withoutFirst(entry.header.name);
    if (!contains('', name)) throw new Error(`the archive of ${folder.target} names ${name}`);
    kept.add(name);
    const inside = posix.join(folder.target, name);
    const isOurs = staysHere(name) || foreign.around(inside) !== undefined;
    if (name !== '' && !isOurs) await receive(entry, folder.source, name, sent);
    entry.resume();
  }
  await reading;
  await removeOthers(folder, '', kept, foreign, sent);
}

/** The archive's names begin with the last part of the folder's own path. */
function withoutFirst(name: string): string {
  return name.split('/').slice(1).join('/').replace(/\/$/, '');
}

async function receive(entry: Entry, root: string, name: string, sent: SentFiles): Promise<void> {
  const { header } = entry;
  const path = join(root, name);
  const existing = await lstat(path).catch(() => undefined);
  if (header.type === 'directory' && existing?.isDirectory()) {
    await setMode(path, header, existing);
    return;
  }
  if (existing && !sent.isUnchanged(path, existing)) return; // a person's by now
  if (existing?.isDirectory() && !(await removeAsSent(path, sent))) return;
  if (header.type === 'directory') {
    if (existing) await rm(path);
    await mkdir(path);
    await setMode(path, header);
    return;
  }
  const aside = join(dirname(path), `.sibling-${process.pid}-part`);
  await rm(aside, { force: true });
  const there = existing?.isDirectory() ? undefined : existing;
  try {
    if (!(await bring(entry, root, path, there, aside, sent))) return;
    await give(aside, header);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Makes `aside` what the entry is; false when that is what is at `path` already. */
async function bring(
  entry: Entry,
  root: string,
  path: string,
  existing: Stats | undefined,
  aside: string,
  sent: SentFiles,
): Promise<boolean> {
  const { type, linkname, mode = 0o644, mtime, size } = entry.header;
  switch (type) {
    case 'symlink':
      if (existing?.isSymbolicLink()) {
        if (linkname === (sent.linkSent(path) ?? (await readlink(path)))) return false;
      }
      await symlink(linkname ?? '', aside);
      return true;
    case 'link':
      await copyFile(join(root, withoutFirst(linkname ?? '')), aside);
      return true;
    case 'file': {
      const sameSize = existing?.isFile() && existing.size === size ? path : undefined;
      if (!(await writeDifference(entry, sameSize, aside))) {
        if (existing) await setMode(path, entry.header, existing);
        return false;
      }
      await chmod(aside, mode & 0o777);
      if (mtime) await utimes(aside, mtime, mtime);
      return true;
    }
    default:
      return false; // devices and pipes are nothing that a stage could leave
  }
}

async function setMode(path: string, header: Header, existing?: Stats): Promise<void> {
  const wanted = (header.mode ?? 0o755) & 0o777;
  const mode = header.type === 'directory' ? wanted | 0o700 : wanted;
  if (existing && (existing.mode & 0o777) === mode) return;
  await chmod(path, mode);
  if (!existing) await give(path, header);
}

async function give(path: string, { uid, gid }: Header): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, uid, gid);
}

/** Removes what the container's copy no longer has, unless it was not sent or has changed since. */
async function removeOthers(
  folder: PlacedFile,
  below: string,
  kept: ReadonlySet<string>,
  untouched: PathSet,
  sent: SentFiles,
): Promise<void> {
  for (const child of await readdir(join(folder.source, below), { withFileTypes: true })) {
    const name = posix.join(below, child.name);
    const inside = posix.join(folder.target, name);
    if (staysHere(name) || untouched.around(inside) !== undefined) continue;
    if (!kept.has(name)) await removeAsSent(join(folder.source, name), sent);
    else if (child.isDirectory()) await removeOthers(folder, name, kept, untouched, sent);
  }
}

/** Removes a file, or a folder with all below it, as far as it is what was sent; tells if all of it was. */
async function removeAsSent(path: string, sent: SentFiles): Promise<boolean> {
  const now = await lstat(path);
  if (!sent.isUnchanged(path, now)) return false;
  if (!now.isDirectory()) {
    await rm(path);
    return true;
  }
  let all = true;
  for (const child of await readdir(path)) {
    if (!(await removeAsSent(join(path, child), sent))) all = false;
  }
  if (all) await rmdir(path);
  return all;
}
