import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFileOf, readLock } from '../../dvc/lock/lock.ts';
import { lockEntries } from '../../dvc/lock/merge.ts';
import type { Pipeline, Stage } from '../../dvc/pipeline.ts';
import { readPipelineWithPython } from '../../dvc/read/pipeline.ts';
import type { StageStatus } from '../../dvc/status/pipeline-status.ts';
import { statusText } from '../../dvc/status/reason-text.ts';
import { selectStages } from '../../dvc/targets/select-stages.ts';
import { ExpectedFailure } from '../../errors.ts';
import { originOf } from '../../git/git.ts';
import {
  longestReason,
  type Overridden,
  type StageResults,
} from '../../github/baton/stage-results.ts';
import type { Project } from '../../project/project.ts';
import { readEnvironment } from '../../project/settings.ts';
import { chooseRemote } from '../../remote/remote.ts';
import type { StageProgress } from '../../run/progress/progress.ts';
import { plainView } from '../../run/progress/view.ts';
import { runPipeline } from '../../run/run.ts';
import { projectStatus } from '../../run/unchanged.ts';
import { declaredIn, keepSecret, namesBeyond } from '../../secrets/known.ts';
import { type DagsHub, dagsHubOf } from '../../servers/dagshub.ts';
import { requireStageCommands } from '../../stage/command/commands.ts';
import { configureStages } from '../../stage/options/options.ts';
import { stagesKeep, untilInterrupted } from '../../system/interruption.ts';
import { readWhole } from '../../system/read-whole.ts';
import { jobEngine } from '../engine.ts';
import { folderHolds } from '../results/folder-holds.ts';
import { fetchShown, shownFiles } from '../results/shown-files.ts';
import { stopCommands } from '../results/stop-commands.ts';
import { leftButNeeded, packUncached, type Uncached } from '../results/uncached-files.ts';
import { stageLinks } from './links.ts';

export interface StageJobRequest {
  readonly project: Project;
  readonly stage: string;
  readonly run: string;
  readonly env: NodeJS.ProcessEnv;
  readonly force: boolean;
  readonly verbose: boolean;
  /** What the params files have been overridden with; absent if they are the commit's. */
  readonly overridden?: Overridden;
}

export interface StageJob {
  readonly results: StageResults;
  readonly failure?: ExpectedFailure;
}

/** Runs one stage of the pipeline in this job, and says what the next jobs need to know. */
export async function runStageJob(request: StageJobRequest): Promise<StageJob> {
  const { project, run } = request;
  const env = readEnvironment(project.root, request.env, (line) => console.log(line));
  keepSecret(env, declaredIn(project.root, namesBeyond(env, request.env), env));
  const startedAt = new Date();
  const pipeline = await readPipelineWithPython(project.root);
  const selected = selectStages(pipeline, [request.stage], true);
  const stages = configureStages(project.root, selected);
  requireStageCommands(pipeline, selected);
  const [configured] = stages;
  if (!configured || stages.length > 1) throw severalStages(request.stage);
  const { stage } = configured;
  const dagsHub = dagsHubOf(env, await originOf(project.root));
  const allowMissing = isElsewhere(project, env, dagsHub, stage);
  const status = await statusOf(project, pipeline, stage, { allowMissing });
  if (!request.force && status?.state === 'unchanged') {
    const progress = { stage: stage.address, state: 'unchanged' } as const;
    const results = await makeResults(request, stage, progress, { startedAt });
    const report = (line: string) => console.log(line);
    const shown = await fetchShown({ project, env, dagsHub, report }, stage);
    return { results: { ...results, ...(Object.keys(shown).length > 0 && { shown }) } };
  }
  const why = request.force ? 'it was asked for by force' : whyItRuns(status);
  const engine = await jobEngine(env);
  const resume = stopCommands(env);
  const result = await runPipeline({
    project,
    env,
    engine,
    stages,
    targets: [stage.address],
    force: request.force,
    singleItem: true,
    pull: true,
    run,
    verbose: request.verbose,
    view: plainView(process.stdout),
    signal: untilInterrupted(stagesKeep),
    colour: false,
  }).finally(resume);
  const [progress] = result.stages;
  if (!progress) throw new Error('the run knows no stage');
  const found = await makeResults(request, stage, progress, { startedAt, why });
  const { outcome } = found;
  const links = await stageLinks({
    ...{ env, dagsHub, run, startedAt, outcome, trackingUri: result.trackingUri },
    outs: outHashes(project, stage),
  });
  const results = links.length > 0 ? { ...found, links } : found;
  if (result.failure) return { results, failure: new ExpectedFailure(result.failure) };
  const failure = leftButNeeded(pipeline, stage, results.left);
  if (!failure) return { results };
  return { results: { ...results, outcome: 'failed', reason: failure.failure.cause }, failure };
}

