import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { parse } from 'yaml';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const roots: string[] = [];
beforeAll(() => ensureBusyboxImage(new Docker()));
afterEach(() => {
  for (const root of roots.splice(0)) removeProject(root);
});

function project(...args: Parameters<typeof makeProject>): string {
  const root = makeProject(...args);
  roots.push(root);
  return root;
}

async function run(root: string): Promise<void> {
  expect(await sibling(root, ['run'])).toMatchObject({ code: 0 });
}

test('deps that DVC has made links into its cache are files for a stage', async () => {
  const root = project({
    stages: {
      make: {
        script: 'mkdir -p "out/ä b"; echo 1 > "out/ä b/日本"; echo 2 > out/two; echo 3 > single',
        entry: { outs: ['out', 'single'] },
      },
      use: {
        script: 'cat "out/ä b/日本" out/two single > all; ! echo x > out/two',
        entry: { deps: ['out', 'single'], outs: ['all'] },
      },
    },
    files: { '.dvc/config': '[core]\n    analytics = false\n[cache]\n    type = symlink\n' },
  });
  await run(root);
  for (const path of ['out/two', 'single', 'all']) {
    expect([path, lstatSync(join(root, path)).isSymbolicLink()]).toEqual([path, true]);
  }
  expect(readFileSync(join(root, 'all'), 'utf8')).toBe('1\n2\n3\n');
  rmSync(join(root, 'dvc.lock'));
  await run(root); // the outs of a run before are links now, too
});

test('a wdir with a space, an out beside a dep, and an out that persists', async () => {
  const root = project({
    stages: {
      count: {
        script:
          'cat in/a >> in/log/all; wc -l < in/log/all > ../lines.txt; cat params.yaml > in/log/params',
        entry: {
          wdir: 'sub dir',
          deps: ['in/a'],
          params: ['n'],
          outs: [{ 'in/log': { persist: true } }, '../lines.txt'],
        },
      },
    },
    files: { 'sub dir/in/a': 'a\n', 'sub dir/params.yaml': 'n: 1\nother: 2\n' },
  });
  mkdirSync(join(root, 'sub dir/in/log'));
  writeFileSync(join(root, 'sub dir/in/log/all'), 'before\n');
  await run(root);
  expect(readFileSync(join(root, 'lines.txt'), 'utf8').trim()).toBe('2');
  expect(readFileSync(join(root, 'sub dir/in/log/all'), 'utf8')).toBe('before\na\n');
  expect(readFileSync(join(root, 'sub dir/in/log/params'), 'utf8')).toBe('n: 1\n');
  appendFileSync(join(root, 'sub dir/in/a'), 'b\n');
  await run(root);
  expect(readFileSync(join(root, 'lines.txt'), 'utf8').trim()).toBe('4');
});

test('an out below another mount than the project', async () => {
  const root = project({
    stages: {
      one: {
        script: 'mkdir data/out; echo 1 > data/out/a; ln -s a data/out/link; echo 2 > data/file',
        entry: { outs: ['data/out', 'data/file'] },
      },
    },
    files: { 'data/.gitignore': '/out\n/file\n' },
  });
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(root, 'data')]);
  try {
    for (const _ of ['first', 'again']) {
      expect(await sibling(root, ['stage', 'one'])).toMatchObject({ code: 0 });
      expect(readdirSync(join(root, 'data')).sort()).toEqual(['file', 'out']);
      expect(readFileSync(join(root, 'data/out/link'), 'utf8')).toBe('1\n');
    }
  } finally {
    execFileSync('umount', [join(root, 'data')]);
  }
});

test('a persisted out that turns from file to folder and back, and one below a link to another disk', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'sibling-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk]);
  roots.push(disk);
  try {
    const root = project({
      stages: {
        turn: {
          script: [
            'if [ -e kept ]; then find kept -type f -exec cat {} + > seen; else : > seen; fi',
            'if [ "$(cat kind)" = folder ]; then rm -rf kept; mkdir kept; echo in > kept/a',
            'else rm -rf kept; echo file > kept; fi',
            'rm -rf disk/turned; cp -r kept disk/turned',
          ].join('\n'),
          entry: {
            deps: ['kind'],
            // One that is cached DVC itself refuses there: Git cannot ignore it.
            outs: [{ kept: { persist: true } }, 'seen', { 'disk/turned': { cache: false } }],
          },
        },
      },
      files: { kind: 'file' },
    });
    symlinkSync(disk, join(root, 'disk'));
    const names: string[] = [];
    for (const [kind, seen] of [
      ['file', ''],
      ['folder', 'file\n'],
      ['file', 'in\n'],
    ] as const) {
      writeFileSync(join(root, 'kind'), kind);
      // What the run-cache has would not be run.
      expect(await sibling(root, ['run', '--force'])).toMatchObject({ code: 0 });
      expect(readFileSync(join(root, 'seen'), 'utf8')).toBe(seen);
      for (const out of ['kept', 'disk/turned']) {
        expect([out, lstatSync(join(root, out)).isDirectory()]).toEqual([out, kind === 'folder']);
      }
      names.push(...readdirSync(disk), ...readdirSync(root));
    }
    expect(lstatSync(join(root, 'disk')).isSymbolicLink()).toBe(true);
    expect(names.filter((name) => name.includes('.sibling-'))).toEqual([]);
  } finally {
    execFileSync('umount', [disk]);
  }
}, 120_000);

