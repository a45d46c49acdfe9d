import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Content, rights and time of last change of all that is below a folder, by path; `.sibling` is left
 * out, the folder of Sibling's own.
 */
export function fingerprint(root: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, below)).sort()) {
    if (name === '.sibling') continue;
    const path = join(below, name);
    const stats = lstatSync(join(root, path));
    if (stats.isDirectory()) {
      found[path] = `folder ${stats.mode}`;
      Object.assign(found, fingerprint(root, path));
      continue;
    }
    const content = stats.isSymbolicLink()
      ? readlinkSync(join(root, path))
      : readFileSync(join(root, path));
    const hash = createHash('sha256').update(content).digest('hex');
    found[path] = `${hash} ${stats.mode} ${stats.mtimeMs} ${stats.ino}`;
  }
  return found;
}
