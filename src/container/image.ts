import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../errors.ts';
import { readWhole } from '../system/read-whole.ts';
import { type BuildContext, contextArchive, readBuildContext } from './build-context.ts';
import { followProgress, type ProgressEvent } from './engine-progress.ts';
import { fromRegistry, registryTrouble, toRegistry } from './image-registry.ts';
import { pullImage } from './image-transfer.ts';
import { absentThoughMade, type BaseImage } from './local-base.ts';
import { leftOutOf, refusePrivateCopies } from './private-copies.ts';
import { loginFor, registryOf } from './registry.ts';
import { saidBy } from './request/engine-failure.ts';
import { unlessGone } from './request/unless-status.ts';

/** What an image is made of. */
export type ImageSource =
  /** A folder with a Dockerfile; `include` limits the context to some of its children. */
  | {
      readonly folder: string;
      readonly name?: string;
      readonly dockerfile?: string;
      readonly include?: readonly string[];
    }
  /** An image that exists, by `name@sha256:digest`. */
  | { readonly reference: string };

export interface ImageSurroundings {
  readonly base: BaseImage;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Show the output of builds. */
  readonly verbose: boolean;
  /** Aborting stops builds and transfers; its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface EnsuredImage {
  readonly reference: string;
  /** `sha256:…` of the image's configuration. */
  readonly id: string;
  /** `sha256:…` of the base image beneath it; undefined where its Dockerfile takes another one. */
  readonly base?: string;
  readonly source: 'local' | 'registry' | 'built';
  readonly seconds: number;
}

/**
 * Makes sure that the local daemon has an image: looks there first, then in a registry if one is
 * configured, and builds it last. A folder's image is tagged by the hash of everything that it is
 * built from, so that an existing tag is never stale. Throws 'image' or 'configuration'.
 */
export async function ensureImage(
  docker: Docker,
  source: ImageSource,
  surroundings: ImageSurroundings,
): Promise<EnsuredImage> {
  const { signal } = surroundings;
  signal?.throwIfAborted();
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  if ('reference' in source) {
    requireDigest(source.reference);
    const local = await imageId(docker, source.reference);
    if (local)
      return { reference: source.reference, id: local, source: 'local', seconds: seconds() };
    surroundings.report(`Pulling ${source.reference}`);
    const authconfig = await loginFor(surroundings.env, source.reference);
    await pullImage(docker, source.reference, { authconfig, signal }).catch((error) => {
      signal?.throwIfAborted();
      throw notPulled(source.reference, error);
    });
    const id = await requiredId(docker, source.reference);
    return { reference: source.reference, id, source: 'registry', seconds: seconds() };
  }

  const { context, dockerfile, ...named } = plan(source, surroundings.base);
  const { reference } = named;
  const local = await imageId(docker, reference);
  if (local) return { ...named, id: local, source: 'local', seconds: seconds() };

  const registry = await registryOf(surroundings.env);
  if (registry && (await fromRegistry(docker, registry, reference, surroundings))) {
    const id = await requiredId(docker, reference);
    surroundings.report(`Pulled image ${reference} (${seconds().toFixed(1)} s)`);
    return { ...named, id, source: 'registry', seconds: seconds() };
  }
  refusePrivateCopies(source.folder, dockerfile, context.leftOut);
  surroundings.report(`Building image ${reference}`);
  if (context.leftOut.length > 0) surroundings.report(leftOutOf(context.leftOut));
  await build(docker, context, dockerfile, reference, surroundings);
  const id = await requiredId(docker, reference);
  surroundings.report(`Built image ${reference} (${seconds().toFixed(1)} s)`);
  if (registry) await toRegistry(docker, registry, reference, surroundings);
  return { ...named, id, source: 'built', seconds: seconds() };
}

/** The reference that a folder's image has or will have. Throws 'configuration' without a Dockerfile. */
export function expectedReference(source: ImageSource, base: BaseImage): string {
  return expectedImage(source, base).reference;
}

/** As `expectedReference`, with the base image beneath it. */
export function expectedImage(
  source: ImageSource,
  base: BaseImage,
): Pick<EnsuredImage, 'reference' | 'base'> {
  if ('reference' in source) return { reference: source.reference };
  const { reference, base: beneath } = plan(source, base);
  return { reference, ...(beneath !== undefined && { base: beneath }) };
}

