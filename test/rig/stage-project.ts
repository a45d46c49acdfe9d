import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { busyboxImage } from './busybox-image.ts';
import { repository } from './repository.ts';

/** A stage of a test project: a shell script in a tiny image, and its entry in dvc.yaml. */
export interface StageFixture {
  readonly script: string;
  /** The rest of the stage's entry: deps, outs, params, meta … */
  readonly entry?: Record<string, unknown>;
}

export interface ProjectFixture {
  readonly stages: Readonly<Record<string, StageFixture>>;
  /** Other files by path; text. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Makes a DVC project in a Git repository of its own below the temporary folder. */
export function makeProject({ stages, files = {} }: ProjectFixture): string {
  const root = mkdtempSync(join(tmpdir(), 'sibling-project-'));
  chmodSync(root, 0o755);
  const entries = Object.fromEntries(
    Object.entries(stages).map(([name, { entry }]) => [
      name,
      { cmd: `sibling stage ${name}`, ...entry },
    ]),
  );
  const all: Record<string, string> = {
    '.dvc/config': '[core]\n    analytics = false\n',
    '.dvc/.gitignore': '/config.local\n/tmp\n/cache\n',
    'dvc.yaml': stringify({ stages: entries }),
    ...files,
  };
  for (const [name, { script }] of Object.entries(stages)) {
    all[`stages/${name}/Dockerfile`] =
      `FROM ${busyboxImage}\nCOPY run.sh /run.sh\nENTRYPOINT ["sh", "/run.sh"]\n`;
    all[`stages/${name}/run.sh`] = `set -eu\n${script}\n`;
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'start');
  return root;
}

export function removeProject(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

export function git(root: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  const options = { encoding: 'utf8' } as const;
  return execFileSync('git', ['-C', root, ...identity, ...args], options).trim();
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that was started and can be waited for or signalled. */
export interface Started {
  readonly pid: number;
  readonly finished: Promise<Finished>;
  kill(signal: NodeJS.Signals): void;
  /** Reads no more of what it prints: it cannot write any more. */
  closeOutput(): void;
  /** Resolves as soon as what it printed matches. */
  until(pattern: RegExp): Promise<void>;
}

/** The environment of a person's shell, without what the test process's own run left in it. */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(SIBLING_|DVC_|MLFLOW_|DAGSHUB_|NODE_OPTIONS|FORCE_COLOR)/.test(name),
  );
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...extra };
}

/** Starts the committed command line, as a person would. */
export function startSibling(
  root: string,
  args: readonly string[],
  { env = {}, ...options }: SpawnOptions = {},
): Started {
  const child = spawn(join(repository, 'bin/sibling'), args, {
    cwd: root,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const note = () => {
    for (const watch of watchers) watch();
  };
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    note();
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    note();
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
      note();
    });
  });
  return {
    pid: child.pid ?? 0,
    finished,
    kill: (signal) => {
      child.kill(signal);
    },
    closeOutput: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (pattern.test(stdout + stderr)) {
            watchers.delete(watch);
            resolve();
          } else if (child.exitCode !== null) {
            reject(new Error(`ended before ${pattern}:\n${stdout}${stderr}`));
          }
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/** Runs the committed command line to its end. */
export function sibling(
  root: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Finished> {
  return startSibling(root, args, options).finished;
}
