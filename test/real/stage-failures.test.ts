import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { parse } from 'yaml';
import { findProject } from '../../src/project/project.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';
import {
  cleanEnvironment,
  makeProject,
  removeProject,
  sibling,
  startSibling,
} from '../rig/stage-project.ts';

const docker = new Docker();
const roots: string[] = [];

function project(...args: Parameters<typeof makeProject>): string {
  const root = makeProject(...args);
  roots.push(root);
  return root;
}

beforeAll(() => ensureBusyboxImage(docker));
afterEach(() => {
  for (const root of roots.splice(0)) removeProject(root);
});

/** Names of the containers that a project's runs left behind. */
async function leftovers(root: string): Promise<string[]> {
  const label = [`sibling.project=${findProject(root).id}`];
  const found = await docker.listContainers({ all: true, filters: { label } });
  return found.flatMap((container) => container.Names);
}

function scratchOf(root: string): string[] {
  const folder = join(root, '.sibling/scratch');
  return existsSync(folder) ? readdirSync(folder) : [];
}

function lockedStages(root: string): string[] {
  const path = join(root, 'dvc.lock');
  return existsSync(path) ? Object.keys(parse(readFileSync(path, 'utf8')).stages) : [];
}

const first = {
  script: 'echo one > one.txt',
  entry: { outs: ['one.txt'], deps: ['stages/first'] },
};

describe('a stage that fails', () => {
  const table: readonly [string, string, number, RegExp][] = [
    ['exits 3', 'for i in $(seq 30); do echo line $i; done; exit 3', 3, /failed with exit code 3/],
    ['is killed', 'echo dying; kill -9 $$; sleep 9', 137, /signal 9|exit code 137/],
    ['writes half its outs', 'echo a > two.txt', 1, /did not write three\.txt/],
    ['writes what it does not declare', 'touch two.txt three.txt other.txt', 1, /- other\.txt/],
  ];
  test.each(table)(
    '%s: the pipeline stops there and nothing partial lands',
    async (_, script, code, says) => {
      const root = project({
        stages: {
          first,
          second: { script, entry: { deps: ['one.txt'], outs: ['two.txt', 'three.txt'] } },
          third: { script: 'touch never', entry: { deps: ['two.txt'], outs: ['never'] } },
        },
      });
      const result = await sibling(root, ['run']);
      expect(result.stderr).toMatch(says);
      expect(result.stderr).toMatch(/third +not run/);
      expect(result.code).toBe(code);
      expect(readdirSync(root).filter((name) => /two|three|other|never/.test(name))).toEqual([]);
      expect(lockedStages(root)).toEqual(['first']);
      expect(await leftovers(root)).toEqual([]);
      expect(scratchOf(root)).toEqual([]);
    },
  );

  test('shows the last 20 lines of its log, and no more', async () => {
    const root = project({
      stages: { noisy: { script: 'for i in $(seq 30); do echo line $i; done; exit 3' } },
    });
    const { stderr } = await sibling(root, ['run']);
    const shown = stderr.split('\n').filter((line) => /^ {2}\| line \d+$/.test(line));
    expect(shown).toHaveLength(20);
    expect(shown.at(-1)).toBe('  | line 30');
  });
});

