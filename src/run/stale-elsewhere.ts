import type { FolderListings } from '../dvc/hash/folder-listings.ts';
import type { Pipeline } from '../dvc/pipeline.ts';
import type { Project } from '../project/project.ts';
import { projectStatus } from './unchanged.ts';

/** What may be hashed only to say that there is more to run. */
const mostBytes = 16 * 1024 ** 2;

/**
 * A line about stages that a run without targets left alone, for they are of other dvc.yaml files, and
 * that would run; undefined where there are none, as far as is soon told. `looked` are the addresses of
 * those that the run looked at.
 */
export async function staleElsewhere(
  project: Project,
  pipeline: Pipeline,
  looked: readonly string[],
  listings?: FolderListings,
): Promise<string | undefined> {
  const known = new Set(looked);
  const others = pipeline.stages
    .filter(({ address, frozen }) => !frozen && !known.has(address))
    .map(({ address }) => address);
  if (others.length === 0) return undefined;
  const options = { stages: others, mostBytes, ...(listings && { listings }) };
  const { stages } = await projectStatus(project, pipeline, options);
  const stale = stages.filter(({ state }) => state === 'stale').length;
  if (stale === 0) return undefined;
  const are =
    stale === 1 ? '1 stage in another dvc.yaml is' : `${stale} stages in other dvc.yaml files are`;
  return `${are} stale: sibling run -P runs all, sibling status shows them.`;
}
