import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { copyFile, link, mkdir, symlink } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { contains } from '../../system/contains.ts';

/** A folder elsewhere that a link in a dep leads to: to be mounted at `path` in the shadow. */
export interface LinkedFolder {
  readonly path: string;
  readonly source: string;
}

interface FoundLink {
  readonly path: string;
  /** Where it leads in the end; undefined where that is nowhere. */
  readonly real: string | undefined;
  /** Whether the link itself still leads there when the folder is at another place. */
  readonly staysInside: boolean;
}

/**
 * Whether a folder holds links that would lead nowhere in a container that has the folder alone:
 * DVC makes such links of every file with `cache.type = symlink`, and people of large data.
 */
export function hasLinksOut(folder: string): boolean {
  for (const entry of entriesOf(folder, realpathSync(folder))) {
    if (entry.link && !entry.link.staysInside) return true;
  }
  return false;
}

/**
 * Makes `shadow` a folder with the same content as `folder`, where links that lead out of it are
 * the files themselves: by a second name for the same bytes, or a copy where the file system allows
 * none. It has to be mounted read-only, for the bytes may be those of DVC's cache. Gives the
 * folders that links lead to: the shadow has an empty one in the place of each. `judge` is told of each
 * link that leads out, and throws for one that must not be followed.
 */
export async function shadowFolder(
  folder: string,
  shadow: string,
  judge: (path: string, real: string) => void = () => undefined,
): Promise<LinkedFolder[]> {
  const linked: LinkedFolder[] = [];
  await mkdir(shadow, { recursive: true });
  for (const { path, link: found, isDirectory } of entriesOf(folder, realpathSync(folder))) {
    const to = join(shadow, path);
    if (isDirectory) await mkdir(to);
    else if (!found) await sameBytes(join(folder, path), to);
    else if (found.staysInside) await symlink(readlinkSync(join(folder, path)), to);
    else if (found.real !== undefined) {
      judge(path, found.real);
      const kind = lstatSync(found.real);
      if (kind.isFile()) await sameBytes(found.real, to);
      if (!kind.isDirectory()) continue; // a socket by a second name would be the socket itself
      await mkdir(to);
      linked.push({ path, source: found.real });
    }
  }
  return linked;
}

/** A file system that holds no second name for a file: another one, or one that protects it. */
const noSecondName = ['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP'];

async function sameBytes(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!noSecondName.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(from, to);
  }
}

/** Everything below a folder, folders before what is in them; links are not followed. */
function* entriesOf(
  folder: string,
  home: string,
  below = '',
): Generator<{ path: string; isDirectory: boolean; link?: FoundLink }> {
  for (const child of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, child.name);
    if (child.isDirectory()) {
      yield { path, isDirectory: true };
      yield* entriesOf(folder, home, path);
    } else if (child.isSymbolicLink()) {
      yield { path, isDirectory: false, link: linkAt(folder, home, path) };
    } else if (child.isFile()) yield { path, isDirectory: false };
  }
}

function linkAt(folder: string, home: string, path: string): FoundLink {
  const target = readlinkSync(join(folder, path));
  try {
    const real = realpathSync(join(folder, path));
    return { path, real, staysInside: !isAbsolute(target) && contains(home, real) };
  } catch {
    return { path, real: undefined, staysInside: !isAbsolute(target) };
  }
}
