import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Engine } from '../container/engine.ts';
import { choosePlacement } from '../container/files/choose.ts';
import { anyImage } from '../container/identity/found-image.ts';
import { LogTail, type OutputLines } from '../container/log-lines.ts';
import { engineKnows, leftoversOf, sweep } from '../container/sweep.ts';
import type { TrackingServer } from '../container/tracking/server.ts';
import { lockFileOf } from '../dvc/lock/lock.ts';
import type { Failure } from '../errors.ts';
import { originOf } from '../git/git.ts';
import { requireUsableRepository } from '../git/usable-repository.ts';
import { isLoopback } from '../network/address.ts';
import { cacheConfig } from '../outside/dvc-folders.ts';
import { refuseOutside, requireLastingCache } from '../outside/find/before-run.ts';
import { giveTo, type Project, siblingFolder } from '../project/project.ts';
import { requireRepository } from '../project/require-repository.ts';
import { clearTextWarnings } from '../remote/clear-text.ts';
import { chooseRemote, type Remote, remoteEndpoint } from '../remote/remote.ts';
import { declaredIn, hidden, keepSecret } from '../secrets/known.ts';
import { dagsHubOf } from '../servers/dagshub.ts';
import { chooseTracking, networkTo, type Tracking } from '../servers/tracking.ts';
import { stageCommands } from '../stage/command/commands.ts';
import type { ConfiguredStage } from '../stage/options/options.ts';
import { clearScratch } from '../stage/scratch/clear-scratch.ts';
import { refuseStandIns } from '../stage/stand-ins/refuse.ts';
import { explainFullDisk } from '../system/disk-full.ts';
import { placeOfRun } from './cache/job-facts.ts';
import { keepLockFiles, mendLockFiles, removeStaleRwLock } from './dvc-leftovers.ts';
import { clearCheckouts } from './leftover-checkouts.ts';
import { lockWorkspace, type RunLock } from './lock/lock.ts';
import { runFailure } from './outcome/failure.ts';
import { runContext } from './prepare/context.ts';
import { prepareImages, stageEnvironment, withTracking } from './prepare/prepare.ts';
import { RunProgress, type StageProgress } from './progress/progress.ts';
import type { RunView } from './progress/view.ts';
import { awayWarning, remoteFailure } from './remote/away-text.ts';
import { knownRemote } from './remote/known.ts';
import { usableRemote } from './remote/usable.ts';
import type { RemoteUse } from './remote/use.ts';
import {
  askedFor,
  pulls,
  type ReproRequest,
  remakeArguments,
  reproArguments,
} from './runner/repro-arguments.ts';
import {
  insideRunner,
  type RunnerRequest,
  runDvcHere,
  runDvcInContainer,
} from './runner/runner.ts';

export interface RunRequest extends ReproRequest {
  readonly project: Project;
  /** The environment with `.env` beneath it. */
  readonly env: NodeJS.ProcessEnv;
  readonly engine: Engine;
  /** All that DVC will look at, in order. */
  readonly stages: readonly ConfiguredStage[];
  /** How the remote is taken where there is something to pull; `if-it-answers` unless said otherwise. */
  readonly remoteUse?: RemoteUse;
  /** Instead of the one that the environment and the project ask for. */
  readonly remote?: Remote;
  /** Names this run's containers; a new id unless a job has one of its own. */
  readonly run?: string;
  readonly verbose: boolean;
  readonly view: RunView;
  /** Aborted with the failure that the run shall end with. */
  readonly signal: AbortSignal;
  readonly colour: boolean;
}

export interface RunResult {
  readonly run: string;
  readonly stages: readonly StageProgress[];
  readonly seconds: number;
  /** What DVC ran in; undefined where it ran in this process's own container. */
  readonly runner?: { readonly image: string; readonly imageId: string };
  /** For a person's browser; undefined when no stage tracks. */
  readonly trackingUri?: string;
  readonly failure?: Failure;
}

/** A short id that sorts by time. */
export function newRunId(): string {
  return `${Date.now().toString(36)}${randomBytes(2).toString('hex')}`;
}

/**
 * Runs the pipeline: prepares what it needs, starts DVC in its container (or here, inside one),
 * follows it, and leaves no container or scratch folder behind. A failure of the pipeline is part
 * of the result; what keeps it from starting is thrown.
 */
