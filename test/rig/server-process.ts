import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ExpectedFailure } from '../../src/errors.ts';
import { onPath } from './tools/command.ts';

/** A server program that runs for as long as the tests need it. */
export interface ServerProcess {
  readonly pid: number;
  /** The end of what it printed. */
  log(): string;
  /** Ends it and all that it started; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** An address that answers 200 once the server is ready. */
  readonly ready: string;
  /** How long the server may take to become ready, in milliseconds. */
  readonly deadline: number;
}

/** The longest log that is kept, in characters: the end says why a server died. */
const logLimit = 64 * 1024;

/** Starts a server and waits until it answers. Throws 'usage' with its last words when it does not. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  // A process group of its own, so that a server's workers end with it; the kernel ends the server
  // when the test process is killed and can end nothing itself.
  const bound = onPath('setpriv') ? ['setpriv', '--pdeathsig', 'TERM'] : [];
  const [program = '', ...args] = [...bound, options.program, ...options.args];
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const gone = once(child, 'exit').catch(() => []);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      log = (log + data).slice(-logLimit);
    });
  }
  const server = {
    pid: child.pid ?? 0,
    log: () => log,
    stop: () => stop(child, gone),
  };
  if (await isReady(child, options)) return server;
  await server.stop();
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${options.program} did not become ready within ${options.deadline / 1000} s`,
    hint: 'See the last lines that it printed.',
    details: log.trimEnd().split('\n').slice(-20),
  });
}

/** A loopback port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isReady(child: ChildProcess, { ready, deadline }: ServerOptions): Promise<boolean> {
  const end = Date.now() + deadline;
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    if (await answers(ready)) return true;
    await pause(50);
  }
  return false;
}

async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // nobody listens yet
  }
}

async function stop(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  signal(child, 'SIGTERM');
  const patience = setTimeout(() => signal(child, 'SIGKILL'), 5_000);
  await gone;
  clearTimeout(patience);
  signal(child, 'SIGKILL'); // workers that outlived their server
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // the group is gone
  }
}
