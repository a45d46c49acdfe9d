import type Docker from 'dockerode';
import { ExpectedFailure } from '../errors.ts';
import { afterTimeout } from '../system/long-timeout.ts';
import { type ContainerOptions, createContainer } from './create.ts';
import { type Engine, withDeadline } from './engine.ts';
import { type OutputBytes, type OutputLines, OutputReader } from './log-lines.ts';
import { removeContainer } from './remove.ts';
import { EngineLost, refusedWith } from './request/engine-failure.ts';
import { engineRefusal } from './request/explain.ts';

export interface RunHooks {
  /** Awaited: a slow consumer slows the container's output down. */
  readonly onOutput: (output: OutputLines) => void | Promise<void>;
  /** Longer lines are cut, in UTF-16 units; see `OutputReader`. */
  readonly longestLine?: number;
  /** Between create and start: bring files in. */
  readonly beforeStart?: (container: Docker.Container) => Promise<void>;
  /** After exit, before removal: take files out. */
  readonly afterExit?: (container: Docker.Container, exit: ContainerExit) => Promise<void>;
  /** Aborting stops the container: SIGTERM, then SIGKILL after `stopGrace` seconds. */
  readonly signal?: AbortSignal;
  /** Milliseconds from start after which the container is stopped. */
  readonly timeout?: number;
}

/** How a container ended. */
export interface ContainerExit {
  readonly id: string;
  readonly code: number;
  readonly oomKilled: boolean;
  readonly timedOut: boolean;
  readonly stopped: boolean;
  /** The engine went away while the container ran, so `code` may be the engine's doing. */
  readonly engineLost: boolean;
  /** From start to exit. */
  readonly seconds: number;
}

/** Seconds that a container has between SIGTERM and SIGKILL. */
const stopGrace = 3;

/** How long a lost engine may take to answer again, in milliseconds. */
const engineReturnDeadline = 60_000;

/**
 * Creates, starts and follows a container until it ended, and removes it whatever happens.
 * Throws 'engine' when the engine is lost and stays so, and what `engineRefusal` makes of a refusal.
 */
export async function runContainer(
  engine: Engine,
  options: ContainerOptions,
  hooks: RunHooks,
): Promise<ContainerExit> {
  try {
    return await createAndRun(engine, options, hooks);
  } catch (error) {
    // Whoever stops a run removes its containers too, so that one may be gone beneath us.
    hooks.signal?.throwIfAborted();
    throw error instanceof EngineLost ? lost(engine, options.name ?? '', error) : error;
  }
}

async function createAndRun(
  engine: Engine,
  options: ContainerOptions,
  hooks: RunHooks,
): Promise<ContainerExit> {
  hooks.signal?.throwIfAborted();
  const container = await asked(
    `create the container ${options.name ?? ''}`,
    createContainer(engine, options),
  );
  let exit: ContainerExit;
  try {
    await asked(
      `take files into the container ${short(container)}`,
      hooks.beforeStart?.(container),
    );
    hooks.signal?.throwIfAborted();
    exit = await follow(engine, container, hooks);
    await asked(
      `hand out the files of the container ${short(container)}`,
      hooks.afterExit?.(container, exit),
    );
  } catch (error) {
    // What came first is what there is to tell; the sweep at the end of the run tries once more.
    await remove(container).catch(() => undefined);
    throw error;
  }
  await asked(`remove the container ${short(container)}`, remove(container));
  return exit;
}

/** A refusal by the engine becomes an expected failure; `what` says what it was asked to do. */
async function asked<T>(what: string, answer: Promise<T> | T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw engineRefusal(error, what) ?? error;
  }
}

function short({ id }: Docker.Container): string {
  return id.slice(0, 12);
}

async function follow(
  engine: Engine,
  container: Docker.Container,
  hooks: RunHooks,
): Promise<ContainerExit> {
  let stopped = false;
  let timedOut = false;
  const stop = () => container.stop({ t: stopGrace }).catch(() => undefined);
  const onAbort = () => {
    stopped = true;
    void stop();
  };

  const attached = await asked(
    `attach to the container ${short(container)}`,
    container.attach({ stream: true, stdout: true, stderr: true }),
  );
  // A wait with the default condition resolves 0 at once for a container that is not running yet.
  const waiting = neverRefused(container.wait({ condition: 'next-exit' }));
  const begun = performance.now();
  await asked(`start the container ${short(container)}`, container.start());
  hooks.signal?.addEventListener('abort', onAbort, { once: true });
  if (hooks.signal?.aborted) onAbort();
  const cancelTimeout =
    hooks.timeout === undefined
      ? undefined
      : afterTimeout(hooks.timeout, () => {
          timedOut = true;
          void stop();
        });
  try {
    const { code, engineLost } = await followToExit(engine, container, attached, waiting, hooks);
    const seconds = (performance.now() - begun) / 1000;
    const state = await stateWhenEngineAnswers(engine, container);
    return {
      id: container.id,
      code,
      oomKilled: state.OOMKilled,
      timedOut,
      stopped,
      engineLost,
      seconds,
    };
  } finally {
    cancelTimeout?.();
    hooks.signal?.removeEventListener('abort', onAbort);
  }
}

