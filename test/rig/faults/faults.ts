import { execFileSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Dice } from '../differential/dice.ts';
import { type Finished, type Started, sibling } from '../stage-project.ts';
import type { EngineProxy } from './engine-proxy.ts';
import { type Moment, moments } from './moments.ts';

/** What a fault may lay its hands on. */
export interface Scene {
  readonly docker: Docker;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly dice: Dice;
  readonly run: Started;
  readonly proxy: EngineProxy;
  /** The container of that role (of the second stage, for a stage); undefined before its start. */
  container(role: 'dvc-runner' | 'stage'): Docker.Container | undefined;
  /** What a fault started: ended well when these are. */
  readonly beside: Promise<Finished>[];
}

export interface Fault {
  readonly name: string;
  readonly moments: readonly Moment[];
  /** Gives back false when there was nothing to strike any more. */
  strike(scene: Scene): unknown;
  /** After the run has ended: makes the machine well again, as a person would. */
  readonly repair?: (scene: Scene) => unknown;
  /** What the run has to end with, where that is told: 0 is always good if the result is right. */
  readonly codes?: readonly number[];
  /** The launcher itself is killed: what it leaves, the next command may remove. */
  readonly killsLauncher?: boolean;
  /** The run has to succeed all the same. */
  readonly harmless?: boolean;
  /** Gives the project a small disk of its own. */
  readonly smallDisk?: boolean;
  /** Puts the second stage on the tracking server's network. */
  readonly tracking?: boolean;
  /** What processes that were started beside have to end with. */
  readonly besideCodes?: readonly number[];
}

const whileStageRuns = ['after start', 'mid-log'] as const;
const whileStageProcessRuns = ['after start', 'mid-log', 'at exit', 'outs move'] as const;

function signal(name: NodeJS.Signals, code: number): Fault {
  return {
    name: `${name} of the launcher`,
    moments,
    strike: ({ run }) => run.kill(name),
    codes: [code],
  };
}

