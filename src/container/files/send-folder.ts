import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { contains } from '../../system/contains.ts';
import type { User } from '../../system/user.ts';

import type { PlacedFile } from './placement.ts';
import type { SentFiles } from './sent-files.ts';

/**
 * Nobody's, and not to be written: what is read-only for a container that has a copy of its own.
 * A stage has no capabilities, so that even its root cannot write there.
 */
const nobody: User = { uid: 65534, gid: 65534 };

/** Sibling's own folder in a project: locks, logs and hashes mean nothing on another machine. */
export function staysHere(name: string): boolean {
  return name === '.sibling' || name.endsWith('/.sibling') || /(^|\/)\.sibling\//.test(name);
}

/**
 * Files and folders as one tar archive, to be unpacked at `at` in a container, in the given order.
 * Writable ones belong to `user`, and are noted in `sent`.
 */
export function packFolders(
  at: string,
  files: readonly PlacedFile[],
  user: User,
  sent: SentFiles,
): NodeJS.ReadableStream {
  const archive = pack();
  const fill = async () => {
    for (const file of files) {
      const name = posix.relative(at, file.target);
      await add(archive, at, file.source, name, file.readOnly, user, sent);
    }
    archive.finalize();
  };
  fill().catch((error) => archive.destroy(error));
  return archive as unknown as NodeJS.ReadableStream;
}

/**
 * A link's target as the engine takes it: it refuses a relative one that leads out of the folder
 * that an archive is unpacked in (docker/pkg/archive, createTarFile).
 */
function acceptedTarget(at: string, name: string, target: string): string {
  if (posix.isAbsolute(target)) return target;
  const full = posix.resolve(at, posix.dirname(name), target);
  return contains(at, full) ? target : full;
}

async function add(
  archive: Pack,
  at: string,
  path: string,
  name: string,
  readOnly: boolean,
  user: User,
  sent: SentFiles,
): Promise<void> {
  const stats = await lstat(path);
  const { mode, mtime, size } = stats;
  if (!readOnly) sent.add(path, stats);
  const owner = readOnly ? nobody : user;
  const header = { name: name || '.', mtime, ...owner };
  if (stats.isSymbolicLink()) {
    const own = await readlink(path);
    const linkname = acceptedTarget(at, name, own);
    if (linkname !== own) sent.addLink(path, linkname);
    archive.entry({ ...header, type: 'symlink', linkname });
  } else if (stats.isDirectory()) {
    const rights = readOnly ? 0o555 : (mode & 0o777) | 0o700;
    archive.entry({ ...header, type: 'directory', mode: rights });
    for (const child of (await readdir(path)).sort()) {
      const inner = posix.join(name, child);
      if (!staysHere(inner)) {
        await add(archive, at, join(path, child), inner, readOnly, user, sent);
      }
    }
  } else if (stats.isFile()) {
    const rights = readOnly ? 0o444 | (mode & 0o111) : mode & 0o777;
    const entry = archive.entry({ ...header, mode: rights, size });
    await pipeline(createReadStream(path, { highWaterMark: 1024 ** 2 }), entry);
  }
}
