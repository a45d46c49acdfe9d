import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ensureBaseImage } from '../../container/base-image/base-image.ts';
import type { BaseImage, BaseName } from '../../container/base-image/local.ts';
import type { Engine } from '../../container/engine.ts';
import {
  type EnsuredImage,
  ensureImage,
  expectedImage,
  expectedReference,
  type ImageSource,
} from '../../container/image/image.ts';
import { unmergedRevision } from '../../container/registry/unmerged.ts';
import {
  startTrackingServer,
  type TrackingServer,
  trackingServerSettings,
} from '../../container/tracking/server.ts';
import { ExpectedFailure } from '../../errors.ts';
import { giveTo, type Project } from '../../project/project.ts';
import { namedKinds } from '../../remote/kinds.ts';
import { type Remote, remoteName } from '../../remote/remote.ts';
import type { Tracking } from '../../servers/tracking.ts';
import { declaredEnvironment } from '../../stage/options/environment.ts';
import type { ConfiguredStage } from '../../stage/options/options.ts';
import { installationRoot } from '../../system/installation.ts';

export interface ImageRequest {
  readonly engine: Engine;
  readonly project: Project;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  readonly verbose: boolean;
  /** Aborting stops builds and pulls. */
  readonly signal: AbortSignal;
}

/** What containers a run may need, ready to be started. */
export interface ReadyImages {
  /** By stage address. */
  readonly stages: ReadonlyMap<string, EnsuredImage>;
  readonly runner?: EnsuredImage;
  readonly trackingServer?: TrackingServer;
}

/**
 * Makes every image that is missing, as many at once as the engine has cores, and starts the local
 * MLflow server as soon as its own is there.
 */
export async function prepareImages(
  request: ImageRequest,
  stages: readonly ConfiguredStage[],
  needs: {
    readonly runner: boolean;
    readonly localTracking: boolean;
    /** Whether all that track may go on without a server: then one that does not start is warned of. */
    readonly trackingOptional?: boolean;
  },
): Promise<ReadyImages> {
  const base = await baseImage(request);
  const limit = pLimit(Math.max(1, request.engine.cpus));
  const byImage = new Map<string, Promise<EnsuredImage>>();
  const runner = needs.runner
    ? limit(() => runnerImage(request, base))
    : Promise.resolve(undefined);
  const trackingServer = needs.localTracking
    ? limit(() => localTracking(request, base)).catch((error) => {
        if (needs.trackingOptional !== true) throw error;
        return withoutTracking(request, error);
      })
    : Promise.resolve(undefined);
  const ofStages = stages.map(async ({ stage, options }) => {
    const known = byImage.get(options.image);
    const image = known ?? limit(() => stageImage(request, base, options.image));
    byImage.set(options.image, image);
    return [stage.address, await image] as const;
  });
  // All settle before an error goes up: a build must not go on behind a program that has ended.
  const settled = await Promise.allSettled([runner, trackingServer, ...ofStages]);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  const [ownRunner, server] = await Promise.all([runner, trackingServer]);
  return {
    stages: new Map(await Promise.all(ofStages)),
    ...(ownRunner && { runner: ownRunner }),
    ...(server && { trackingServer: server }),
  };
}

function ensured(
  request: ImageRequest,
  source: ImageSource,
  base: BaseImage,
): Promise<EnsuredImage> {
  const unmerged = unmergedRevision(request.env);
  return ensureImage(request.engine.docker, source, { ...request, base, unmerged });
}

export function baseImage(request: ImageRequest): Promise<BaseImage> {
  return ensureBaseImage(request.engine.docker, request);
}

/** The image that `meta.sibling.image` names: a folder of the project, or a reference. */
export function stageImage(
  request: ImageRequest,
  base: BaseImage,
  image: string,
): Promise<EnsuredImage> {
  return ensured(request, stageSource(request, image), base);
}

/** The image that a stage would run in as its files are now, whether it is there or not. */
export function expectedStageImage(
  request: Pick<ImageRequest, 'project'>,
  base: BaseName,
  image: string,
): Pick<EnsuredImage, 'reference' | 'base'> {
  return expectedImage(stageSource(request, image), base);
}

function stageSource({ project }: Pick<ImageRequest, 'project'>, image: string): ImageSource {
  const folder = join(project.root, image);
  // A folder may be called anything; but what has a tag or a digest and is no folder means an image.
  return isFolder(folder) || !/[@:]/.test(image) ? { folder } : { reference: image };
}

