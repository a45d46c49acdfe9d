import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { depHashes } from '../dvc/hash/dep-hashes.ts';
import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import {
  type ProjectStatus,
  pipelineStatus,
  type StatusOptions,
} from '../dvc/status/pipeline-status.ts';
import { giveTo, type Project, siblingFolder } from '../project/project.ts';

/**
 * Whether none of the named stages would run, decided from the files alone: no engine, no DVC. False
 * whenever there is anything that only DVC can judge.
 */
export async function allUnchanged(
  project: Project,
  pipeline: Pipeline,
  stages: readonly string[],
  options: Pick<StatusOptions, 'allowMissing' | 'listings'> = {},
): Promise<boolean> {
  if (pipeline.handovers.length > 0) return false;
  const status = await projectStatus(project, pipeline, { ...options, stages });
  return status.stages.every(({ state }) => state === 'unchanged');
}

/** As `pipelineStatus`; the hash cache belongs to the project's owner, whoever runs this. */
export async function projectStatus(
  project: Project,
  pipeline: Pipeline,
  options: StatusOptions = {},
): Promise<ProjectStatus> {
  return withHashCache(project, (hashCache) => pipelineStatus(pipeline, { ...options, hashCache }));
}

/** As `depHashes`, with the project's hash cache. */
export async function projectDepHashes(
  project: Project,
  stage: Stage,
): Promise<Record<string, string>> {
  return withHashCache(project, (hashCache) => depHashes(project.root, stage, hashCache));
}

async function withHashCache<T>(
  project: Project,
  use: (hashCache: string) => Promise<T>,
): Promise<T> {
  const hashCache = join(await siblingFolder(project), 'hash-cache');
  const result = await use(hashCache);
  if (existsSync(hashCache)) await giveTo(hashCache, project.user);
  return result;
}
