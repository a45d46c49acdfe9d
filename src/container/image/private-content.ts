import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { privatePaths } from '../../project/private-paths.ts';

/**
 * Whether something in a build context, at whatever depth, must not get into an image, which is kept,
 * pushed to registries and read by whoever may pull it: variables, Git's history and settings, what DVC
 * and Sibling keep beside a project, and DVC's objects, wherever `cache.dir` or a remote puts them.
 */
export function isPrivateContent(folder: string, path: string, isFolder: boolean): boolean {
  // In small letters, as file systems read names for which case does not count.
  if (privatePaths.includes(basename(path).toLowerCase())) return true;
  return isFolder && holdsObjects(join(folder, path));
}

/** The shape of a cache and of a remote: `files/md5/00` and on (dvc_data/hashfile/db). */
function holdsObjects(folder: string): boolean {
  const objects = namesIn(join(folder, 'files/md5'));
  return objects.length > 0 && objects.every((name) => /^[0-9a-f]{2}$/.test(name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
