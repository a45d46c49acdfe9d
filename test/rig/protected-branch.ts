import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a bare repository refuse pushes to a branch, in the words of GitHub's branch protection. */
export function refuseCommits(origin: string, branch: string): void {
  const hook = join(origin, 'hooks/pre-receive');
  writeFileSync(
    hook,
    `#!/bin/sh
while read -r _ _ ref; do
  if [ "$ref" = refs/heads/${branch} ]; then
    echo "error: GH006: Protected branch update failed for $ref." >&2
    echo "error: Changes must be made through a pull request." >&2
    exit 1
  fi
done
`,
  );
  chmodSync(hook, 0o755);
}
