import { realpath } from 'node:fs/promises';
import { unseen } from '../../container/files/bind.ts';
import type { FilePlacement } from '../../container/files/placement.ts';
import type { Stage } from '../../dvc/pipeline.ts';
import type { Project } from '../../project/project.ts';
import { cacheConfig, planCache, projectFolders } from '../dvc-folders.ts';
import { requireDvcPlaces } from '../dvc-places.ts';
import { findOutside, type Outside } from './find-outside.ts';

/**
 * Throws 'configuration', before anything is started, for what one of these stages names outside of
 * the project and cannot be given, and where DVC's cache cannot be told.
 */
export function refuseOutside(
  project: Project,
  stages: readonly Pick<Stage, 'address' | 'name' | 'file' | 'line' | 'outs'>[],
): void {
  requireDvcPlaces(project, stages, cacheConfig(project.root));
  const refusals = outsideRefusals(project);
  const wanted = new Set(stages.map(({ address }) => address));
  const first = refusals.find(({ stage }) => wanted.has(stage.address));
  if (first) throw first.failure;
}

/** What the project's stages name outside of it and cannot be given. Throws like `refuseOutside`. */
export function outsideRefusals(
  project: Project,
  env: NodeJS.ProcessEnv = process.env,
): Outside['refusals'] {
  const { cacheFolder } = cacheConfig(project.root, env);
  const plan = { folder: cacheFolder, folders: project.folders };
  return findOutside(project, cacheFolder, projectFolders(plan), env).refusals;
}

/**
 * Where this process is DVC's container: throws 'engine' when the cache would be lost with it while
 * the project stays.
 */
export async function requireLastingCache(
  project: Project,
  placement: FilePlacement,
): Promise<void> {
  if (placement.kind === 'copy') return; // the project goes with the container as well
  const { folder } = await planCache(project, cacheConfig(project.root), () => false);
  const real = await realpath(folder).catch(() => folder);
  if (!placement.reaches(real)) throw unseen(real, placement.because);
}