/** Whether outs that are not in this job's workspace can be had where the job's remote is. */
function isElsewhere(
  project: Project,
  env: NodeJS.ProcessEnv,
  dagsHub: DagsHub | undefined,
  stage: Stage,
): boolean {
  const remote = chooseRemote(project.root, project.id, env, dagsHub);
  return remote.kind !== 'folder' || folderHolds(remote.folder, project.root, stage);
}

async function makeResults(
  request: StageJobRequest,
  stage: Stage,
  progress: StageProgress,
  { startedAt, why }: { readonly startedAt: Date; readonly why?: string },
): Promise<StageResults> {
  const { root } = request.project;
  const outcome = outcomeOf(progress);
  const endedAt = new Date();
  const image =
    progress.image && progress.imageId
      ? { reference: progress.image, id: progress.imageId }
      : undefined;
  // Of a stage that failed outs are what an earlier run left.
  const { left, uncached }: Uncached =
    outcome === 'failed' ? { uncached: [] } : await packUncached(root, stage);
  const shown = outcome === 'failed' ? {} : shownFiles(root, stage);
  const lock = lockEntry(root, stage);
  return {
    version: 2,
    stage: stage.address,
    outcome,
    reason: reasonOf(outcome, why, progress).slice(0, longestReason),
    seconds: progress.seconds ?? 0,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    ...(image && { image }),
    outs: [...(progress.outs ?? [])],
    ...(lock && { lock }),
    ...(request.overridden && { overridden: request.overridden }),
    uncached,
    // What a stage that is unchanged has, the other jobs have too.
    ...(left && outcome !== 'unchanged' && { left }),
    ...(Object.keys(shown).length > 0 && { shown }),
  };
}

function outcomeOf({ state }: StageProgress): StageResults['outcome'] {
  return state === 'ran' || state === 'cached' || state === 'unchanged' ? state : 'failed';
}

/** How the stage stands before it runs; undefined where only DVC can say what stages there are. */
async function statusOf(
  project: Project,
  pipeline: Pipeline,
  { address }: Stage,
  options: { readonly allowMissing: boolean },
): Promise<StageStatus | undefined> {
  if (pipeline.handovers.length > 0) return undefined;
  const { stages } = await projectStatus(project, pipeline, { ...options, stages: [address] });
  return stages[0];
}

function whyItRuns(status: StageStatus | undefined): string {
  // What is missing of an unchanged stage's data is seen by DVC alone.
  if (status === undefined || status.state === 'ask-dvc') return 'DVC decided';
  return status.reasons.length > 0
    ? statusText(status)
    : 'its outs are not where the data are kept';
}

function reasonOf(
  outcome: StageResults['outcome'],
  why: string | undefined,
  { failure }: StageProgress,
): string {
  switch (outcome) {
    case 'ran':
      return why ?? 'DVC decided';
    case 'cached':
      return `${why ?? 'DVC decided'}; the run-cache has an earlier run with the same inputs`;
    case 'unchanged':
      return 'its command, deps, params and outs are as dvc.lock says';
    case 'failed':
      return failure?.cause ?? 'it failed; the log tells why';
  }
}

function outHashes({ root }: Project, stage: Stage): string[] {
  const locked = readLock(root, lockFileOf(stage.file))?.stages.get(stage.name);
  return (locked?.outs ?? []).flatMap(({ hash }) => (hash === undefined ? [] : [hash]));
}

/** The stage's own entry of dvc.lock; the jobs that made its deps hand on theirs themselves. */
function lockEntry(root: string, stage: Stage): StageResults['lock'] {
  const file = lockFileOf(stage.file);
  const path = join(root, file);
  const entry = existsSync(path)
    ? lockEntries(readWhole(path).toString('utf8')).get(stage.name)
    : undefined;
  return entry === undefined ? undefined : { file, entry };
}

function severalStages(name: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `${name} names several stages; a job runs one`,
    hint: 'Name one of them, such as train@a; sibling export github writes a job for each.',
  });
}
