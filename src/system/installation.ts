import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExpectedFailure } from '../errors.ts';

/** A file that is in Sibling's own folder, and in no other. */
export const installationMark = 'Dockerfile.dvc-runner';

/**
 * Sibling's own folder: the one with Dockerfile.dvc-runner above the running bundle (dist/,
 * actions/NAME/dist/) or the compiled sources (build/). Throws 'configuration' where a bundle was
 * copied out of it.
 */
export function installationRoot(): string {
  const own = dirname(fileURLToPath(import.meta.url));
  let folder = own;
  while (!existsSync(join(folder, installationMark))) {
    if (folder === dirname(folder)) {
      throw new ExpectedFailure({
        kind: 'configuration',
        cause: `Sibling is not whole: neither ${own} nor a folder above it has ${installationMark}`,
        hint: 'Use all of its repository, not a part that was copied: a clone, a submodule, or OWNER/REPO/actions/NAME@REF in a workflow.',
      });
    }
    folder = dirname(folder);
  }
  return folder;
}
