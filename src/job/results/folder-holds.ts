import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFileOf, readLock } from '../../dvc/lock/lock.ts';
import type { Stage } from '../../dvc/pipeline.ts';

/**
 * Whether a remote that is a folder has the outs that dvc.lock names for a stage. Without
 * credentials the folder is all there is: what it lacks must be made again, changed or not. A
 * folder's listing stands for its files, as they are pushed before it (dvc_objects/transfer.py).
 */
export function folderHolds(folder: string, root: string, stage: Stage): boolean {
  const locked = readLock(root, lockFileOf(stage.file))?.stages.get(stage.name);
  if (!locked) return false;
  const uncached = new Set(
    stage.outs.filter((out) => !out.cache).map(({ path }) => stage.written.get(path) ?? path),
  );
  return locked.outs
    .filter(({ path }) => !uncached.has(path))
    .every(({ hash }) => hash !== undefined && existsSync(objectPath(folder, hash)));
}

/** Where DVC 3 keeps an object (dvc_data/hashfile/db/local.py). */
function objectPath(folder: string, hash: string): string {
  return join(folder, 'files/md5', hash.slice(0, 2), hash.slice(2));
}
