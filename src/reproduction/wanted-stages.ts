import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import { selectStages } from '../dvc/select-stages.ts';
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

function measuringStages({ stages, upstream }: Pipeline, model: string): string[] {
  const after = new Set([model]);
  // In pipeline order, so that one pass finds all.
  for (const { address } of stages) {
    if (upstream.get(address)?.some((other) => after.has(other))) after.add(address);
  }
  return stages
    .filter(({ address, outs }) => after.has(address) && outs.some(({ kind }) => kind === 'metric'))
    .map(({ address }) => address)
    .filter((address) => address !== model);
}
