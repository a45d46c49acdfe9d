import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { ExpectedFailure } from '../../errors.ts';
import { connectEngine, type Engine } from '../engine.ts';
import { installPackages, isDebian } from './debian.ts';

/** What decides whether Sibling may bring an engine to this machine. */
export interface EngineSetupFacts {
  readonly debian: boolean;
  readonly root: boolean;
  readonly daemonInstalled: boolean;
  /** An address was given explicitly: then the engine is somebody else's business. */
  readonly addressGiven: boolean;
}

export type EngineSetup = 'refuse' | 'start' | 'install-and-start';

export function decideEngineSetup(facts: EngineSetupFacts): EngineSetup {
  if (facts.addressGiven || !facts.root) return 'refuse';
  if (facts.daemonInstalled) return 'start';
  return facts.debian ? 'install-and-start' : 'refuse';
}

export interface EngineSetupRequest {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Asks the person at the terminal; absent without one, and then silence means yes. */
  readonly ask?: (question: string) => Promise<boolean>;
}

const daemonLog = '/var/log/sibling-dockerd.log';
const readyDeadline = 60_000;

/**
 * Brings up an engine where none answers: installs Debian's docker.io if need be and starts
 * dockerd. Rethrows `absent`, the failure to connect, where that is not ours to do.
 */
export async function installEngine(
  absent: unknown,
  { env, report, ask }: EngineSetupRequest,
): Promise<Engine> {
  const decision = decideEngineSetup({
    debian: isDebian(),
    root: process.getuid?.() === 0,
    daemonInstalled: daemonPath() !== undefined,
    addressGiven: Boolean(env.DOCKER_HOST),
  });
  if (decision === 'refuse') throw absent;
  const plan =
    decision === 'start'
      ? 'start the Docker engine'
      : 'install docker.io and start the Docker engine';
  if (
    ask &&
    !(await ask(`No container engine answers. ${plan[0]?.toUpperCase()}${plan.slice(1)}?`))
  ) {
    throw absent;
  }
  if (decision === 'install-and-start') {
    report('No container engine here: installing one');
    await installPackages(['docker.io', 'iptables'], report);
  }
  return startDaemon(env, report);
}

function daemonPath(): string | undefined {
  return ['/usr/bin/dockerd', '/usr/local/bin/dockerd', '/usr/sbin/dockerd'].find((path) =>
    existsSync(path),
  );
}

async function startDaemon(
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<Engine> {
  const begun = performance.now();
  const systemd = existsSync('/run/systemd/system');
  const log = openSync(daemonLog, 'a');
  const [command, ...args] = systemd
    ? ['systemctl', 'start', 'docker']
    : [daemonPath() ?? 'dockerd'];
  report(`Starting the Docker engine${systemd ? '' : ` (log: ${daemonLog})`}`);
  // A session of its own: the engine must outlive this program and its terminal.
  spawn(command ?? 'dockerd', args, { detached: true, stdio: ['ignore', log, log] }).unref();
  const giveUp = Date.now() + readyDeadline;
  for (;;) {
    try {
      const engine = await connectEngine(env);
      report(`Started the Docker engine (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
      return engine;
    } catch (error) {
      if (Date.now() > giveUp) {
        throw new ExpectedFailure(
          {
            kind: 'engine',
            cause: `the Docker engine did not answer within ${readyDeadline / 1000} s of its start`,
            hint: `Its log tells why: ${systemd ? 'journalctl -u docker' : daemonLog}.`,
          },
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
