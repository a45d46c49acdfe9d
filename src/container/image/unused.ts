import type Docker from 'dockerode';
import { nameLabel } from '../identity/doubt.ts';
import { refusedWith } from '../request/engine-failure.ts';

/**
 * Removes the images that Sibling built, except those in `keep` and those that a container uses.
 * Gives their references.
 */
export async function removeUnusedImages(
  docker: Docker,
  keep: ReadonlySet<string>,
): Promise<string[]> {
  const images = await docker.listImages({ filters: { label: [nameLabel] } });
  const references = images
    .flatMap((image) => image.RepoTags ?? [])
    .filter(
      (reference) => reference.startsWith('sibling/') && !reference.startsWith('sibling/base:'),
    )
    .filter((reference) => !keep.has(reference));
  const removed: string[] = [];
  for (const reference of references) {
    try {
      await docker.getImage(reference).remove();
      removed.push(reference);
    } catch (error) {
      if (refusedWith(error) !== 409) throw error; // 409: in use
    }
  }
  return removed;
}
