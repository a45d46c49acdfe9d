import { DvcIgnore } from '../ignore/dvc-ignore.ts';
import type { Stage } from '../pipeline.ts';
import { HashCache } from './cache.ts';
import { Contents } from './content.ts';

/**
 * The hashes that DVC will write into dvc.lock for what the stage depends on now, by path; without
 * those that only DVC can compute. `hashCache` is the file that hashes are kept in.
 */
export async function depHashes(
  root: string,
  stage: Stage,
  hashCache: string,
): Promise<Record<string, string>> {
  const cache = new HashCache(hashCache);
  const contents = new Contents(root, new DvcIgnore(root), cache);
  for (const path of stage.deps) contents.want(path, 'md5');
  await contents.compute();
  const hashes = stage.deps.flatMap((path) => {
    const content = contents.contentOf(path, 'md5');
    return content.state === 'present' ? [[path, content.hash]] : [];
  });
  cache.save();
  return Object.fromEntries(hashes);
}
