import {
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { parse, stringify } from 'yaml';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const roots: string[] = [];

function project(...args: Parameters<typeof makeProject>): string {
  const root = makeProject(...args);
  roots.push(root);
  return root;
}

beforeAll(() => ensureBusyboxImage(new Docker()));
afterAll(() => {
  for (const root of roots) removeProject(root);
});

/** What a stage tries, by name: a shell command, and whether it may succeed. */
const attempts: Readonly<Record<string, { command: string; allowed: boolean }>> = {
  'read a declared dep': { command: 'cat in.txt', allowed: true },
  'write to /tmp': { command: 'echo x > /tmp/x', allowed: true },
  'write to a dep': { command: 'echo x >> in.txt', allowed: false },
  'write into a dep’s folder': { command: 'touch data/new', allowed: false },
  'replace a dep': { command: 'mv in.txt other.txt', allowed: false },
  'read an undeclared file': { command: 'cat undeclared.txt', allowed: false },
  'read an undeclared parameter': { command: 'grep secret params.yaml', allowed: false },
  'read .env': { command: 'cat .env', allowed: false },
  'see DVC’s or Git’s folder': { command: 'ls -d .dvc .git', allowed: false },
  'write to the image': { command: 'touch /etc/new', allowed: false },
  'see the engine’s socket': {
    command: 'ls /var/run/docker.sock /run/docker.sock',
    allowed: false,
  },
  'be root': { command: '[ "$(id -u)" = 0 ]', allowed: false },
  'have a capability': {
    command: 'grep -E "^Cap(Eff|Prm|Bnd|Inh):.*[1-9a-f]" /proc/self/status',
    allowed: false,
  },
  'gain privileges by a setuid file': {
    command: 'grep NoNewPrivs:.*0 /proc/self/status',
    allowed: false,
  },
  'mount something': { command: 'mount -t tmpfs none /tmp', allowed: false },
  'have a route': { command: 'grep -v Iface /proc/net/route', allowed: false },
  'have a network device beside lo': { command: 'ls /sys/class/net | grep -v lo', allowed: false },
  'have an undeclared variable': { command: 'env | grep CANARY_TOKEN', allowed: false },
  'fill /tmp': { command: 'dd if=/dev/zero of=/tmp/big bs=1M count=1100', allowed: false },
  'start processes without bound': {
    command: 'i=0; while [ $i -lt 5000 ]; do sleep 20 & i=$((i+1)); done',
    allowed: false,
  },
};

describe('a stage', () => {
  let results: Map<string, string>;

  beforeAll(async () => {
    const names = Object.keys(attempts);
    const script = names
      .map((name, index) => {
        // A forked shell that cannot fork ends with an error, which is a refusal too.
        return `if (${attempts[name]?.command}) > /dev/null 2>&1; then echo ${index} yes; else echo ${index} no; fi >> report.txt`;
      })
      .join('\n');
    const root = project({
      stages: {
        tries: {
          script,
          entry: {
            deps: ['in.txt', 'data'],
            params: ['open'],
            outs: ['report.txt'],
            meta: { sibling: { memory: '3g' } },
          },
        },
      },
      files: {
        'in.txt': 'in',
        'data/file': 'x',
        'undeclared.txt': 'x',
        'params.yaml': 'open: 1\nsecret: 2\n',
        '.env': 'CANARY_TOKEN=canary\n',
      },
    });
    for (const path of ['', 'dvc.yaml', 'in.txt', 'data', 'data/file']) {
      chownSync(join(root, path), 1000, 1000);
    }
    // As root, on a project of somebody else: the stage runs as the owner.
    const result = await sibling(root, ['stage', 'tries'], { env: { CANARY_TOKEN: 'canary' } });
    expect(result).toMatchObject({ code: 0 });
    const lines = readFileSync(join(root, 'report.txt'), 'utf8').trim().split('\n');
    results = new Map(
      lines
        .map((line) => line.split(' '))
        .map(([index, answer]) => [names[Number(index)] ?? '', answer ?? '']),
    );
    expect(readFileSync(join(root, 'in.txt'), 'utf8')).toBe('in');
    expect(statSync(join(root, 'report.txt')).uid).toBe(1000);
  }, 120_000);

  test.each(Object.entries(attempts))('%s', (name, { allowed }) => {
    expect(results.get(name)).toBe(allowed ? 'yes' : 'no');
  });
});

describe('a declaration that is wrong', () => {
  const cases = [
    ['reads an undeclared file', 'cat data.csv > out.txt', /deps:\n +- data\.csv/],
    [
      'reads an undeclared parameter',
      'grep depth params.yaml > out.txt || { echo "KeyError: \'depth\'"; exit 1; }',
      /params:\n +- train\.depth/,
    ],
    ['reads an undeclared variable', 'set -u; echo "$API_NAME" > out.txt', /env: \[API_NAME\]/],
    ['writes an undeclared file', 'echo > out.txt; echo > extra.txt', /outs:\n +- extra\.txt/],
  ] as const;
  test.each(cases)('%s: the patch that is printed mends it', async (_, script, says) => {
    const root = project({
      stages: { one: { script, entry: { params: ['other'], outs: ['out.txt'] } } },
      files: { 'data.csv': 'a,b\n', 'params.yaml': 'other: 1\ntrain:\n  depth: 5\n' },
    });
    const env = { API_NAME: 'iris' };
    const before = await sibling(root, ['stage', 'one'], { env });
    expect(before.stderr).toMatch(says);
    expect(before.code).not.toBe(0);
    expect(readdirSync(root)).not.toContain('out.txt');

    const path = join(root, 'dvc.yaml');
    const dvc = parse(readFileSync(path, 'utf8'));
    const patch =
      /^( {4}(?:deps|params|outs|meta):\n(?: {4}.*\n?)+)/m.exec(before.stderr)?.[1] ?? '';
    const added = parse(`stage:\n${patch}`).stage;
    for (const [key, value] of Object.entries(added)) {
      const known = dvc.stages.one[key];
      dvc.stages.one[key] = Array.isArray(value) ? [...(known ?? []), ...value] : value;
    }
    writeFileSync(path, stringify(dvc));
    expect(await sibling(root, ['stage', 'one'], { env })).toMatchObject({ code: 0 });
  });
});

test('folders without rights in an out are moved and removed, also by somebody who is not root', async () => {
  const root = project({
    stages: {
      one: {
        script:
          'mkdir -p out/closed; echo x > out/closed/file; chmod 0555 out/closed; chmod 0500 out',
        entry: { deps: ['stages/one'], outs: ['out'] },
      },
    },
  });
  chownSync(root, 1000, 1000);
  for (const entry of readdirSync(root, { recursive: true })) {
    chownSync(join(root, String(entry)), 1000, 1000);
  }
  for (const _ of ['first', 'again, over what is there']) {
    expect(await sibling(root, ['run', '--force'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, 'out/closed/file'), 'utf8')).toBe('x\n');
  }
  expect(existsSync(join(root, '.sibling/scratch'))).toBe(false);
});

describe('what the engine or a registry refuses', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const cases = [
    ['too little memory', { memory: '1m' }, /meta\.sibling\.memory is "1m".*\n.*at least 6m/, 3],
    ['more processors than there are', { cpus: 1000 }, /Lower meta\.sibling\.cpus/, 3],
    ['an image by tag', { image: 'python:3.11' }, /is named without a digest/, 3],
    [
      'an image that no registry has',
      { image: `localhost:9/none@${digest}` },
      /the image localhost:9\/none@.* cannot be pulled/,
      5,
    ],
  ] as const;
  test.each(cases)('%s', async (_, meta, says, code) => {
    const root = project({
      stages: { one: { script: 'true', entry: { deps: ['stages/one'], meta: { sibling: meta } } } },
    });
    const result = await sibling(root, ['stage', 'one']);
    expect(result.stderr).toMatch(says);
    expect(result.stderr).not.toMatch(/bug/);
    expect(result.code).toBe(code);
  });

  test('a step of its Dockerfile that fails', async () => {
    const root = project({ stages: { one: { script: 'true' } } });
    const dockerfile = join(root, 'stages/one/Dockerfile');
    writeFileSync(dockerfile, `${readFileSync(dockerfile, 'utf8')}RUN echo trying; exit 3\n`);
    const result = await sibling(root, ['stage', 'one']);
    expect(result.stderr).toMatch(
      /building sibling\/one:\w+ failed at Step 4\/\d+ : RUN .*code: 3/,
    );
    expect(result.stderr).toMatch(/trying/);
    expect(result.code).toBe(5);
  });

  test('a command that the image does not have', async () => {
    const root = project({ stages: { one: { script: 'true' } } });
    const result = await sibling(root, ['stage', 'one', '--', 'pyhton', 'x.py']);
    expect(result.stderr).toMatch(/has no such command/);
    expect(result.code).toBe(5);
  });
});

test('a dep that is the engine’s socket never reaches a stage', async () => {
  const root = project({
    stages: { one: { script: 'ls -l helper', entry: { deps: ['helper'] } } },
  });
  symlinkSync('/var/run', join(root, 'helper'));
  const result = await sibling(root, ['stage', 'one']);
  expect(result.stderr).toMatch(/depends on helper, which holds the container engine's socket/);
  expect(result.code).toBe(3);
});