export const faults: readonly Fault[] = [
  signal('SIGINT', 130),
  signal('SIGTERM', 143),
  signal('SIGHUP', 129),
  {
    name: 'output closed',
    moments,
    strike: ({ run }) => run.closeOutput(),
    codes: [141],
  },
  {
    name: 'SIGKILL of the launcher',
    moments,
    strike: ({ run }) => run.kill('SIGKILL'),
    killsLauncher: true,
  },
  {
    name: 'SIGKILL of the runner',
    moments,
    strike: (scene) => kill(scene.container('dvc-runner')),
  },
  {
    name: 'SIGKILL of DVC',
    moments,
    strike: (scene) => killProcess(scene, /^\S*python3 \S*dvc_entry\.py /),
  },
  {
    name: 'SIGKILL of sibling stage',
    moments: whileStageProcessRuns,
    strike: (scene) => killProcess(scene, /^\S*node .* stage -- second /),
  },
  {
    name: 'SIGKILL of the stage',
    moments: whileStageRuns,
    strike: (scene) => kill(scene.container('stage')),
  },
  {
    name: 'the stage exits 7',
    moments: whileStageRuns,
    strike: (scene) => kill(scene.container('stage'), 'SIGUSR1'),
    codes: [7],
  },
  {
    name: 'the stage needs too much memory',
    moments: whileStageRuns,
    strike: (scene) => kill(scene.container('stage'), 'SIGUSR2'),
  },
  {
    name: 'the stage is paused for a while',
    moments: whileStageRuns,
    strike: async (scene) => {
      const container = scene.container('stage');
      if (!(await done(container?.pause()))) return false;
      await pause(scene.dice.int(100, 1_500));
      return done(container?.unpause());
    },
    harmless: true,
  },
  {
    name: 'SIGINT while the stage is paused',
    moments: whileStageRuns,
    strike: async (scene) => {
      const wasPaused = await done(scene.container('stage')?.pause());
      scene.run.kill('SIGINT');
      return wasPaused;
    },
    codes: [130],
  },
  {
    name: 'the engine cannot be reached for a while',
    moments,
    strike: async ({ proxy, dice }) => {
      proxy.cut();
      await pause(dice.int(50, 4_000));
      proxy.mend();
    },
    repair: ({ proxy }) => proxy.mend(),
  },
  {
    name: 'the disk is full',
    moments,
    smallDisk: true,
    strike: ({ root }) => fill(root),
    repair: ({ root }) => rmSync(join(root, 'filler'), { force: true }),
  },
  {
    name: 'the scratch folder is deleted',
    moments: whileStageProcessRuns,
    strike: ({ root }) => deleteScratch(root),
  },
  {
    name: 'a crash leaves a half-written dvc.lock',
    moments,
    killsLauncher: true,
    strike: crash,
    repair: ({ root, dice }) => {
      const path = join(root, 'dvc.lock');
      const { length } = readFileSync(path);
      // DVC empties the file and then writes: mostly it is empty that a crash leaves it.
      truncateSync(path, dice.chance(0.5) ? 0 : dice.int(1, Math.max(1, length - 1)));
    },
  },
  {
    name: 'a crash leaves a stale rwlock',
    moments,
    killsLauncher: true,
    strike: crash,
    repair: ({ root, dice }) => {
      const info = { pid: 1, cmd: '/usr/bin/dvc repro' };
      const text = JSON.stringify({ write: { [join(root, 'three')]: info }, read: {} });
      const isCut = dice.chance(0.5);
      writeFileSync(join(root, '.dvc/tmp/rwlock'), isCut ? text.slice(0, dice.int(0, 30)) : text);
    },
  },
  {
    name: 'a second run at once',
    moments,
    strike: ({ root, env, beside }) => beside.push(sibling(root, ['run'], { env })),
    harmless: true,
    besideCodes: [0, 13],
  },
  {
    name: 'sibling clean at once',
    moments,
    strike: ({ root, env, beside }) => beside.push(sibling(root, ['clean'], { env })),
    harmless: true,
    besideCodes: [0, 13],
  },
  {
    name: 'the tracking network is removed',
    moments: ['before create', ...whileStageRuns],
    tracking: true,
    strike: async ({ docker, env }) => {
      const network = docker.getNetwork(`${env.SIBLING_SERVICES}-tracking`);
      const { Containers: members } = await network.inspect();
      for (const id of Object.keys(members ?? {})) {
        await done(network.disconnect({ Container: id, Force: true }));
      }
      return done(network.remove());
    },
  },
];

/** Whether the engine did it: what is to be struck may be gone by then. */
async function done(work: Promise<unknown> | undefined): Promise<boolean> {
  try {
    await work;
    return work !== undefined;
  } catch {
    return false;
  }
}

function kill(container: Docker.Container | undefined, name = 'SIGKILL'): Promise<boolean> {
  return done(container?.kill({ signal: name }));
}

/**
 * Kills a process in the run's runner. It is looked for in this machine's own table, without a word
 * to the engine, and at once: it may be at its end.
 */
function killProcess({ root }: Scene, command: RegExp): boolean {
  const found = readdirSync('/proc').find(
    (pid) => /^\d+$/.test(pid) && command.test(argumentsOf(pid)) && folderOf(pid) === root,
  );
  if (found === undefined) return false;
  try {
    process.kill(Number(found), 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** Of a process, with spaces between; empty for one that is gone. */
function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Where a process works, as it sees it itself. */
function folderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** As when the machine loses its power: launcher, runner and stage at once. */
async function crash(scene: Scene): Promise<boolean> {
  scene.run.kill('SIGKILL');
  await kill(scene.container('dvc-runner'));
  await kill(scene.container('stage'));
  return true;
}

/** As often as it takes: the stage may be writing into it. */
async function deleteScratch(root: string): Promise<void> {
  await rm(join(root, '.sibling/scratch'), {
    recursive: true,
    force: true,
    maxRetries: 20,
    retryDelay: 5,
  });
}

function fill(root: string): void {
  const filler = join(root, 'filler');
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { stdio: 'ignore' });
  } catch {
    // That is how dd says that the disk is full.
  }
  if (!existsSync(filler)) throw new Error('there was no room even for the filler');
}
