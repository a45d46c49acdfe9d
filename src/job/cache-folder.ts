import { join } from 'node:path';
import { readDvcConfig } from '../dvc/config/dvc-config.ts';

/** DVC's cache; of a configuration that cannot be read here, DVC's standard place. */
export function cacheFolderOf(root: string): string {
  try {
    return readDvcConfig(root).cacheFolder;
  } catch {
    return join(root, '.dvc/cache');
  }
}
