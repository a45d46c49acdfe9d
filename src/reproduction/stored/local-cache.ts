import { readDvcConfig } from '../../dvc/config/dvc-config.ts';
import { NotUnderstood } from '../../text/not-understood.ts';

/** The folder of the workspace's own cache, which is only read; undefined where only DVC can tell. */
export function localCache(root: string): string | undefined {
  try {
    return readDvcConfig(root).cacheFolder;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}
