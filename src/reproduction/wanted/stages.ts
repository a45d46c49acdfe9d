import { stageMetrics } from '../../dvc/metric-paths.ts';
import type { Pipeline, Stage } from '../../dvc/pipeline.ts';
import { selectStages } from '../../dvc/targets/select-stages.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { StageProgress } from '../../run/progress/progress.ts';
import type { ModelOut } from './stage-records.ts';

/** What has to run to make a model and its metrics again. */
export interface WantedStages {
  /** Addresses to hand to DVC. */
  readonly targets: readonly string[];
  /** The targets and all that they depend on, in pipeline order. */
  readonly stages: readonly Stage[];
  /** `.dvc` files, and stages that nothing runs: what they hold is taken as it is stored. */
  readonly given: readonly string[];
}

/**
 * The model's stage, the stages after it that have metrics, and what these depend on; all where
 * nothing tells which stage it is.
 */
export function wantedStages(pipeline: Pipeline, model: ModelOut | undefined): WantedStages {
  const targets = model
    ? [model.stage.address, ...measuringStages(pipeline, model.stage.address)]
    : pipeline.stages.map(({ address }) => address);
  const stages = selectStages(pipeline, targets, false);
  const sources = stages.flatMap(({ address }) => pipeline.upstreamSources.get(address) ?? []);
  const frozen = stages.filter((stage) => stage.frozen).map(({ address }) => address);
  return { targets, stages, given: [...new Set([...sources, ...frozen])] };
}

/**
 * DVC only verifies a frozen stage: what it holds would be compared with itself. Throws
 * 'unreproducible' where that is the model, or metrics.
 */
export function requireTargetsRun(
  { targets, stages }: WantedStages,
  model: ModelOut | undefined,
): void {
  for (const stage of stages) {
    const { address, frozen } = stage;
    // Where nobody knows the model all are targets, also data that are kept as they are.
    const counts = model ? targets.includes(address) : stageMetrics(stage).length > 0;
    if (frozen && counts) throw frozenStage(stage);
  }
}

/** What a model is not made again by: a stage that nothing runs. */
export function frozenStage({ address, file, line }: Stage): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `stage ${address} is frozen at the commit: nothing runs it, so that its outs cannot be made again`,
    hint: `With --pull what is stored is compared with what is registered. dvc unfreeze ${address} lets it run in later commits.`,
    place: { file, line },
  });
}

/** Throws 'unreproducible' where nothing shows that a stage ran which is not frozen. */
export function requireAllRan({ stages }: WantedStages, progress: readonly StageProgress[]): void {
  const ran = new Set(progress.filter(({ state }) => state === 'ran').map(({ stage }) => stage));
  const silent = stages
    .filter(({ address, frozen }) => !frozen && !ran.has(address))
    .map(({ address }) => address);
  if (silent.length === 0) return;
  throw new ExpectedFailure({
    kind: 'unreproducible',
    cause: `nothing shows that ${silent.join(', ')} ran: what is there proves nothing`,
    hint: 'Each stage has to run in its container: its cmd is sibling stage NAME.',
  });
}

function measuringStages({ stages, upstream }: Pipeline, model: string): string[] {
  const after = new Set([model]);
  // In pipeline order, so that one pass finds all.
  for (const { address } of stages) {
    if (upstream.get(address)?.some((other) => after.has(other))) after.add(address);
  }
  return stages
    .filter((stage) => after.has(stage.address) && stageMetrics(stage).length > 0)
    .map(({ address }) => address)
    .filter((address) => address !== model);
}
