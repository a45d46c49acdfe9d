import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { ExpectedFailure } from '../errors.ts';
import { installPackages, isDebian } from '../setup/debian.ts';
import { withDeadline } from './engine.ts';
import { pullImage } from './image-transfer.ts';

/** What stage images are built from: the build argument BASE of their Dockerfiles. */
export interface BaseImage {
  readonly reference: string;
  /** Of the image without a host's certificates: what is built from it has the same name everywhere. */
  readonly id: string;
}

export interface BaseImageRequest {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Aborting stops builds and pulls; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The default of `ARG BASE` in this project's Dockerfiles. */
export const stockBase =
  'python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b';

/** How long a registry may take to hand out the base image, in milliseconds. */
const pullDeadline = 300_000;

/**
 * The base image: what SIBLING_BASE_IMAGE names, else the stock one from the local daemon or its
 * registry, else one made of Debian's packages. When the host trusts a certificate bundle of its
 * own, the base trusts it too, so that builds work behind the same proxies as the host.
 */
export async function ensureBaseImage(
  docker: Docker,
  request: BaseImageRequest,
): Promise<BaseImage> {
  const plain = await plainBase(docker, request);
  const bundle = hostCertificates(request.env);
  return bundle ? trusting(docker, plain, bundle, request) : plain;
}

async function plainBase(docker: Docker, request: BaseImageRequest): Promise<BaseImage> {
  const wanted = request.env.SIBLING_BASE_IMAGE ?? stockBase;
  const local = await inspect(docker, wanted);
  if (local) return local;
  const own = await inspect(docker, debianReference);
  if (own && wanted === stockBase) return own;
  const begun = performance.now();
  try {
    request.report(`Pulling the base image ${wanted}`);
    await withDeadline(pullImage(docker, wanted, { signal: request.signal }), pullDeadline);
    request.report(`Pulled the base image (${seconds(begun)})`);
    return await required(docker, wanted);
  } catch (error) {
    request.signal?.throwIfAborted();
    const why = (error as Error).message.trim();
    if (wanted !== stockBase || !isDebian()) throw noBase(wanted, why);
    request.report(`No registry gives the base image (${shortReason(why)})`);
    return fromDebian(docker, request);
  }
}

function shortReason(why: string): string {
  return /no such host|no answer|refused|timeout|unreachable/i.exec(why)?.[0] ?? why.slice(0, 120);
}

function noBase(reference: string, why: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'image',
    cause: `the base image ${reference} cannot be pulled: ${why}`,
    hint: 'Check the network and the registry, or name an image that you have: SIBLING_BASE_IMAGE=… in .env.',
  });
}

/** What goes into the base image that is made of Debian's packages, by mmdebstrap(1). */
const debianRecipe = [
  '--variant=minbase',
  '--include=python3,python3-venv,python3-pip,ca-certificates',
  '--customize-hook=ln -s python3 "$1/usr/bin/python"',
  '--customize-hook=rm -rf "$1"/usr/share/doc "$1"/usr/share/man "$1"/usr/share/locale',
  'bookworm',
  '-',
];

const debianReference = `sibling/base:debian-bookworm-python3.11-${digest(debianRecipe.join(' '))}`;

async function fromDebian(
  docker: Docker,
  { report, signal }: BaseImageRequest,
): Promise<BaseImage> {
  const begun = performance.now();
  await installPackages(['mmdebstrap'], report);
  signal?.throwIfAborted();
  report('Building the base image from Debian packages (mmdebstrap, 25 to 60 s)');
  const child = spawn('mmdebstrap', debianRecipe, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [repo = '', tag = ''] = debianReference.split(':');
  // Under a name of its own until mmdebstrap has ended well: a cut archive imports without an error.
  const importing = docker.importImage(child.stdout, {
    repo,
    tag: `${tag}-partial-${process.pid}`,
    changes: ['ENV LANG=C.UTF-8', 'CMD ["python3"]'],
  });
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  const [stream, code] = await Promise.all([importing, ended]);
  signal?.removeEventListener('abort', stop);
  await drained(stream);
  const partial = docker.getImage(`${repo}:${tag}-partial-${process.pid}`);
  if (code !== 0) {
    await partial.remove().catch(() => undefined);
    signal?.throwIfAborted();
    throw new ExpectedFailure({
      kind: 'image',
      cause: `mmdebstrap could not make the base image (exit code ${code})`,
      hint: 'Check that apt-get update works on this machine.',
      details: errors.trim().split('\n').slice(-10),
    });
  }
  await partial.tag({ repo, tag });
  await partial.remove();
  report(`Built the base image (${seconds(begun)})`);
  return required(docker, debianReference);
}

/** The certificate bundle that this host is told to trust, if it is told to trust one. */
function hostCertificates(env: NodeJS.ProcessEnv): Buffer | undefined {
  const names = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];
  const path = names.map((name) => env[name]).find((value) => value && existsSync(value));
  return path ? readFileSync(path) : undefined;
}

const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** The base image with the host's certificates added, and every usual client told to look there. */
async function trusting(
  docker: Docker,
  base: BaseImage,
  bundle: Buffer,
  { report, signal }: BaseImageRequest,
): Promise<BaseImage> {
  const reference = `sibling/base:trusting-${digest(base.id + digest(bundle))}`;
  const existing = await inspect(docker, reference);
  if (existing) return { reference, id: base.id };
  const begun = performance.now();
  const variables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CURL_CA_BUNDLE'];
  const dockerfile = [
    `FROM ${base.reference}`,
    'COPY host.crt /usr/local/share/ca-certificates/host.crt',
    `RUN mkdir -p /etc/ssl/certs && cat /usr/local/share/ca-certificates/host.crt >> ${certificates}`,
    `ENV ${variables.map((name) => `${name}=${certificates}`).join(' ')}`,
  ];
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, dockerfile.join('\n'));
  archive.entry({ name: 'host.crt' }, bundle);
  archive.finalize();
  const build = await docker.buildImage(archive as unknown as Readable, {
    t: reference,
    rm: true,
    forcerm: true,
    ...(signal && { abortSignal: signal }),
  });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(build, (error) => (error ? reject(error) : resolve()));
  });
  report(`Added this host's certificates to the base image (${seconds(begun)})`);
  return { reference, id: base.id };
}

async function inspect(docker: Docker, reference: string): Promise<BaseImage | undefined> {
  try {
    return { reference, id: (await docker.getImage(reference).inspect()).Id };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

async function required(docker: Docker, reference: string): Promise<BaseImage> {
  const image = await inspect(docker, reference);
  if (!image) throw noBase(reference, 'it is not there after it was made');
  return image;
}

function drained(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject).on('end', resolve).resume();
  });
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

function seconds(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}