export async function runPipeline(request: RunRequest): Promise<RunResult> {
  const { project, engine } = request;
  for (const { stage } of request.stages) stageCommands(project.root, stage);
  const begun = performance.now();
  const run = request.run ?? newRunId();
  const lock = await lockWorkspace(project, run, (owner) => engineKnows(engine, owner));
  try {
    if (lock.abandoned.length > 0) {
      const removed = await sweep(engine, leftoversOf(engine, project.id, lock));
      request.view.line(
        `Cleaning up after run ${lock.abandoned.join(', ')}, which was killed${removed.length > 0 ? `: removing ${removed.join(', ')}` : ''}.`,
      );
    }
    for (const out of await clearScratch(project.root)) {
      request.view.line(`${out} was about to be replaced: put back as it was before that run.`);
    }
    await clearCheckouts(project);
    if (lock.others.length === 0) await removeStaleRwLock(project);
    await mend(request);
    await keepLockFiles(project, lockFilesOf(request.stages));
    const result = await runLocked(request, run);
    return { ...result, seconds: (performance.now() - begun) / 1000 };
  } catch (error) {
    throw explainFullDisk(project.root, error);
  } finally {
    await leaveTidy(request, run, lock);
  }
}

/**
 * Removes the run's containers, also after a run that nobody stopped: a process of it that was
 * killed leaves its own. Where this cannot be done now, for the engine is lost or the disk full, the
 * lock stays: by it the next run sees that there is something left to do.
 */
async function leaveTidy(request: RunRequest, run: string, lock: RunLock): Promise<void> {
  const { project, engine } = request;
  try {
    await sweep(engine, { run, project: project.id });
    await clearScratch(project.root);
    // After the sweep: DVC might still be writing before.
    await mend(request);
    await lock.release();
  } catch (error) {
    request.view.line(
      `warning: this run could not clean up (${(error as Error).message}); the next will`,
    );
  }
}

function lockFilesOf(stages: readonly ConfiguredStage[]): string[] {
  return [...new Set(stages.map(({ stage }) => lockFileOf(stage.file)))];
}

async function mend({ project, view }: RunRequest): Promise<void> {
  for (const file of await mendLockFiles(project)) {
    view.line(`${file} was cut off while DVC wrote it: put back as it was before that run.`);
  }
}