/** The references of all images that the pipeline uses as its files are now. */
export function expectedReferences(
  request: Pick<ImageRequest, 'project' | 'env'>,
  base: BaseName,
  stages: readonly ConfiguredStage[],
): Set<string> {
  const sources = [
    runnerSource(),
    trackingSource(),
    ...stages.map(({ options }) => stageSource(request, options.image)),
  ];
  const references = sources.map((source) => expectedReference(source, base));
  return new Set([...references, runnerReference(base, request.env)]);
}

/** The image that DVC runs in, with what it needs for the kinds of remote that the environment names. */
export async function runnerImage(request: ImageRequest, base: BaseImage): Promise<EnsuredImage> {
  const remotes = remotesSource(request.env);
  const plain = await ensured(request, runnerSource(), base);
  if (remotes === undefined) return plain;
  const { reference, id } = plain;
  const own = { ...asBase(reference, base), reference, image: id, platform: base.platform };
  return ensured(request, remotes, own);
}

/** The reference of the dvc-runner image; it need not exist. */
export function runnerReference(base: BaseName, env: NodeJS.ProcessEnv): string {
  const plain = expectedReference(runnerSource(), base);
  const remotes = remotesSource(env);
  return remotes === undefined ? plain : expectedReference(remotes, asBase(plain, base));
}

/** By its tag, which is a hash of all that is in it, so that the image need not be there. */
function asBase(reference: string, { engine }: BaseName): BaseName {
  return { id: reference, engine };
}

/** The dvc-runner with locks of the named kinds of remote; undefined where none is named. */
function remotesSource(env: NodeJS.ProcessEnv): ImageSource | undefined {
  const kinds = namedKinds(env);
  if (kinds.length === 0) return undefined;
  return {
    folder: join(installationRoot(), 'dvc-remotes'),
    name: 'dvc-runner-remotes',
    include: ['Dockerfile', ...kinds.map((kind) => `${kind}.txt`)],
  };
}

function runnerSource(): ImageSource {
  return {
    folder: installationRoot(),
    name: 'dvc-runner',
    dockerfile: 'Dockerfile.dvc-runner',
    include: ['Dockerfile.dvc-runner', 'dvc-runner', 'services', 'dist', 'bin'],
  };
}

/** The image of the MLflow server that is started when no other one is named. */
export function localTrackingImage(request: ImageRequest, base: BaseImage): Promise<EnsuredImage> {
  return ensured(request, trackingSource(), base);
}

function trackingSource(): ImageSource {
  return { folder: join(installationRoot(), 'services/mlflow') };
}

function withoutTracking({ report, signal }: ImageRequest, error: unknown): undefined {
  signal.throwIfAborted();
  if (!(error instanceof ExpectedFailure)) throw error;
  const { cause, hint } = error.failure;
  report(`warning: ${cause}: nothing is tracked, for every stage may go on without. ${hint}`);
}

async function localTracking(request: ImageRequest, base: BaseImage): Promise<TrackingServer> {
  const image = await localTrackingImage(request, base);
  const settings = trackingServerSettings(request.env);
  return startTrackingServer(request.engine, settings, image.id, request.signal);
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** The variables that stages declare, with values; throws 'configuration' for one that is unset. */
export function stageEnvironment(
  stages: readonly ConfiguredStage[],
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return Object.assign(
    {},
    ...stages.map(({ stage, options }) => declaredEnvironment(stage, options, env)),
  );
}

/** The environment that stages declare from, with the tracking server's address filled in. */
export function withTracking(
  env: NodeJS.ProcessEnv,
  tracking: Tracking,
  server: TrackingServer | undefined,
): NodeJS.ProcessEnv {
  if (tracking.kind === 'remote') return { ...env, ...tracking.env };
  return server ? { ...env, MLFLOW_TRACKING_URI: server.stageUri } : env;
}

/**
 * Makes the folder behind a local remote, which a mount needs. Throws 'remote' where it cannot be made
 * or read: it may be on a disk that is not there now.
 */
export async function prepareRemote(remote: Remote, project: Project): Promise<void> {
  if (remote.kind !== 'folder') return;
  try {
    if (!existsSync(remote.folder)) {
      await mkdir(remote.folder, { recursive: true });
      await giveTo(remote.folder, project.user);
    }
    await readdir(remote.folder);
  } catch (error) {
    throw new ExpectedFailure(
      {
        kind: 'remote',
        cause: `${remoteName(remote)}, which is the DVC remote, cannot be used (${(error as NodeJS.ErrnoException).code})`,
        hint: 'Look whether its disk is there and you may write to it; DVC_REMOTE_URL, SIBLING_LOCAL_REMOTE or .dvc/config name it.',
      },
      { cause: error },
    );
  }
}
