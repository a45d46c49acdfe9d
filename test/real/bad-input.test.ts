import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

/** An error of one paragraph: what is wrong, where, and what to do; never a stack. */
function expectClear(stderr: string, ...says: RegExp[]): void {
  for (const pattern of says) expect(stderr).toMatch(pattern);
  expect(stderr).toMatch(/^error: /m);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
}

const stage = (rest: object) => ({ cmd: 'sibling stage x', ...rest });

describe('a wrong dvc.yaml or params.yaml', () => {
  const table: readonly [string, string, readonly RegExp[]][] = [
    ['has a syntax error', 'stages:\n  a:\n    cmd: [x\n', [/dvc\.yaml:\d+:\d+: not valid YAML/]],
    [
      'has a cycle',
      stringify({
        stages: { a: stage({ deps: ['y'], outs: ['x'] }), b: stage({ deps: ['x'], outs: ['y'] }) },
      }),
      [/dvc\.yaml:\d+/, /in a circle: (a → b → a|b → a → b)/, /Take one dep out/],
    ],
    [
      'gives two stages the same out',
      stringify({ stages: { a: stage({ outs: ['x'] }), b: stage({ outs: ['x'] }) } }),
      [/dvc\.yaml:\d+/, /stage a and stage b both have the out x/],
    ],
    [
      'declares a param that params.yaml lacks',
      stringify({ stages: { a: stage({ params: ['train.lr'], outs: ['x'] }) } }),
      [/dvc\.yaml:\d+/, /train\.lr/, /params\.yaml/],
    ],
    [
      'misspells a key of a stage',
      stringify({ stages: { a: stage({ dep: ['x'] }) } }),
      [/dvc\.yaml:\d+:\d+/, /unknown key dep|dep/, /Did you mean deps\?/],
    ],
    [
      'misspells a key of meta.sibling',
      stringify({ stages: { a: stage({ meta: { sibling: { memroy: '1g' } } }) } }),
      [/dvc\.yaml:\d+:\d+/, /meta\.sibling\.memroy/, /Did you mean memory\?/],
    ],
    [
      'has an out that Git tracks',
      stringify({ stages: { a: { cmd: 'sibling stage a', outs: ['params.yaml'] } } }),
      [/dvc\.yaml:\d+/, /Git tracks params\.yaml/, /git rm -r --cached -- params\.yaml/],
    ],
  ];
  test.each(table)('that %s is refused with the place and the remedy', async (_, text, says) => {
    const root = makeProject({
      stages: {},
      files: { 'dvc.yaml': text, 'params.yaml': 'train:\n  depth: 3\n' },
    });
    const result = await sibling(root, ['run']);
    expectClear(result.stderr, ...says);
    expect(result.code).toBe(3);
    // What only looks works on, if it can, and says so too.
    const looked = await sibling(root, ['status']);
    for (const words of says) expect(looked.stderr).toMatch(words);
    removeProject(root);
  });
});

describe('a wrong command line', () => {
  let root = '';
  beforeAll(() => {
    const data = 'outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  hash: md5\n  path: raw\n';
    const stages = { train: { script: 'true' }, test: { script: 'true' } };
    root = makeProject({ stages, files: { 'raw.dvc': data } });
  });
  afterAll(() => removeProject(root));

  test.each([
    ['raw.dvc', /raw\.dvc has no stage/, /dvc add/],
    ['dvc.yaml', /dvc\.yaml names 2 stages/, /Name one of these: train, test\./],
  ])('%s as the one stage to run', async (name, ...says) => {
    const result = await sibling(root, ['stage', name]);
    expectClear(result.stderr, ...says);
    expect(result.code).toBe(2);
  });

  test('an unknown stage is named with the nearest one', async () => {
    const result = await sibling(root, ['run', 'trian']);
    expectClear(result.stderr, /no stage trian/, /Did you mean train\?/);
    expect(result.code).toBe(2);
  });

  test('a folder without dvc.yaml is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sibling-none-'));
    const result = await sibling(folder, ['run']);
    expectClear(result.stderr, /no dvc\.yaml and no \.dvc in/);
    expect(result.code).toBe(2);
    rmSync(folder, { recursive: true });
  });

  test('an unknown option shows how to get help', async () => {
    const result = await sibling(root, ['run', '--fast']);
    expect(result.stderr).toMatch(/unknown option '--fast'/);
    expect(result.code).toBe(2);
  });

  test("params for one run: DVC's own command is named", async () => {
    const result = await sibling(root, ['run', '-S', 'a=1']);
    expectClear(result.stderr, /sibling run has no -S/, /dvc exp run -S/);
    expect(result.code).toBe(2);
  });
});

describe('an engine that cannot be used', () => {
  const nobody = { uid: 65534, gid: 65534 };
  let root = '';
  beforeAll(async () => {
    await ensureBusyboxImage();
    root = makeProject({ stages: { a: { script: 'true' } } });
  });
  afterAll(() => removeProject(root));

  test('no engine, and not root: says how to start one', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const result = await sibling(root, ['run'], { env, ...nobody });
    expectClear(result.stderr, /no container engine answers/, /systemctl start docker/);
    expect(result.code).toBe(4);
  });

  test('a socket without permission: names the docker group', async () => {
    const result = await sibling(root, ['run'], nobody);
    expectClear(result.stderr, /no permission/, /usermod -aG docker/);
    expect(result.code).toBe(4);
  });

  test('an engine that hangs: gives up after a few seconds', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'sibling-hung-')), 'docker.sock');
    const server: Server = createServer(() => undefined).listen(path);
    const result = await sibling(root, ['run'], { env: { DOCKER_HOST: `unix://${path}` } });
    server.close();
    expectClear(result.stderr, /did not answer within 5 s/);
    expect(result.code).toBe(4);
  });
});

test('a variable that a stage declares and nobody sets is named before anything starts', async () => {
  const root = makeProject({
    stages: { a: { script: 'true', entry: { meta: { sibling: { env: ['API_KEY'] } } } } },
  });
  const result = await sibling(root, ['run']);
  expectClear(result.stderr, /stage a declares the variable API_KEY, which is not set/, /\.env/);
  expect(result.stderr).not.toMatch(/Building image/);
  expect(result.code).toBe(3);
  writeFileSync(join(root, '.env'), 'API_KEY=k\n');
  expect((await sibling(root, ['run'])).code).toBe(0);
  removeProject(root);
});