test('stages of foreach and matrix run with what DVC resolves for each', async () => {
  const item = '$'.concat('{item}'); // DVC's own template
  const root = project({
    stages: { each: { script: 'cat "in/$1" > "out.$1"' } },
    files: {
      'in/a': 'a\n',
      'in/b': 'b\n',
      'stages/each/run.sh': 'set -eu\ncat "in/$1" > "out.$1"\n',
      'names.py': 'NAMES = ["a", "b"]\n',
      'dvc.yaml': [
        'vars: [names.py]',
        'stages:',
        '  each:',
        `    foreach: ${'$'.concat('{NAMES}')}`,
        '    do:',
        `      cmd: sibling stage each -- sh /run.sh ${item}`,
        `      deps: ["in/${item}"]`,
        `      outs: ["out.${item}"]`,
        '',
      ].join('\n'),
    },
  });
  await run(root);
  expect(Object.keys(parse(readFileSync(join(root, 'dvc.lock'), 'utf8')).stages).sort()).toEqual([
    'each@a',
    'each@b',
  ]);
  expect(readFileSync(join(root, 'out.b'), 'utf8')).toBe('b\n');
});

test('declared params reach a stage as their files write them, and as dvc.lock records them', async () => {
  const train = `train:
  lr: 1.0e-7
  max_features: 1.0
  seed: 12345678901234567890
  class_weight: {0: 1.0}
  country: "NO"
  start: "2024-01-31"
  time: "12:30:00"
`;
  const root = project({
    stages: {
      copy: {
        script: 'mkdir out; cp params.yaml p.json p.toml p.py twice.yaml out',
        entry: {
          params: [
            ...['train', 'merged.epochs', 'merged.lr'],
            ...[{ 'p.json': ['train'] }, { 'p.toml': ['a.x'] }, { 'p.py': ['lr'] }],
            { 'twice.yaml': ['t[0]'] },
          ],
          outs: ['out'],
        },
      },
    },
    files: {
      'params.yaml': `base: &base {epochs: 20, no: 1}\n${train}other: 1\nmerged:\n  <<: *base\n  lr: 0.1\n`,
      'p.json': '{"no": 1, "train": {"limit": Infinity}}\n',
      'p.toml': 'no = 1\n[a]\nx = 1.0\nno = 2\n',
      'p.py': 'no = 1\nlr = 1e-3  # fast\n',
      'twice.yaml': 't0: 1.0\nu: 2\n',
    },
  });
  const { code, stdout, stderr } = await sibling(root, ['run']);
  expect([code, stderr]).toEqual([0, expect.anything()]);
  const given = (path: string) => readFileSync(join(root, 'out', path), 'utf8');
  expect(given('params.yaml')).toBe(
    `base: &base {epochs: 20}\n${train}merged:\n  <<: *base\n  lr: 0.1\n`,
  );
  expect(given('p.json')).toBe('{"train": {"limit": Infinity}}\n');
  expect(given('p.toml')).toBe('[a]\nx = 1.0\n');
  expect(given('p.py')).toBe('lr = 1e-3  # fast\n');
  expect(given('twice.yaml')).toBe('t0: 1.0\nu: 2\n');
  expect(stdout + stderr).toContain(
    "twice.yaml is given whole to copy: the key 't[0]' may mean any name",
  );
  const lock = readFileSync(join(root, 'dvc.lock'), 'utf8');
  for (const line of ['seed: 12345678901234567890', 'limit: .inf', 'merged.epochs: 20']) {
    expect(lock).toContain(line);
  }
  expect(await sibling(root, ['status'])).toMatchObject({ code: 0 });
});
