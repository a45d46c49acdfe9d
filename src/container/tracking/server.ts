import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { createContainer } from '../create.ts';
import type { Engine } from '../engine.ts';
import type { ImageId } from '../identity/found-image.ts';
import { ownershipLabels } from '../labels.ts';
import { outputLines } from '../log-lines.ts';
import { removeContainer } from '../remove.ts';
import { engineRefusal } from '../request/explain.ts';
import { unlessGone, unlessStatus } from '../request/unless-status.ts';
import { ensureConnected } from './network.ts';

/** The names and the port of the local MLflow server; one server serves all projects of a machine. */
export interface TrackingServerSettings {
  /** Prefix of the container's, the volume's and the network's names. */
  readonly namespace: string;
  /** On loopback; 0 lets the engine choose. */
  readonly port: number;
}

/** A local MLflow server that answers. */
export interface TrackingServer {
  /** For a person's browser and for processes on this machine. */
  readonly uri: string;
  /** For a container on `network`. */
  readonly stageUri: string;
  /** Internal: from it the server can be reached, and nothing else. */
  readonly network: string;
}

const serverPort = '5000/tcp';

/** How long another process may take from creating the server to starting it, in milliseconds. */
const startDeadline = 15_000;

/** How long the server may take until it answers, in milliseconds: the first start migrates its database. */
const readyDeadline = 120_000;

/** `SIBLING_SERVICES` (default `sibling`) and `SIBLING_MLFLOW_PORT` (default 5500) of the environment. */
export function trackingServerSettings(env: NodeJS.ProcessEnv): TrackingServerSettings {
  const port = Number(env.SIBLING_MLFLOW_PORT ?? 5500);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `SIBLING_MLFLOW_PORT is ${JSON.stringify(env.SIBLING_MLFLOW_PORT)}, which is not a port`,
      hint: 'Set it to a number from 0 to 65535; 0 lets the engine choose a free one.',
    });
  }
  return { namespace: env.SIBLING_SERVICES ?? 'sibling', port };
}

/** The server if it runs; undefined otherwise. */
export async function findTrackingServer(
  engine: Engine,
  settings: TrackingServerSettings,
): Promise<TrackingServer | undefined> {
  const found = await unlessGone(
    engine.docker.getContainer(`${settings.namespace}-mlflow`).inspect(),
  );
  return found?.State.Running ? describe(found, settings) : undefined;
}

/**
 * Starts the server from `image` unless it runs already, and waits until it answers. Its data are
 * in a named volume and outlive it. Several processes may call this at once: one starts it, all get
 * it. Throws 'tracking' when its port is taken or it does not answer, and what `engineRefusal` makes
 * of a refusal.
 */
export async function startTrackingServer(
  engine: Engine,
  settings: TrackingServerSettings,
  image: ImageId,
  signal?: AbortSignal,
): Promise<TrackingServer> {
  try {
    await ensureRunning(engine, settings, image, signal);
    await ensureConnected(engine, settings.namespace);
    const container = engine.docker.getContainer(`${settings.namespace}-mlflow`);
    await untilReady(container, signal);
    const running = await unlessGone(container.inspect());
    if (!running) throw removedMeanwhile();
    return describe(running, settings);
  } catch (error) {
    throw engineRefusal(error, 'start the local MLflow server') ?? error;
  }
}

/**
 * The container's name is what processes that start the server at once agree by: the engine gives
 * it to one of them. The others wait for that one, unless it died between create and start.
 */
