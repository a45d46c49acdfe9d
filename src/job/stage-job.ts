import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connectEngine, isEngineAbsent } from '../container/engine.ts';
import { type DagsHub, dagsHubOf } from '../dagshub.ts';
import { lockFileOf, readLock } from '../dvc/lock.ts';
import { lockEntries } from '../dvc/lock-text.ts';
import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import type { StageStatus } from '../dvc/pipeline-status.ts';
import { readPipeline } from '../dvc/read-pipeline.ts';
import { statusText } from '../dvc/reason-text.ts';
import { selectStages } from '../dvc/select-stages.ts';
import { ExpectedFailure } from '../errors.ts';
import { originOf } from '../git.ts';
import { type Baton, largestFile, type NeededJob } from '../github/baton.ts';
import { untilInterrupted } from '../interruption.ts';
import type { Project } from '../project.ts';
import { chooseRemote } from '../remote.ts';
import { runPipeline } from '../run.ts';
import type { StageProgress } from '../run-progress.ts';
import { readEnvironment } from '../settings.ts';
import { installEngine } from '../setup/install-engine.ts';
import { requireStageCommands } from '../stage-command/stage-commands.ts';
import { configureStages } from '../stage-options.ts';
import { plainView } from '../terminal/run-view.ts';
import { projectStatus } from '../unchanged.ts';
import { folderHolds } from './folder-holds.ts';
import { stageLinks } from './stage-links.ts';
import { leftButNeeded, packUncached, type Uncached } from './uncached-files.ts';

export interface StageJobRequest {
  readonly project: Project;
  readonly stage: string;
  readonly run: string;
  readonly env: NodeJS.ProcessEnv;
  readonly force: boolean;
  readonly verbose: boolean;
  readonly batons: readonly Baton[];
}

export interface StageJob {
  readonly baton: Baton;
  readonly failure?: ExpectedFailure;
}

/** The batons of the jobs before this one. Throws 'usage' for a job that ended well without one. */
export function neededBatons(needs: readonly NeededJob[]): Baton[] {
  return needs.map(({ job, result, baton }) => {
    if (baton && baton.outcome !== 'failed') return baton;
    if (baton) throw failedBefore(job, baton);
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `job ${job} ended with ${result} and left no baton`,
      hint: `Give job ${job} the output baton of its run-stage step (outputs: baton: …).`,
    });
  });
}

/** Runs one stage of the pipeline in this job, and says what the next jobs need to know. */
export async function runStageJob(request: StageJobRequest): Promise<StageJob> {
  const { project, run } = request;
  const env = readEnvironment(project.root, request.env, (line) => console.log(line));
  const startedAt = new Date();
  const pipeline = readPipeline(project.root);
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
    return { baton: await makeBaton(request, stage, progress, { startedAt }) };
  }
  const why = request.force ? 'it was asked for by force' : whyItRuns(status);
  const engine = await connectEngine(env).catch((error) => {
    if (!isEngineAbsent(error)) throw error;
    return installEngine(error, { env, report: (line) => console.log(line) });
  });
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
    signal: untilInterrupted(),
    colour: false,
  }).finally(resume);
  const [progress] = result.stages;
  if (!progress) throw new Error('the run knows no stage');
  // DVC ended well without a word of the stage: there was nothing to do.
  const state = !result.failure && progress.state === 'waiting' ? 'unchanged' : progress.state;
  const found = await makeBaton(request, stage, { ...progress, state }, { startedAt, why });
  const { outcome } = found;
  const links = await stageLinks({
    ...{ env, dagsHub, run, startedAt, outcome, trackingUri: result.trackingUri },
    outs: outHashes(project, stage),
  });
  const baton = links.length > 0 ? { ...found, links } : found;
  if (result.failure) return { baton, failure: new ExpectedFailure(result.failure) };
  const failure = leftButNeeded(pipeline, stage, baton.left);
  if (!failure) return { baton };
  return { baton: { ...baton, outcome: 'failed', reason: failure.failure.cause }, failure };
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

/**
 * Keeps the runner from obeying workflow commands in a stage's output, until the function that is
 * given back is called. The runner finds some forms anywhere in a line, so a prefix is not enough.
 */
function stopCommands(env: NodeJS.ProcessEnv): () => void {
  if (env.GITHUB_ACTIONS !== 'true') return () => undefined;
  const token = randomBytes(16).toString('hex');
  process.stdout.write(`::stop-commands::${token}\n`);
  return () => {
    process.stdout.write(`\n::${token}::\n`);
  };
}

/** What a stage's cached metrics and plots may take of a baton together. */
const largestShown = 131_072;

async function makeBaton(
  request: StageJobRequest,
  stage: Stage,
  progress: StageProgress,
  { startedAt, why }: { readonly startedAt: Date; readonly why?: string },
): Promise<Baton> {
  const { root } = request.project;
  const outcome = outcomeOf(progress);
  const endedAt = new Date();
  const image =
    progress.image && progress.imageId
      ? { reference: progress.image, id: progress.imageId }
      : undefined;
  const shown: Record<string, string> = {};
  let room = largestShown;
  // Of a stage that failed outs are what an earlier run left.
  const { left, ...carried }: Uncached =
    outcome === 'failed' ? { files: {} } : await packUncached(root, stage);
  for (const out of outcome === 'failed' ? [] : stage.outs) {
    if (!out.cache || out.kind === 'out') continue;
    const path = join(root, out.path);
    if (!existsSync(path) || !statSync(path).isFile()) continue;
    const { size } = statSync(path);
    if (size > Math.min(largestFile, room) || !isText(path)) continue;
    shown[out.path] = readFileSync(path, 'utf8');
    room -= size;
  }
  return {
    version: 1,
    stage: stage.address,
    outcome,
    reason: reasonOf(outcome, why, progress),
    seconds: progress.seconds ?? 0,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    ...(image && { image }),
    outs: [...(progress.outs ?? [])],
    lock: collectLock(request, stage),
    ...carried,
    // What a stage that is unchanged has, the other jobs have too.
    ...(left && outcome !== 'unchanged' && { left }),
    ...(room < largestShown && { shown }),
  };
}

function isText(path: string): boolean {
  return /\.(?:csv|tsv|json|ya?ml|toml)$/i.test(path);
}

function outcomeOf({ state }: StageProgress): Baton['outcome'] {
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
  outcome: Baton['outcome'],
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

/** The entries of dvc.lock that the jobs before handed on, and this stage's own. */
function collectLock(
  request: StageJobRequest,
  stage: Stage,
): Record<string, Record<string, string>> {
  const lock: Record<string, Record<string, string>> = {};
  for (const baton of request.batons) {
    for (const [file, entries] of Object.entries(baton.lock)) {
      lock[file] = { ...lock[file], ...entries };
    }
  }
  const file = lockFileOf(stage.file);
  const path = join(request.project.root, file);
  const entry = existsSync(path)
    ? lockEntries(readFileSync(path, 'utf8')).get(stage.name)
    : undefined;
  if (entry !== undefined) lock[file] = { ...lock[file], [stage.name]: entry };
  return lock;
}

function failedBefore(job: string, { stage, reason }: Baton): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `job ${job} failed: stage ${stage}: ${reason}`,
    hint: 'Nothing can be made of its results; a job that needs it must not run after a failure.',
  });
}

function severalStages(name: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `${name} names several stages; a job runs one`,
    hint: 'Name one of them, such as train@a; sibling export github writes a job for each.',
  });
}
