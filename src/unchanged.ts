import type { Pipeline } from './dvc/pipeline.ts';
import { pipelineStatus } from './dvc/pipeline-status.ts';

/**
 * Whether none of the named stages would run, decided from the files alone: no engine, no DVC. False
 * whenever there is anything that only DVC can judge.
 */
export async function allUnchanged(
  pipeline: Pipeline,
  stages: readonly string[],
  options: { readonly allowMissing?: boolean } = {},
): Promise<boolean> {
  if (pipeline.handovers.length > 0) return false;
  const status = await pipelineStatus(pipeline, { ...options, stages });
  return status.stages.every(({ state }) => state === 'unchanged');
}
