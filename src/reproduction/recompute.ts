import { join } from 'node:path';
import type { Engine } from '../container/engine.ts';
import { ExpectedFailure } from '../errors.ts';
import type { Project } from '../project/project.ts';
import type { RunView } from '../run/progress/view.ts';
import { runPipeline } from '../run/run.ts';
import { type ConfiguredStage, configureStages } from '../stage/options/options.ts';
import { requireAllRan, type WantedStages } from './wanted/stages.ts';

export interface RecomputeRequest {
  readonly project: Project;
  /** See `withoutTracking`. */
  readonly env: NodeJS.ProcessEnv;
  readonly engine: Engine;
  /** Of the containers: the id that this process has announced. */
  readonly run: string;
  readonly view: RunView;
  readonly verbose: boolean;
  readonly colour: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs the stages in the checkout, each whatever is known of it. Throws what a stage failed with, and
 * 'unreproducible' for one that insists on a tracking server, or that did not run after all.
 */
export async function recompute(
  request: RecomputeRequest,
  wanted: WantedStages,
  run = runPipeline,
): Promise<void> {
  const { targets, stages } = wanted;
  const configured = configureStages(request.project.root, stages);
  requireNoTracking(configured);
  const result = await run({
    ...request,
    stages: configured,
    targets,
    force: true,
    singleItem: false,
    pull: false,
    // An empty one, for nothing shall come from any.
    remote: { kind: 'folder', folder: join(request.project.root, '.sibling/no-remote') },
  });
  if (result.failure) throw new ExpectedFailure(result.failure);
  requireAllRan(wanted, result.stages);
}

/** What a stage could log to MLflow with, and register a model. */
const trackingVariables =
  /^(MLFLOW_(TRACKING|REGISTRY)_\w+|DAGSHUB_(USER_NAME|TOKEN|USER_TOKEN|REPO|CLIENT_HOST))$/;

/**
 * An environment in which nothing is logged: without the variables that lead to a server, and with
 * no local server instead of it.
 */
export function withoutTracking(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !trackingVariables.test(name))),
    SIBLING_LOCAL_TRACKING: 'off',
  };
}

/** A stage that insists on a server would log to it. */
function requireNoTracking(stages: readonly ConfiguredStage[]): void {
  for (const { stage, options } of stages) {
    const needed = options.env.find(
      ({ name, optional }) => !optional && trackingVariables.test(name),
    );
    if (!needed) continue;
    throw new ExpectedFailure({
      kind: 'unreproducible',
      cause: `stage ${stage.address} does not run without ${needed.name}, and a model is made again without it, so that nothing is logged`,
      hint: `Write ${needed.name}? in meta.sibling.env of the stage, and let it go on without: versions that are made from then on can be made again.`,
      place: { file: stage.file, line: stage.line },
    });
  }
}

/** In the runner image DVC is a child of this process, and has its environment. */
export function forgetTracking(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (trackingVariables.test(name)) delete env[name];
}