async function runLocked(request: RunRequest, run: string): Promise<Omit<RunResult, 'seconds'>> {
  const { project, env, engine, view, signal } = request;
  const origin = await originOf(project.root);
  const dagsHub = dagsHubOf(env, origin);
  const tracking = chooseTracking(env, dagsHub);
  const wanted = request.stages;
  const tracks = wanted.some(({ options }) => options.network === 'tracking');
  const trackingOptional = wanted.every(
    ({ options }) => options.network !== 'tracking' || options.tracking === 'optional',
  );
  const named = request.remote ?? chooseRemote(project.root, project.id, env, dagsHub);
  const chosen = await knownRemote(request, named);
  for (const line of clearTextWarnings(chosen, tracks ? tracking : undefined)) view.line(line);
  // What would fail for want of a variable fails now, before anything is built or started.
  const probe = tracking.kind === 'local' ? { MLFLOW_TRACKING_URI: 'decided later', ...env } : env;
  stageEnvironment(wanted, tracking.kind === 'remote' ? { ...env, ...tracking.env } : probe);
  requireRepository(project);
  refuseOutside(
    project,
    wanted.map(({ stage }) => stage),
  );
  if (!cacheConfig(project.root, env).noScm) await requireUsableRepository(project.root);
  await refuseStandIns(
    project.root,
    wanted.map(({ stage }) => stage),
  );
  if (insideRunner(env)) {
    await requireLastingCache(
      project,
      await choosePlacement(engine, project, env, () => anyImage(engine.docker)),
    );
  }

  const images = await prepareImages(
    { engine, project, env, report: view.line, verbose: request.verbose, signal },
    wanted,
    {
      runner: !insideRunner(env),
      localTracking: tracks && tracking.kind === 'local',
      trackingOptional,
    },
  );
  signal.throwIfAborted();
  const { remoteUse = 'if-it-answers' } = request;
  const remote = await usableRemote(chosen, project, remoteUse, view.line);
  const withoutServer = tracks && tracking.kind === 'local' && !images.trackingServer;
  const filled = withTracking(
    // One that did not start: stages that declare the variable find nothing in it.
    withoutServer ? { ...env, MLFLOW_TRACKING_URI: '' } : env,
    tracking,
    images.trackingServer,
  );
  const stageEnv = stageEnvironment(wanted, filled);
  keepSecret(filled, declaredIn(project.root, Object.keys(stageEnv), filled));
  const token = randomBytes(8).toString('hex');
  const progress = new RunProgress(
    token,
    wanted.map(({ stage }) => stage.address),
    hidden,
  );
  const log = join(await siblingFolder(project, 'runs'), `${run}.log`);
  await writeFile(log, '');
  await giveTo(log, project.user);
  const said = new LogTail(shownLines);
  const told = { remote: false };
  const runCache = pulls(request, remote) ? await placeOfRun(project.root, env) : undefined;

  const runnerRequest: RunnerRequest = {
    project,
    run,
    remote,
    stageEnv,
    ...(runCache && { runCache }),
    facts: {
      images: Object.fromEntries(images.stages),
      context: await runContext(project, { run, env, origin }),
    },
    env: {
      SIBLING_RUN_ID: run,
      ...(pulls(request, remote) && { SIBLING_REMOTE_USE: remoteUse }),
      SIBLING_TRACKING_NETWORK: trackingNetwork(tracking, images.trackingServer),
      ...(request.colour && { FORCE_COLOR: '1' }),
    },
    events: token,
    onOutput: async (output: OutputLines) => {
      const lines = progress.take(output);
      view.stages(progress.stages);
      const { away } = progress.remote;
      if (away !== undefined && !told.remote && remoteUse !== 'insisted') {
        told.remote = true;
        lines.unshift(awayWarning(remote, away));
      }
      if (lines.length === 0) return;
      await appendFile(log, `${lines.join('\n')}\n`);
      said.push(lines);
      for (const line of lines) view.line(line);
    },
    signal,
  };
  // The stage alone: the runner's end is awaited, for with copies the results are in it. What this
  // sweep cannot remove, the one at the end tries again and tells of.
  const onAbort = () => void sweep(engine, { run, role: 'stage' }).catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  view.stages(progress.stages);
  const { runner } = images;
  const dvc = async (dvcArguments: readonly string[]) =>
    runner
      ? runDvcInContainer(
          {
            engine,
            image: runner.id,
            placement: await choosePlacement(engine, project, env, async () => runner.id),
            hostNetwork: isLoopback(remoteEndpoint(remote)),
          },
          runnerRequest,
          dvcArguments,
        )
      : runDvcHere(runnerRequest, dvcArguments);
  let code = await dvc(reproArguments(request, remote));
  const incomplete = code === 0 ? cachedWithoutOuts(project.root, wanted, progress.stages) : [];
  if (incomplete.length > 0) {
    view.line(`Running ${incomplete.join(', ')}: the cache has not all of what it made`);
    code = await dvc(remakeArguments(incomplete));
  }
  signal.removeEventListener('abort', onAbort);
  await keepNewestRuns(project);
  const ended = progress.end(
    code,
    askedFor(
      request,
      wanted.map(({ stage }) => stage),
    ),
  );
  const ofRemote =
    code !== 0 && !signal.aborted ? remoteFailure(remote, remoteUse, progress.remote) : undefined;
  const failure = ofRemote ?? runFailure({ code, stages: ended, said: said.lines, signal });
  const trackingUri =
    images.trackingServer?.uri ?? (tracks ? filled.MLFLOW_TRACKING_URI || undefined : undefined);
  return {
    run,
    stages: ended,
    ...(runner && { runner: { image: runner.reference, imageId: runner.id } }),
    ...(trackingUri !== undefined && { trackingUri }),
    ...(failure && { failure }),
  };
}

/**
 * Stages that DVC has taken from its cache although an out is not there now. It passes over the
 * missing object of a `cache: false` out, which its own push leaves out (dvc/stage/cache.py).
 */
function cachedWithoutOuts(
  root: string,
  wanted: readonly ConfiguredStage[],
  progress: readonly StageProgress[],
): string[] {
  const cached = progress.filter(({ state }) => state === 'cached').map(({ stage }) => stage);
  return wanted
    .filter(({ stage }) => cached.includes(stage.address))
    .filter(({ stage }) => stage.outs.some(({ path }) => !existsSync(resolve(root, path))))
    .map(({ stage }) => stage.address);
}

/** The network of stages that track: none at all where there is nothing to track with. */
function trackingNetwork(tracking: Tracking, server: TrackingServer | undefined): string {
  if (tracking.kind === 'remote') return networkTo(tracking.uri);
  return server?.network ?? 'none';
}

/** Lines of the end of a run that a failure shows which nothing else explains. */
const shownLines = 20;

const keptRuns = 20;

async function keepNewestRuns(project: Project): Promise<void> {
  const folder = join(project.root, '.sibling/runs');
  const names = (await readdir(folder)).sort();
  for (const name of names.slice(0, -keptRuns)) await rm(join(folder, name), { force: true });
}