test('a success leaves no container and no scratch folder', async () => {
  const root = project({ stages: { first } });
  const result = await sibling(root, ['run']);
  expect(result.code).toBe(0);
  expect(readFileSync(join(root, 'one.txt'), 'utf8')).toBe('one\n');
  expect(await leftovers(root)).toEqual([]);
  expect(scratchOf(root)).toEqual([]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s during a stage stops its container within 5 s and exits %i',
  async (signal, code) => {
    const root = project({
      stages: { slow: { script: 'echo started; sleep 60; touch out', entry: { outs: ['out'] } } },
    });
    const run = startSibling(root, ['run']);
    await run.until(/started/);
    const begun = Date.now();
    run.kill(signal);
    const result = await run.finished;
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(result.code).toBe(code);
    expect(await leftovers(root)).toEqual([]);
    expect(scratchOf(root)).toEqual([]);
    expect(lockedStages(root)).toEqual([]);
  },
);

test('SIGINT while an image is built stops the build and exits 130', async () => {
  const root = project({ stages: { slow: { script: 'true' } } });
  const step = `sleep 3${process.pid}`;
  appendFileSync(join(root, 'stages/slow/Dockerfile'), `RUN ${step}\n`);
  const run = startSibling(root, ['run']);
  await until(async () => (await withCommand(step)).length === 1);
  const begun = Date.now();
  run.kill('SIGINT');
  const result = await run.finished;
  expect(Date.now() - begun).toBeLessThan(5_000);
  expect(result.stderr).toMatch(/error: stopped by SIGINT\./);
  expect(result.code).toBe(130);
  await until(async () => (await withCommand(step)).length === 0);
  expect(await leftovers(root)).toEqual([]);
  expect(existsSync(join(root, '.sibling/run.lock'))).toBe(false);
});

/** The containers, the build's own too, that run a command. */
async function withCommand(command: string): Promise<string[]> {
  const found = await docker.listContainers({ all: true });
  return found.filter((container) => container.Command.includes(command)).map(({ Id }) => Id);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const giveUp = Date.now() + 60_000; !(await holds()); ) {
    if (Date.now() > giveUp) throw new Error('it did not come to that within 60 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a closed output stops the run as SIGPIPE would, and leaves nothing', async () => {
  const root = project({
    stages: {
      slow: {
        script: 'echo started; while true; do sleep 0.2; echo on; done',
        entry: { outs: ['out'] },
      },
    },
  });
  const command = `"${repository}/bin/sibling" run 2>&1 | grep -m1 -o started; echo "\${PIPESTATUS[0]}"`;
  const { stdout } = await runCommand('bash', ['-c', command], {
    cwd: root,
    env: cleanEnvironment(),
    timeout: 60_000,
  });
  expect(stdout).toBe('started\n141\n');
  expect(await leftovers(root)).toEqual([]);
  expect(scratchOf(root)).toEqual([]);
  expect(existsSync(join(root, '.sibling/run.lock'))).toBe(false);
});

test('a second run in the same workspace is refused while the first goes on', async () => {
  const root = project({
    stages: { slow: { script: 'echo started; sleep 4; touch out', entry: { outs: ['out'] } } },
  });
  const running = startSibling(root, ['run']);
  await running.until(/started/);
  const second = await sibling(root, ['run']);
  expect(second.code).toBe(13);
  expect(second.stderr).toMatch(/another run \(process \d+/);
  expect((await running.finished).code).toBe(0);
});

test('a stage that runs by itself is left alone by run and clean, and ends well', async () => {
  const root = project({
    stages: { slow: { script: 'echo started; sleep 3; touch out', entry: { outs: ['out'] } } },
  });
  const alone = startSibling(root, ['stage', 'slow']);
  await alone.until(/started/);
  for (const command of ['run', 'clean']) {
    const beside = await sibling(root, [command]);
    expect(beside.code).toBe(13);
    expect(beside.stderr).toMatch(/stage slow \(process \d+ .* is at work/);
  }
  expect((await alone.finished).code).toBe(0);
  expect(existsSync(join(root, 'out'))).toBe(true);
  expect((await sibling(root, ['run'])).code).toBe(0);
});

test('a stage that runs by itself and is killed is cleaned up after by the next run', async () => {
  const root = project({
    stages: { slow: { script: 'echo started; sleep 2; touch out', entry: { outs: ['out'] } } },
  });
  const alone = startSibling(root, ['stage', 'slow']);
  await alone.until(/started/);
  alone.kill('SIGKILL');
  await alone.finished;
  expect(await leftovers(root)).toHaveLength(1);
  const next = await sibling(root, ['run']);
  expect(next.stderr).toMatch(/Cleaning up after run \w+, which was killed: removing sibling-/);
  expect(next.code).toBe(0);
  expect(await leftovers(root)).toEqual([]);
  expect(scratchOf(root)).toEqual([]);
});

test.each([
  ['run', ['run']],
  ['a stage by itself', ['stage', 'first']],
])('%s that begins on a full disk says so, and leaves no lock', async (_, words) => {
  const root = project({ stages: { first } });
  const folder = join(root, '.sibling');
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder]);
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n'.repeat(2048));
    const result = await sibling(root, words);
    expect(result.stderr).toMatch(`no space is left on the disk of ${root}`);
    expect(result.code).toBe(1);
    expect(existsSync(join(folder, 'run.lock'))).toBe(false);
    expect(existsSync(join(folder, 'present')) ? readdirSync(join(folder, 'present')) : []).toEqual(
      [],
    );
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('a full disk: names the folder, keeps dvc.lock, leaves nothing half-written', async () => {
  const root = project({
    stages: {
      first,
      big: {
        script: 'dd if=/dev/zero of=big.bin bs=1M count=64',
        entry: { deps: ['one.txt'], outs: ['big.bin'] },
      },
    },
  });
  expect((await sibling(root, ['run', 'first'])).code).toBe(0);
  const scratch = join(root, '.sibling/scratch');
  execFileSync('mkdir', ['-p', scratch]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', join(root, '.sibling')]);
  try {
    const result = await sibling(root, ['run']);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(
      /stage big found no space left: it writes to .*\.sibling\/scratch/,
    );
    expect(existsSync(join(root, 'big.bin'))).toBe(false);
    expect(lockedStages(root)).toEqual(['first']);
  } finally {
    execFileSync('umount', [join(root, '.sibling')]);
  }
});