function plan(source: Extract<ImageSource, { folder: string }>, base: BaseImage) {
  const name = repositoryName(source.name ?? basename(source.folder));
  const dockerfile = source.dockerfile ?? 'Dockerfile';
  const path = join(source.folder, dockerfile);
  if (!existsSync(path)) throw noDockerfile(source.folder, dockerfile);
  const context = readBuildContext(source.folder, source.include);
  const reference = `sibling/${name}:${imageTag(context, dockerfile, base)}`;
  const onBase = buildsOnBase(readWhole(path).toString('utf8'));
  return { context, dockerfile, reference, ...(onBase && { base: base.id }) };
}

/** Whether one of a Dockerfile's stages starts from the build argument BASE. */
export function buildsOnBase(dockerfile: string): boolean {
  return /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*\$\{?BASE\b/im.test(dockerfile);
}

/** The first 20 hex digits of SHA-256 over content, Dockerfile name, base image and platform. */
export function imageTag(context: BuildContext, dockerfile: string, base: BaseImage): string {
  return createHash('sha256')
    .update(JSON.stringify([context.hash, dockerfile, base.id, process.arch]))
    .digest('hex')
    .slice(0, 20);
}

/** A folder's name as the repository part of an image reference allows it. */
export function repositoryName(name: string): string {
  const cleaned = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return cleaned === '' ? 'stage' : cleaned;
}

async function imageId(docker: Docker, reference: string): Promise<string | undefined> {
  return (await unlessGone(docker.getImage(reference).inspect()))?.Id;
}

async function requiredId(docker: Docker, reference: string): Promise<string> {
  const id = await imageId(docker, reference);
  if (id === undefined) throw absentThoughMade(reference);
  return id;
}

function requireDigest(reference: string): void {
  if (/@sha256:[0-9a-f]{64}$/.test(reference)) return;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `the image ${reference} is named without a digest, so that it may change beneath the pipeline`,
    hint: `Pin it: docker pull ${reference.replace(/@.*/, '')}, then docker inspect --format '{{index .RepoDigests 0}}' tells the reference to use.`,
  });
}

function notPulled(reference: string, error: unknown): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'image',
      cause: `the image ${reference} cannot be pulled: ${registryTrouble(error)}`,
      hint: 'Look whether the name and the digest are right and the registry can be reached: docker pull does the same.',
    },
    { cause: error },
  );
}

function noDockerfile(folder: string, dockerfile: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `there is no ${dockerfile} in ${relative(process.cwd(), folder) || '.'}`,
    hint: 'Write one there, or name another folder, or an image with its digest, in meta.sibling.image of the stage.',
  });
}

/** Predefined by Docker, so that no Dockerfile needs to declare them. */
const proxyVariables = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
];

async function build(
  docker: Docker,
  context: BuildContext,
  dockerfile: string,
  reference: string,
  { base, env, report, verbose, signal }: ImageSurroundings,
): Promise<void> {
  const proxies = proxyVariables.flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  const options = {
    t: reference,
    dockerfile,
    networkmode: 'host',
    rm: true,
    forcerm: true,
    buildargs: { BASE: base.reference, ...Object.fromEntries(proxies) },
    labels: { 'sibling.image': reference },
    // The engine ends a build whose caller has hung up, and removes its container.
    ...(signal && { abortSignal: signal }),
  };
  const output: string[] = [];
  const note = (event: ProgressEvent) => {
    const lines = (event.stream ?? event.error ?? '').split('\n').filter((line) => line.trim());
    output.push(...lines);
    if (verbose) for (const line of lines) report(`  ${line}`);
  };
  try {
    const stream = await docker.buildImage(contextArchive(context), options);
    await followProgress(`build the image ${reference}`, stream, note);
  } catch (error) {
    signal?.throwIfAborted();
    const step = output.findLast((line) => /^Step \d+\/\d+ : /.test(line));
    throw new ExpectedFailure(
      {
        kind: 'image',
        cause: `building ${reference} failed${step ? ` at ${step}` : ''}: ${saidBy(error)}`,
        hint: 'Mend the Dockerfile, or what it installs; --verbose shows the whole build.',
        place: { file: join(relative(process.cwd(), context.folder), dockerfile) },
        details: output.slice(-30),
      },
      { cause: error },
    );
  }
}
