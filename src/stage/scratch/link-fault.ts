import { readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { contains } from '../../system/contains.ts';

/**
 * What is wrong with a symbolic link that a stage left in an out, as the end of a sentence about
 * it; undefined when it may stay. It is resolved as the kernel does it, link by link: by names
 * alone, `d -> .` and `x -> d/..` each look as if they stayed where they are.
 */
export async function linkFault(
  folder: string,
  out: string,
  path: string,
): Promise<string | undefined> {
  const target = await readlink(join(folder, path));
  if (isAbsolute(target)) return `a link to the absolute path ${target}`;
  const home = await realpath(folder);
  const real = await realpath(join(folder, path)).catch(() => undefined);
  if (real === undefined) return `a link to ${target}, which does not exist`;
  if (!contains(join(home, out), real)) {
    return `a link to ${target}, which lies outside the out ${out}`;
  }
  if (contains(real, join(home, path))) return `a link to ${target}, a folder that it lies in`;
  return undefined;
}