async function ensureRunning(
  engine: Engine,
  settings: TrackingServerSettings,
  image: ImageId,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waitsSince = new Map<string, number>();
  for (;;) {
    signal?.throwIfAborted();
    const existing = await unlessGone(
      engine.docker.getContainer(`${settings.namespace}-mlflow`).inspect(),
    );
    if (!existing) {
      if (await createAndStart(engine, settings, image)) return;
      continue;
    }
    const sameImage = existing.Image === image;
    if (sameImage && existing.State.Running) return;
    const since = waitsSince.get(existing.Id) ?? Date.now();
    waitsSince.set(existing.Id, since);
    if (sameImage && existing.State.Status === 'created' && Date.now() - since < startDeadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    // By its id: the name may be that of a newer one by now.
    await removeContainer(engine.docker.getContainer(existing.Id));
  }
}

/** Stops and removes the server and its network; the volume stays unless `volume` is true. */
export async function stopTrackingServer(
  engine: Engine,
  settings: TrackingServerSettings,
  { volume = false } = {},
): Promise<boolean> {
  const container = engine.docker.getContainer(`${settings.namespace}-mlflow`);
  try {
    const existed = (await unlessGone(container.inspect())) !== undefined;
    await unlessGone(container.remove({ force: true }));
    await unlessGone(engine.docker.getNetwork(`${settings.namespace}-tracking`).remove());
    if (volume) await unlessGone(engine.docker.getVolume(`${settings.namespace}-mlflow`).remove());
    return existed;
  } catch (error) {
    throw engineRefusal(error, 'stop the local MLflow server') ?? error;
  }
}

/** False when another process has created the server meanwhile. */
async function createAndStart(
  engine: Engine,
  settings: TrackingServerSettings,
  image: ImageId,
): Promise<boolean> {
  const container = await unlessStatus(
    409,
    createContainer(
      engine,
      {
        name: `${settings.namespace}-mlflow`,
        Image: image,
        Labels: ownershipLabels({ run: 'service', project: settings.namespace, role: 'service' }),
        ExposedPorts: { [serverPort]: {} },
        HostConfig: {
          Mounts: [{ Type: 'volume', Source: `${settings.namespace}-mlflow`, Target: '/mlflow' }],
          PortBindings: {
            [serverPort]: [{ HostIp: '127.0.0.1', HostPort: String(settings.port) }],
          },
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
          Init: true,
        },
      },
      16,
    ),
  );
  if (!container) return false;
  try {
    await ensureConnected(engine, settings.namespace);
    await container.start();
    return true;
  } catch (error) {
    await removeContainer(container);
    if (/already allocated|address already in use/.test(String(error))) {
      throw new ExpectedFailure(
        {
          kind: 'tracking',
          cause: `port ${settings.port} on 127.0.0.1, where the local MLflow server would listen, is taken`,
          hint: 'Set SIBLING_MLFLOW_PORT to a free port (in .env or in the environment), or stop the program that listens there.',
        },
        { cause: error },
      );
    }
    throw error;
  }
}

/** Asks the server's own health page from inside: that holds wherever this process runs. */
async function untilReady(container: Docker.Container, signal?: AbortSignal): Promise<void> {
  const giveUp = Date.now() + readyDeadline;
  const probe =
    'import urllib.request as r; r.urlopen("http://127.0.0.1:5000/health", timeout=5).read()';
  for (;;) {
    signal?.throwIfAborted();
    const state = (await unlessGone(container.inspect()))?.State;
    if (!state) throw removedMeanwhile();
    if (!state.Running) {
      throw notAnswering(`it ended with exit code ${state.ExitCode}`, await lastLines(container));
    }
    // Ended or removed since we looked: its state tells in the next round.
    const code = await unlessGone(
      unlessStatus(409, exitCodeInside(container, ['python', '-c', probe])),
    );
    if (code === 0) return;
    if (Date.now() > giveUp) {
      throw notAnswering(`no answer within ${readyDeadline / 1000} s`, await lastLines(container));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function exitCodeInside(container: Docker.Container, command: string[]): Promise<number> {
  const exec = await container.exec({ Cmd: command });
  await exec.start({ Detach: true });
  for (;;) {
    const { Running: running, ExitCode: code } = await exec.inspect();
    // Just after the start it is neither running nor ended.
    if (!running && code !== null) return code;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function removedMeanwhile(): ExpectedFailure {
  return notAnswering('it was removed while it started', []);
}

function notAnswering(why: string, details: readonly string[]): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'tracking',
    cause: `the local MLflow server did not start: ${why}`,
    hint: 'sibling logs mlflow shows its log; sibling down --volumes removes its data, if they are broken.',
    details,
  });
}

/** The end of the server's log; empty when there is no server. */
export function trackingServerLog(
  engine: Engine,
  settings: TrackingServerSettings,
  lines: number,
): Promise<string[]> {
  return lastLines(engine.docker.getContainer(`${settings.namespace}-mlflow`), lines);
}

async function lastLines(container: Docker.Container, tail = 20): Promise<string[]> {
  const log = await container.logs({ stdout: true, stderr: true, tail }).catch(() => undefined);
  if (!log) return [];
  const lines: string[] = [];
  for await (const output of outputLines(Readable.from([log]))) lines.push(...output.lines);
  return lines.filter((line) => line.trim() !== '');
}

function describe(
  container: Docker.ContainerInspectInfo,
  settings: TrackingServerSettings,
): TrackingServer {
  const port = container.NetworkSettings.Ports[serverPort]?.[0]?.HostPort ?? settings.port;
  return {
    uri: `http://127.0.0.1:${port}`,
    stageUri: 'http://mlflow:5000',
    network: `${settings.namespace}-tracking`,
  };
}
