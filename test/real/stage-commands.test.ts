import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { busyboxImage, ensureBusyboxImage } from '../rig/busybox-image.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';
import { cleanEnvironment, makeProject, removeProject, sibling } from '../rig/stage-project.ts';
import { toolPath } from '../rig/tools.ts';

const image = { 'img/Dockerfile': `FROM ${busyboxImage}\n` };
const meta = { sibling: { image: 'img' } };

/** A project whose stages are these entries, all of one small image. */
function project(stages: Record<string, object>, files: Record<string, string> = {}): string {
  const entries = Object.entries(stages).map(([name, entry]) => [name, { meta, ...entry }]);
  const text = stringify({ stages: Object.fromEntries(entries) }, { lineWidth: 0 });
  return makeProject({
    stages: {},
    files: { ...image, 'dvc.yaml': text, 'in.txt': 'in\n', 'secret.txt': 'secret\n', ...files },
  });
}

const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

/** Plain `dvc repro`, as a person calls it who has DVC and sibling on the host. */
function hostDvc(root: string, ...args: string[]) {
  const dvc = toolPath('dvc', { set: 'dvc' });
  const PATH = [join(repository, 'bin'), dirname(dvc), process.env.PATH].join(':');
  return runCommand(dvc, args, {
    cwd: root,
    env: { ...cleanEnvironment({ PATH, SHELL: '/bin/sh' }), DVC_STAGE: undefined },
  });
}

beforeAll(() => ensureBusyboxImage());

describe('what a shell would do beside the socket', () => {
  const table: readonly [string, string, string][] = [
    [
      'a second command',
      'sibling stage s -- cp in.txt out.txt && cat secret.txt && echo tampered >> out.txt',
      "sibling stage s -- sh -c 'cp in.txt out.txt && cat secret.txt && echo tampered >> out.txt'",
    ],
    ['a redirection', 'sibling stage s -- cat in.txt > out.txt', "sh -c 'cat in.txt > out.txt'"],
    [
      'a pipe that hides a failure',
      "sibling stage s -- sh -c 'touch out.txt; exit 3' | tee train.log",
      '| tee train.log',
    ],
    ['a log', "sibling stage s -- sh -c 'echo hi; touch out.txt' > run.log 2>&1", '> run.log 2>&1'],
    ['a whole cmd without a container', 'ls /var/run/docker.sock > out.txt; touch x', 'sh -c'],
  ];
  test.each(table)('%s is refused before anything starts', async (_, cmd, advised) => {
    const root = project({ fine: { cmd: 'sibling stage fine -- touch f', outs: ['f'] } });
    const entry = { cmd, deps: ['in.txt'], outs: ['out.txt'], meta };
    writeFileSync(
      join(root, 'dvc.yaml'),
      `${read(root, 'dvc.yaml')}  s: ${JSON.stringify(entry)}\n`,
    );
    const line = read(root, 'dvc.yaml').split('\n').length - 1;
    const { code, stderr } = await sibling(root, ['run']);
    expect(stderr).toMatch(new RegExp(`^error: dvc\\.yaml:${line}:\\d+: the cmd of stage s `, 'm'));
    expect(stderr).toContain(advised);
    expect(code).toBe(3);
    const left = readdirSync(root).filter((name) => !name.startsWith('.'));
    expect(left.sort()).toEqual(['dvc.yaml', 'img', 'in.txt', 'secret.txt']);
    expect(existsSync(join(root, '.sibling/runs'))).toBe(false);
    removeProject(root);
  });

  test('it is refused by doctor, told of by status, and refused under a host’s own DVC', async () => {
    const root = project({
      s: { cmd: 'sibling stage s -- cat in.txt > out.txt', deps: ['in.txt'], outs: ['out.txt'] },
    });
    const [status, doctor, dvc] = await Promise.all([
      sibling(root, ['status']),
      sibling(root, ['doctor', '--json']),
      hostDvc(root, 'repro'),
    ]);
    expect(status.stderr).toMatch(/warning: dvc\.yaml:\d+:\d+: the cmd of stage s has >/);
    expect(status.code).toBe(0);
    expect(doctor.stdout).toMatch(/the cmd of stage s has > outside quotes/);
    expect(dvc.stderr).toMatch(/error: dvc\.yaml:\d+:\d+: the cmd of stage s has > outside quotes/);
    expect(dvc.code).not.toBe(0);
    removeProject(root);
  });
});

