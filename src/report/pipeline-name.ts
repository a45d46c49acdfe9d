import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Characters of a pipeline's name: as many as a report and a comment's marker take. */
const longest = 200;

/**
 * What a pipeline is called by its folder in the repository, '' or `.` for the root: the path of its
 * dvc.yaml, which tells its comment from those of other projects. One that is too long for a comment's
 * marker ends alike, behind a hash of the whole.
 */
export function pipelineName(folder: string): string {
  const path = posix.join(folder, 'dvc.yaml');
  if (path.length <= longest) return path;
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return `${hash}~${path.slice(hash.length + 1 - longest)}`;
}
