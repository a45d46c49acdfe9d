import type { Pipeline, Stage } from '../../dvc/pipeline.ts';
import { readPipeline } from '../../dvc/read/pipeline.ts';
import { reasonText } from '../../dvc/status/reason-text.ts';
import type { Reason } from '../../dvc/status/stage-reasons.ts';
import { gitOrThrow } from '../../git/git.ts';
import type { Project } from '../../project/project.ts';
import { projectStatus } from '../../run/unchanged.ts';

/**
 * Takes down how the stages stand with the results in the workspace. The function that it gives says
 * what has come up against them since the commit that it is called with: inputs that dvc.lock names
 * otherwise, and stages of which only DVC could say.
 */
export async function resultsHold(
  project: Project,
): Promise<(since: string) => Promise<readonly string[]>> {
  const before = await standOf(project);
  return async (since) => {
    const now = await standOf(project);
    const differing = ['diff', '--name-only', '-z', '--relative', since, 'HEAD'];
    const changed = (await gitOrThrow(project.root, ...differing)).split('\0').filter(Boolean);
    const handedOver = now.pipeline.handovers.map(
      ({ construct }) => `${construct}: only DVC can tell`,
    );
    // A new stage is the next run's to add, and one that is gone has no results to contradict.
    const found = now.pipeline.stages.flatMap((stage) => {
      const known = before.reasons.get(stage.address);
      const reasons = now.reasons.get(stage.address) ?? [];
      if (!known) return [];
      return reasons
        .filter((reason) => !known.some(same(reason)) || isInDoubt(reason, stage, changed))
        .map((reason) => `${stage.address}: ${reasonText(reason)}`);
    });
    return [...handedOver, ...found];
  };
}

interface Stand {
  readonly pipeline: Pipeline;
  readonly reasons: ReadonlyMap<string, readonly Reason[]>;
}

async function standOf(project: Project): Promise<Stand> {
  const pipeline = readPipeline(project.root);
  // The job has no data: what is missing counts with the hash that dvc.lock has.
  const { stages } = await projectStatus(project, pipeline, { allowMissing: true });
  return { pipeline, reasons: new Map(stages.map((one) => [one.address, one.reasons])) };
}

function same(reason: Reason): (other: Reason) => boolean {
  const text = reasonText(reason);
  return (other) => reasonText(other) === text;
}

/**
 * Whether a stage that only DVC can judge, then as now, may stand otherwise by what has changed. What
 * its declaration says is known: in doubt is what data it gets.
 */
function isInDoubt(reason: Reason, stage: Stage, changed: readonly string[]): boolean {
  if (reason.kind !== 'not-understood') return false;
  if (stage.notUnderstood.length > 0) return true; // it may read anything
  const inputs = [...stage.deps, ...stage.params.map(({ path }) => path)];
  return changed.some(
    (path) =>
      /(?:^|\/)(?:dvc[.]lock|[^/]*[.]dvc|[.]dvcignore|[.]dvc\/.*)$/.test(path) ||
      inputs.some((input) => path === input || path.startsWith(`${input}/`)),
  );
}
