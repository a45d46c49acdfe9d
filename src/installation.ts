import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Sibling's own folder: the one with Dockerfile.dvc-runner above the running bundle (dist/,
 * actions/NAME/dist/) or the compiled sources (build/).
 */
export function installationRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'Dockerfile.dvc-runner'))) {
    if (folder === dirname(folder)) {
      throw new Error(`Dockerfile.dvc-runner is not in a folder above ${import.meta.url}`);
    }
    folder = dirname(folder);
  }
  return folder;
}