/** Hands lines on until the stream ends; false when it broke off. */
async function forward(
  reader: OutputReader,
  stream: NodeJS.ReadableStream,
  hooks: RunHooks,
  skip?: OutputBytes,
): Promise<boolean> {
  try {
    for await (const output of reader.read(stream as AsyncIterable<Buffer>, skip)) {
      await hooks.onOutput(output);
    }
    return true;
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    return false;
  }
}

/** A wait that was cut off stays pending, as one does whose engine is gone: its state tells instead. */
function neverRefused<T>(waiting: Promise<T>): Promise<T> {
  return waiting.catch(() => new Promise<never>(() => undefined));
}

/** Beyond that many bytes the engine may have dropped the beginning of the log that it keeps. */
const keptLog = 60 * 1024 ** 2;

/**
 * Follows the output to its end and gives the exit code. A wait that the engine never answers,
 * because it was killed or restarted, stays pending for ever: so after a short grace ask the engine
 * itself, and read from its log what a cut connection has kept from us.
 */
async function followToExit(
  engine: Engine,
  container: Docker.Container,
  attached: NodeJS.ReadableStream,
  waiting: Promise<{ StatusCode: number }>,
  hooks: RunHooks,
): Promise<{ code: number; engineLost: boolean }> {
  let grace = 2_000;
  const reader = new OutputReader(hooks.longestLine);
  await forward(reader, attached, hooks);
  for (;;) {
    const answer = await withDeadline(waiting, grace).catch(() => undefined);
    if (answer) {
      for (const output of reader.end()) await hooks.onOutput(output);
      return { code: answer.StatusCode, engineLost: false };
    }
    // A wait that was cut off will not answer any more, and one that was not has had its time.
    grace = 500;
    const asked = Date.now();
    const state = await stateWhenEngineAnswers(engine, container);
    const isWhole = await forwardLog(container, reader, hooks, asked);
    // Running, it had closed its output early, or the connection broke, or did so again.
    if (state.Running || !isWhole) continue;
    for (const output of reader.end()) await hooks.onOutput(output);
    const late = await withDeadline(waiting, grace).catch(() => undefined);
    return { code: late?.StatusCode ?? state.ExitCode, engineLost: late === undefined };
  }
}

/** What the engine's log of a container has beyond what was read, and what comes; false when cut off. */
async function forwardLog(
  container: Docker.Container,
  reader: OutputReader,
  hooks: RunHooks,
  now: number,
): Promise<boolean> {
  const { taken } = reader;
  const isWhole = taken.stdout + taken.stderr < keptLog;
  try {
    const log = await asked(
      `show the log of the container ${short(container)}`,
      container.logs({
        follow: true,
        stdout: true,
        stderr: true,
        ...(!isWhole && { since: Math.floor(now / 1000) }),
      }),
    );
    return await forward(reader, log, hooks, isWhole ? taken : undefined);
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    return false;
  }
}

async function stateWhenEngineAnswers(engine: Engine, container: Docker.Container) {
  const giveUp = Date.now() + engineReturnDeadline;
  for (;;) {
    try {
      await withDeadline(engine.docker.ping(), 5_000);
      return (await withDeadline(container.inspect(), 5_000)).State;
    } catch (error) {
      if (refusedWith(error) === 404) throw removed(container, error);
      if (!(error instanceof EngineLost)) throw error;
      if (Date.now() > giveUp) throw lost(engine, short(container), error);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function removed(container: Docker.Container, cause: unknown): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'engine',
      cause: `container ${short(container)} was removed by somebody else while it ran`,
      hint: 'Run again: nothing of the stage was kept.',
    },
    { cause },
  );
}

function lost(engine: Engine, container: string, cause: unknown): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'engine',
      cause: `${engine.address}: the container engine was lost while container ${container} ran`,
      hint: 'Look at the engine (journalctl -u docker), then run again: nothing of the stage was kept.',
    },
    { cause },
  );
}

/** An engine that is lost cannot remove; the next run sweeps what it has left. */
async function remove(container: Docker.Container): Promise<void> {
  try {
    await removeContainer(container);
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
  }
}
