import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, posix, resolve } from 'node:path';
import { attributeOf } from '../../git/git.ts';
import { isLfsPointer, longestPointer } from '../../git/lfs/pointer.ts';
import { guardedHome } from '../../outside/guarded-home.ts';
import { whyGuarded } from '../../outside/guarded-places.ts';
import { realOr } from '../../outside/what-is-there.ts';

/** Bytes that no pointer is shorter than: its version, a hash and a size. */
const shortestPointer = 100;

/**
 * The files at a path, or in the folder that it is, that Git LFS keeps elsewhere: pointers that the
 * attributes give to LFS, wherever those are. A sample of one in a documentation is what it is; where
 * no Git can tell, it counts. Paths are relative to the project.
 */
export async function lfsPointersAt(root: string, path: string): Promise<readonly string[]> {
  // The attributes are those of the file, not of a link to it.
  const files = pointerTexts(root, path).map((at) => ({
    at,
    file: realpathSync(resolve(root, at)),
  }));
  const filters = new Map<string, ReturnType<typeof attributeOf>>();
  for (const folder of new Set(files.map(({ file }) => dirname(file)))) {
    const inside = files.filter(({ file }) => dirname(file) === folder);
    const names = inside.map(({ file }) => basename(file));
    filters.set(folder, attributeOf(folder, 'filter', names));
  }
  const found = files.map(async ({ at, file }) => {
    const known = await filters.get(dirname(file));
    return !known || known.get(basename(file)) === 'lfs' ? [at] : [];
  });
  return (await Promise.all(found)).flat();
}

/**
 * What reads as a pointer at a path, or in the folder that it is: by whatever links, as a stage is given
 * what they lead to, but into no folder twice, for they may lead round. All of it is looked at, however
 * much that is: DVC reads it all as well.
 */
function pointerTexts(root: string, path: string): string[] {
  const found: string[] = [];
  const owned = { root: realOr(root), home: guardedHome() };
  const walked = new Set<string>();
  const left = [path];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const place = resolve(root, at);
    const stats = statsOf(place);
    if (stats?.isDirectory()) {
      const real = realOr(place);
      // What no stage is given, such as the whole machine, is refused elsewhere.
      if (walked.has(real) || whyGuarded(real, owned) !== undefined) continue;
      walked.add(real);
      for (const name of entriesOf(place)) left.push(posix.join(at, name));
      continue;
    }
    const mayBe = stats?.isFile() && stats.size <= longestPointer && stats.size >= shortestPointer;
    if (mayBe && isPointerFile(place)) found.push(at);
  }
  return found.sort();
}

/** Undefined for what is not there, or not ours to look at: whoever reads it says so. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): string[] {
  const own = new Set(['.git', '.dvc', '.sibling']);
  try {
    return readdirSync(folder).filter((name) => !own.has(name));
  } catch {
    return []; // not ours to read: whoever reads it says so
  }
}

function isPointerFile(path: string): boolean {
  const buffer = Buffer.alloc(longestPointer);
  try {
    const file = openSync(path, 'r');
    try {
      return isLfsPointer(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, null)));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
