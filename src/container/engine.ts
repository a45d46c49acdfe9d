import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../errors.ts';
import { engineClient } from './request/engine-client.ts';
import { EngineLost } from './request/engine-failure.ts';

/** A container engine that answered. */
export interface Engine {
  readonly docker: Docker;
  /** `unix:///var/run/docker.sock` or `tcp://host:2376`, as a person would write DOCKER_HOST. */
  readonly address: string;
  readonly version: string;
  readonly product: 'Docker' | 'Podman';
  /** What the engine's machine calls itself. */
  readonly name: string;
  /** For example `1.41`. */
  readonly apiVersion: string;
  readonly cpus: number;
  /** Bytes of memory that the engine's machine has. */
  readonly memory: number;
  /** In a rootless engine, uid 0 of a container is the user on the host. */
  readonly rootless: boolean;
}

/** How long the engine may take to tell what it is before it counts as hung, in milliseconds. */
const answerDeadline = 5_000;

/**
 * The engine's address: DOCKER_HOST, else the current docker context, else the first socket that
 * exists among those that Docker, rootless Docker, Docker Desktop, Colima and Podman use.
 */
export function engineAddress(env: NodeJS.ProcessEnv): string {
  if (env.DOCKER_HOST) return env.DOCKER_HOST;
  const home = env.HOME ?? homedir();
  const fromContext = contextAddress(env, home);
  if (fromContext) return fromContext;
  const runtime = env.XDG_RUNTIME_DIR;
  const candidates = [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(home, '.docker/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
  return `unix://${candidates.find((path) => existsSync(path)) ?? candidates[0]}`;
}

/** Docker keeps a context's endpoint in contexts/meta/<sha256 of its name>/meta.json. */
function contextAddress(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const directory = env.DOCKER_CONFIG ?? join(home, '.docker');
  try {
    const config = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
    const name = env.DOCKER_CONTEXT ?? config.currentContext;
    if (!name || name === 'default') return undefined;
    const id = createHash('sha256').update(name).digest('hex');
    const meta = JSON.parse(
      readFileSync(join(directory, 'contexts/meta', id, 'meta.json'), 'utf8'),
    );
    return meta.Endpoints?.docker?.Host;
  } catch {
    return undefined; // no configuration, or none that we can read: the default socket is next
  }
}

/** Connects and proves that the engine answers. Throws 'engine' with what to do when it does not. */
export async function connectEngine(env: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  const address = engineAddress(env);
  const docker = await client(address, env);
  try {
    const [version, info] = await withDeadline(
      Promise.all([docker.version(), docker.info()]),
      answerDeadline,
    );
    return {
      docker,
      address,
      version: version.Version,
      product: isPodman(version) ? 'Podman' : 'Docker',
      name: info.Name ?? '',
      apiVersion: version.ApiVersion,
      cpus: info.NCPU ?? 1,
      memory: info.MemTotal ?? 4 * 1024 ** 3,
      rootless: (info.SecurityOptions ?? []).includes('name=rootless'),
    };
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    const explained = explainConnection(address, systemErrorOf(error));
    throw new ExpectedFailure({ kind: 'engine', ...explained }, { cause: error });
  }
}

function systemErrorOf({ code, cause }: EngineLost): NodeJS.ErrnoException {
  return cause instanceof Error ? cause : Object.assign(new Error(code), { code });
}

async function client(address: string, env: NodeJS.ProcessEnv): Promise<Docker> {
  if (address.startsWith('unix://')) {
    return engineClient(address, { socketPath: address.slice(7) });
  }
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !['tcp:', 'http:', 'https:', 'ssh:'].includes(url.protocol)) {
    throw new ExpectedFailure({
      kind: 'engine',
      cause: `${address} is no address of a container engine`,
      hint: 'DOCKER_HOST is unix:///PATH or tcp://HOST:PORT; unset, the usual sockets are tried.',
    });
  }
  if (url.protocol === 'ssh:') {
    throw new ExpectedFailure({
      kind: 'engine',
      cause: `${address}: engines over ssh are not supported`,
      hint: 'Forward the socket (ssh -L /tmp/docker.sock:/var/run/docker.sock HOST) and set DOCKER_HOST=unix:///tmp/docker.sock.',
    });
  }
  const certificates = env.DOCKER_CERT_PATH ?? join(env.HOME ?? homedir(), '.docker');
  const tls = Boolean(env.DOCKER_TLS_VERIFY);
  return engineClient(address, {
    host: url.hostname,
    port: Number(url.port || (tls ? 2376 : 2375)),
    protocol: tls ? 'https' : 'http',
    ...(tls && readCertificates(address, certificates)),
  });
}

/** The client's certificates, as `docker` looks for them. Throws 'engine' when one is missing. */
function readCertificates(address: string, folder: string) {
  const read = (name: string) => readFileSync(join(folder, name));
  try {
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } catch (error) {
    throw new ExpectedFailure(
      {
        kind: 'engine',
        cause: `${address}: a certificate for it cannot be read: ${(error as Error).message}`,
        hint: 'DOCKER_TLS_VERIFY is set: put ca.pem, cert.pem and key.pem into the folder that DOCKER_CERT_PATH names.',
      },
      { cause: new Error('unreadable certificate') },
    );
  }
}

function isPodman({ Components: components = [] }: { Components?: { Name: string }[] }): boolean {
  return components.some(({ Name }) => Name.startsWith('Podman'));
}

/** True when the failure means that no engine is there at all, so that installing one may help. */
export function isEngineAbsent(error: unknown): boolean {
  const code = error instanceof ExpectedFailure && (error.cause as NodeJS.ErrnoException)?.code;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

/** A person's words for a connection that failed. */
export function explainConnection(
  address: string,
  error: NodeJS.ErrnoException,
): { cause: string; hint: string } {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return {
        cause: `${address}: you have no permission to use the container engine's socket`,
        hint: 'Add yourself to the docker group (sudo usermod -aG docker "$USER"), then log in again. The docker group is root on this machine: see docs/DOCKER_SOCKET.md.',
      };
    case 'ENOENT':
    case 'ECONNREFUSED':
      return {
        cause: `${address}: no container engine answers there`,
        hint: 'Start Docker (sudo systemctl start docker, or Docker Desktop), or set DOCKER_HOST to where it listens.',
      };
    case 'ETIMEDOUT':
      return {
        cause: `${address}: the container engine did not answer within ${answerDeadline / 1000} s`,
        hint: 'It may hang: look at its log (journalctl -u docker) and restart it.',
      };
    default:
      return {
        cause: `${address}: the container engine cannot be used: ${error.message}`,
        hint: 'Check DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.',
      };
  }
}

/** Rejects with an `EngineLost` of code ETIMEDOUT when `work` takes longer than `milliseconds`. */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const cause = `the container engine gave no answer within ${milliseconds / 1000} s`;
      const hint = 'It may hang: look at its log (journalctl -u docker), then run again.';
      reject(new EngineLost('ETIMEDOUT', { kind: 'engine', cause, hint }, undefined));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The engine's socket on this machine, or undefined when it listens elsewhere. */
export function engineSocket(engine: Pick<Engine, 'address'>): string | undefined {
  return engine.address.startsWith('unix://') ? engine.address.slice(7) : undefined;
}

/** The group that owns the engine's socket on this machine, or undefined when it is not a local socket. */
export function socketGroup(engine: Engine): number | undefined {
  const socket = engineSocket(engine);
  return socket === undefined ? undefined : statSync(socket).gid;
}
