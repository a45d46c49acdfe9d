import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { prepareScratch } from '../../../src/stage/scratch/prepare.ts';
import { stageOf } from './stage-fixture.ts';

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let base: string;
let root: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'sibling-scratch-'));
  root = join(base, 'project');
  mkdirSync(root);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(path: string, text = 'x'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const prepare = (
  stage: Parameters<typeof stageOf>[0],
  owner: { user?: typeof self; engineSocket?: string } = {},
) => prepareScratch({ root, user: self, ...owner }, stageOf(stage), join(base, 'scratch'));

/** Targets of the deps' mounts; all of them are read-only. */
async function mounted(stage: Parameters<typeof stageOf>[0]): Promise<string[]> {
  const [work, ...deps] = (await prepare(stage)).files;
  expect(work).toMatchObject({ target: '/work', readOnly: false });
  expect(deps.every(({ readOnly }) => readOnly)).toBe(true);
  return deps.map(({ target }) => target).sort();
}

test('a stage gets its deps read-only, a place for its outs, and the params that it declares', async () => {
  write('src/a.py');
  write('data/in.csv');
  write('params.yaml', 'train: {depth: 5, lr: 0.1}\nsecret: canary\n');
  const params = [{ path: 'params.yaml', keys: ['train.depth'] }];
  expect(await mounted({ deps: ['src', 'data/in.csv'], params, outs: ['data/out'] })).toEqual([
    '/work/data/in.csv',
    '/work/src',
  ]);
  expect(readFileSync(join(base, 'scratch/params.yaml'), 'utf8')).toBe('train: {depth: 5}\n');
  expect(readdirSync(join(base, 'scratch')).sort()).toEqual(['data', 'params.yaml', 'src']);
});

test('a dep that holds an out is mounted around it', async () => {
  for (const path of ['data/a', 'data/sub/b', 'data/sub/out', 'data/other/c']) write(path);
  expect(await mounted({ deps: ['data'], outs: ['data/sub/out'] })).toEqual([
    '/work/data/a',
    '/work/data/other',
    '/work/data/sub/b',
  ]);
});

test('the whole project as a dep leaves out what is private, unless it is named itself', async () => {
  const secrets = ['.env', '.git/config', '.dvc/config.local', '.sibling/runs/x.log'];
  for (const path of [...secrets, 'a', 'sub/.env']) write(path);
  expect(await mounted({ deps: ['.'], outs: ['out'] })).toEqual(['/work/a']);
  expect(await mounted({ deps: ['.env'] })).toEqual(['/work/.env']);
});

test('a folder as a dep leaves out what is private at any depth, and says so', async () => {
  const secrets = ['src/.env', 'src/deep/.Env', 'src/vendor/.git/config', 'src/vendor/.dvc/config'];
  for (const path of [...secrets, 'src/a', 'src/deep/b', 'src/vendor/c', 'src/fine/d']) write(path);
  const given = ['/work/src/a', '/work/src/deep/b', '/work/src/fine', '/work/src/vendor/c'];
  expect(await mounted({ deps: ['src'] })).toEqual(given);
  expect((await prepare({ deps: ['src'] })).notes).toEqual([
    'train is not given src/.env, src/deep/.Env, src/vendor/.dvc, src/vendor/.git: what it reads of that, name under deps',
  ]);
  const named = ['src', 'src/.env', 'src/vendor/.git/config'];
  expect(await mounted({ deps: named })).toEqual(
    [...given, '/work/src/.env', '/work/src/vendor/.git/config'].sort(),
  );
});

test('no link in a folder leads to what is private in it, or brings it with another folder', async () => {
  for (const path of ['src/a', 'src/deep/.env', 'other/.env', 'other/plain/x']) write(path);
  mkdirSync(join(root, 'data'));
  symlinkSync('../other', join(root, 'data/other'));
  expect(await mounted({ deps: ['data'] })).toEqual(['/work/data', '/work/data/other/plain']);
  expect(readdirSync(join(base, 'deps/0/other'))).toEqual(['plain']);
  symlinkSync('deep/.env', join(root, 'src/link'));
  await expect(prepare({ deps: ['src'] })).rejects.toThrow(/src\/link, which is by a link a part/);
});

describe('a dep with links out of it', () => {
  beforeEach(() => {
    write('data/plain', 'plain');
    write('data/sub/plain', 'sub');
    mkdirSync(join(base, 'cache/folder'), { recursive: true });
    writeFileSync(join(base, 'cache/object'), 'object');
    writeFileSync(join(base, 'cache/folder/in it'), 'in it');
  });
  const source = async () => {
    const { files } = await prepare({ deps: ['data'] });
    return files.map((file) => [file.target, file.source] as const);
  };

  test('is given as a folder that has the files themselves, and mounts of folders', async () => {
    symlinkSync(join(base, 'cache/object'), join(root, 'data/sub/link'));
    symlinkSync('../../cache/folder', join(root, 'data/folder'));
    symlinkSync('sub/plain', join(root, 'data/inside'));
    symlinkSync('nowhere', join(root, 'data/dangling'));
    const [, [target, shadow = ''] = [], inner] = await source();
    expect(target).toBe('/work/data');
    expect(shadow).toBe(join(base, 'deps/0'));
    expect(inner).toEqual(['/work/data/folder', join(base, 'cache/folder')]);
    expect(readdirSync(shadow, { recursive: true }).sort()).toEqual([
      'dangling',
      'folder',
      'inside',
      'plain',
      'sub',
      'sub/link',
      'sub/plain',
    ]);
    expect(readFileSync(join(shadow, 'sub/link'), 'utf8')).toBe('object');
    expect(statSync(join(shadow, 'sub/link')).ino).toBe(statSync(join(base, 'cache/object')).ino);
    expect(readFileSync(join(shadow, 'inside'), 'utf8')).toBe('sub');
  });

  test('is mounted itself where all links stay inside', async () => {
    symlinkSync('sub/plain', join(root, 'data/inside'));
    expect((await source())[1]).toEqual(['/work/data', join(root, 'data')]);
  });

  test('does not hand over the engine’s socket by such a link', async () => {
    const engineSocket = join(base, 'cache/docker.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(engineSocket, resolve));
    try {
      symlinkSync(engineSocket, join(root, 'data/link'));
      const { files } = await prepare({ deps: ['data'] }, { engineSocket });
      expect(readdirSync(files[1]?.source ?? '').sort()).toEqual(['plain', 'sub']);
      symlinkSync(join(base, 'cache'), join(root, 'data/folder'));
      rmSync(join(base, 'deps'), { recursive: true });
      await expect(prepare({ deps: ['data'] }, { engineSocket })).rejects.toThrow(
        /depends on data\/folder, which holds the container engine's socket/,
      );
    } finally {
      server.close();
    }
  });
});

test('a persisted out comes along, to be changed', async () => {
  write('model/weights', 'old');
  const stage = stageOf({ outs: ['model'] });
  const outs = stage.outs.map((out) => ({ ...out, persist: true }));
  await prepareScratch({ root, user: self }, { ...stage, outs }, join(base, 'scratch'));
  expect(readFileSync(join(base, 'scratch/model/weights'), 'utf8')).toBe('old');
});

test('links within a persisted out stay links, also in circles; what leads out of it is copied', async () => {
  write('model/a/plain', 'a');
  write('model/b/plain', 'b');
  write('cache/weights', 'old');
  symlinkSync('../b', join(root, 'model/a/x'));
  symlinkSync('../a', join(root, 'model/b/x'));
  symlinkSync(join(root, 'cache/weights'), join(root, 'model/weights'));
  const stage = stageOf({ outs: ['model'] });
  const outs = stage.outs.map((out) => ({ ...out, persist: true }));
  const folder = join(base, 'scratch');
  await prepareScratch({ root, user: self }, { ...stage, outs }, folder);
  expect([
    readlinkSync(join(folder, 'model/a/x')),
    readlinkSync(join(folder, 'model/b/x')),
  ]).toEqual(['../b', '../a']);
  expect(lstatSync(join(folder, 'model/weights')).isSymbolicLink()).toBe(false);
  expect(readFileSync(join(folder, 'model/weights'), 'utf8')).toBe('old');
});

test('what lies outside of the project is where the stage’s own path leads', async () => {
  for (const [path, text] of Object.entries({ 'far/x': 'x', 'far/p.yaml': 'a: 1\nb: 2\n' })) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  const params = [{ path: '../far/p.yaml', keys: ['a'] }];
  const deps = ['../far/x', join(base, 'far/x')];
  const { files } = await prepare({ deps, params, wdir: 'sub' });
  expect(files.map(({ target }) => target)).toEqual([
    ...['/work', '/far/x', join(base, 'far/x'), '/far/p.yaml'],
  ]);
  expect(readFileSync(files.at(-1)?.source ?? '', 'utf8')).toBe('a: 1\n');
  expect(files.at(-1)?.readOnly).toBe(true);
  expect(readFileSync(join(base, 'far/p.yaml'), 'utf8')).toBe('a: 1\nb: 2\n');
});

describe('what cannot be given is refused before anything runs', () => {
  const cases: readonly [string, () => unknown, Parameters<typeof stageOf>[0], RegExp][] = [
    ['a dep that is missing', () => 0, { deps: ['none'] }, /depends on none, which does not exist/],
    [
      'a dep that is a dangling link',
      () => symlinkSync('nowhere', join(root, 'dangling')),
      { deps: ['dangling'] },
      /dangling, a link that leads nowhere/,
    ],
    ['a dep above the project', () => 0, { deps: ['..'] }, /project itself lies in/],
    ['a dep of the machine', () => 0, { deps: ['/etc'] }, /a folder of the machine as a whole/],
    [
      'a dep where the image has its own',
      () => mkdirSync(join(base, 'lib')),
      { deps: ['../lib'] },
      /would lie at \/lib, over what the image has/,
    ],
    [
      'two deps at one place',
      () => {
        mkdirSync(join(base, 'bin'));
        writeFileSync(join(base, 'bin/sh'), '');
      },
      { deps: ['../bin/sh', '/bin/sh'] },
      /would both lie at \/bin\/sh/,
    ],
    ['a dep that is a device', () => 0, { deps: ['/dev/null'] }, /\/dev\/null, which is a device/],
    ['an out beside the project', () => 0, { outs: ['../x'] }, /out \.\.\/x, which lies outside/],
    ['an out elsewhere', () => 0, { outs: ['/tmp/x'] }, /out \/tmp\/x, which lies outside/],
    ['an out that is .env', () => 0, { outs: ['./.ENV'] }, /not for stages to write/],
    ['an out in .git', () => 0, { outs: ['sub/.git/hooks/x'] }, /not for stages to write/],
    ['an out that is dvc.lock', () => 0, { outs: ['sub/dvc.lock'] }, /not for stages to write/],
    ['an out in .sibling', () => 0, { outs: ['.sibling/x'] }, /not for stages to write/],
    ['an out in a bucket', () => 0, { outs: ['s3://b/x'] }, /out s3:\/\/b\/x, which lies outside/],
  ];
  test.each(cases)('%s', async (_, arrange, stage, says) => {
    arrange();
    await expect(prepare(stage)).rejects.toThrow(says);
    expect(existsSync(join(base, 'scratch'))).toBe(false);
  });

  test('the engine’s socket, as a dep, within a folder, and behind a link', async () => {
    const engineSocket = join(base, 'run/docker.sock');
    mkdirSync(dirname(engineSocket));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(engineSocket, resolve));
    try {
      symlinkSync('../run', join(root, 'innocent'));
      await expect(prepare({ deps: [engineSocket] }, { engineSocket })).rejects.toThrow(
        /is a socket/,
      );
      for (const dep of [dirname(engineSocket), 'innocent', base]) {
        await expect(prepare({ deps: [dep] }, { engineSocket })).rejects.toThrow(
          /holds the container engine's socket/,
        );
      }
    } finally {
      server.close();
    }
  });
});

test('a folder that root makes for somebody else’s project is theirs', async () => {
  if (self.uid !== 0) throw new Error('only root can show this: run the tests as root');
  write('in');
  write('params.yaml', 'a: 1\n');
  chownSync(root, 1000, 1000);
  const user = { uid: 1000, gid: 1000 };
  const params = [{ path: 'params.yaml', keys: ['a'] }];
  await prepare({ deps: ['in'], params, outs: ['deep/out'], wdir: 'sub' }, { user });
  const scratch = join(base, 'scratch');
  for (const path of ['', 'in', 'params.yaml', 'deep', 'sub']) {
    expect([path, statSync(join(scratch, path)).uid]).toEqual([path, 1000]);
  }
});

test.each(['.env', '.dvc/config.local'])(
  'a params file that is a link to %s is not given, however it is declared',
  async (place) => {
    write(place, 'password: canary\n');
    symlinkSync(place, join(root, 'given.yaml'));
    for (const keys of [[], ['password']]) {
      const params = [{ path: 'given.yaml', keys }];
      await expect(prepare({ params })).rejects.toThrow(/has params in given\.yaml, which is by a/);
      expect(existsSync(join(base, 'scratch/given.yaml'))).toBe(false);
    }
  },
);

test('a persisted out with a name that is not UTF-8 is refused by that name', async () => {
  write('model/deep/weights', 'old');
  writeFileSync(Buffer.concat([Buffer.from(join(root, 'model/deep/a')), Buffer.from([0xff])]), '');
  const stage = stageOf({ outs: ['model'] });
  const outs = stage.outs.map((out) => ({ ...out, persist: true }));
  const scratch = join(base, 'scratch');
  await expect(prepareScratch({ root, user: self }, { ...stage, outs }, scratch)).rejects.toThrow(
    'stage train has the out model/deep, where the name a\\xff is not UTF-8',
  );
  rmSync(Buffer.concat([Buffer.from(join(root, 'model/deep/a')), Buffer.from([0xff])]));
});
