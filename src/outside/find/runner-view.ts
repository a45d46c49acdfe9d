import type { FilePlacement, PlacedFile } from '../../container/files/placement.ts';
import { machineConfig } from '../../dvc/config/dvc-config.ts';
import type { Project } from '../../project/project.ts';
import { cacheConfig, planCache, projectFolders } from '../dvc-folders.ts';
import { findOutside, type Outside } from './find-outside.ts';

/** What DVC's container is given so that DVC finds there what it would find on this machine. */
export interface RunnerView {
  /** The project's folders, then what it names outside of them. */
  readonly files: readonly PlacedFile[];
  /** DVC's `cache` section, over every configuration file. */
  readonly cache: { readonly dir: string; readonly type?: readonly string[] };
  /** See `machineConfig`. */
  readonly machineConfig: string;
  /** A folder of the container's own, where its /tmp is this machine's. */
  readonly temporary?: string;
  readonly refusals: Outside['refusals'];
}

/**
 * Finds what the project names outside of itself, and makes DVC's cache folder. Throws
 * 'configuration' where the cache cannot be told or made.
 */
export async function runnerView(
  project: Project,
  placement: Pick<FilePlacement, 'kind' | 'reaches'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<RunnerView> {
  const config = cacheConfig(project.root, env);
  const plan = await planCache(
    project,
    config,
    (folder) => placement.kind !== 'copy' && placement.reaches(folder),
  );
  const folders = projectFolders(plan);
  const outside = findOutside(project, plan.folder, folders, env);
  const isShared = plan.folders.includes('/tmp');
  return {
    files: [...folders, ...outside.files],
    cache: { dir: plan.folder, ...(plan.linkTypes && { type: plan.linkTypes }) },
    machineConfig: machineConfig(project.root, env),
    ...(isShared && { temporary: '/var/tmp' }),
    refusals: outside.refusals,
  };
}