describe('a list', () => {
  const append = (word: string) =>
    `sibling stage c -- sh -c 'echo ${word} >> a; echo ${word} >> b'`;
  const failing = (word: string) => `sibling stage c -- sh -c 'echo ${word} >> a; exit 3'`;
  const lists = {
    right: [append('one'), append('one'), append('two')],
    firstFails: [failing('one'), append('two')],
    lastFails: [append('one'), failing('two')],
  };
  let root = '';
  beforeAll(() => {
    root = project({ c: { cmd: [], outs: ['a', 'b'] } });
  });
  afterAll(() => removeProject(root));
  const declare = (cmd: string[] | string) =>
    writeFileSync(
      join(root, 'dvc.yaml'),
      stringify({ stages: { c: { cmd, outs: ['a', 'b'], meta } } }, { lineWidth: 0 }),
    );

  test.each([
    ['sibling run', (...args: string[]) => sibling(root, ['run', ...args])],
    ['a host’s own dvc repro', (...args: string[]) => hostDvc(root, 'repro', ...args)],
  ])('is one stage, whose outs are looked at once: by %s', async (_, run) => {
    declare(lists.firstFails);
    const first = await run('--force');
    expect(first.stderr + first.stdout).toMatch(/stage c failed with exit code 3/);
    expect(first.code).not.toBe(0);
    declare(lists.lastFails);
    const last = await run('--force');
    expect(last.stderr + last.stdout).toMatch(/stage c failed with exit code 3/);
    expect(last.code).not.toBe(0);
    expect(existsSync(join(root, 'a'))).toBe(false);
    for (const again of [1, 2]) {
      declare(again === 1 ? lists.right : lists.right.join('\n'));
      const { code, stderr } = await run('--force');
      expect([code, stderr]).toEqual([0, expect.anything()]);
      expect(read(root, 'a')).toBe('one\none\ntwo\n');
      expect(read(root, 'b')).toBe('one\none\ntwo\n');
    }
    for (const folder of ['scratch', 'called']) {
      const path = join(root, '.sibling', folder);
      expect(existsSync(path) ? readdirSync(path) : []).toEqual([]);
    }
  });
});

test('a stage may have a name that begins as an option does', async () => {
  const root = project({ '-h': { cmd: 'sibling stage -h -- touch o', outs: ['o'] } });
  const first = await sibling(root, ['run', '--', '-h']);
  expect(first.stderr).toMatch(/1 of 1 stages ran/);
  expect(existsSync(join(root, 'o'))).toBe(true);
  removeProject(root);
});

test('what the system refuses is why the run failed', async () => {
  const entry = { cmd: 'sibling stage s -- touch sub/o', outs: [{ 'sub/o': { cache: false } }] };
  const root = project({ s: entry }, { 'sub/.keep': '' });
  chmodSync(join(root, 'sub'), 0o555);
  const { code, stderr } = await sibling(root, ['run']);
  expect(stderr).toMatch(/^error: .* → \S*\/sub\/o\S*: you have no permission \(rename\)/m);
  expect(code).toBe(3);
  removeProject(root);
});

test('what failed is not green, what ran is shown, and no log has the secret of events', async () => {
  const root = project(
    {
      imported: {
        cmd: 'curl example.org | sh',
        frozen: true,
        outs: [{ 'in.txt': { cache: false } }],
      },
      ran: {
        cmd: "sibling stage ran -- sh -c 'cat in.txt | tee m.json > log; echo said'",
        deps: ['in.txt'],
        outs: ['log', { 'm.json': { cache: false } }],
      },
      failed: {
        cmd: "sibling stage failed -- sh -c 'touch o; exit 3'",
        deps: ['log'],
        outs: [{ o: { persist: true } }],
      },
    },
    { 'in.txt': '{"accuracy": 0.75}\n' },
  );
  writeFileSync(join(root, 'dvc.yaml'), `${read(root, 'dvc.yaml')}metrics: [m.json]\n`);
  const failing = await sibling(root, ['run', '--json']);
  const { stages, failure } = JSON.parse(failing.stdout);
  expect([failing.code, failing.stderr]).toEqual([3, expect.anything()]);
  expect(failure.cause).toMatch(/stage failed failed with exit code 3/);
  const states = Object.fromEntries(
    stages.map(({ stage, state }: { stage: string; state: string }) => [stage, state]),
  );
  expect(states).toMatchObject({ ran: 'ran', failed: 'failed' });
  const [log] = readdirSync(join(root, '.sibling/runs'));
  const said = read(root, `.sibling/runs/${log}`);
  expect(said).toContain('[ran] said');
  for (const mark of ['\x1e', 'stage-started']) expect(said).not.toContain(mark);
  expect((await sibling(root, ['logs', 'ran'])).stdout).toBe('[ran] said\n');

  const mended = read(root, 'dvc.yaml').replace('exit 3', 'true');
  writeFileSync(join(root, 'dvc.yaml'), mended);
  const { code, stderr } = await sibling(root, ['run']);
  expect(stderr).toMatch(/metrics {2}m\.json: accuracy 0\.75/);
  expect(stderr).toMatch(/1 of 3 stages ran/);
  const earlier = await sibling(root, ['logs', 'ran']);
  expect(earlier.stdout).toBe('[ran] said\n');
  expect(earlier.stderr).toContain(`ran ran last in run ${log?.replace('.log', '')}`);
  expect(code).toBe(0);
  removeProject(root);
});
