import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import {
  pipelineStatus,
  type StageStatus,
  type StatusOptions,
} from '../../../src/dvc/status/pipeline-status.ts';
import { noConfig, projectFolder, writeFiles } from '../project-folder.ts';

const one = '1111111111111111111111111111111a';
const other = '2222222222222222222222222222222b';
const entry = (path: string, md5: string) =>
  `    - path: ${path}\n      hash: md5\n      md5: ${md5}\n`;

/** How a stage stands that reads `dep`, of which its lock has the hash `one`; no data is here. */
async function stateOf(
  dep: string,
  files: Readonly<Record<string, string>>,
  stages = '',
  lock = '',
) {
  const root = projectFolder({
    'dvc.yaml': `stages:\n${stages}  read:\n    cmd: read\n    deps: [${dep}]\n    outs: [result]\n`,
    'dvc.lock': `schema: '2.0'\nstages:\n${lock}  read:\n    cmd: read\n    deps:\n${entry(dep, one)}    outs:\n${entry('result', one)}`,
    ...files,
  });
  const { stages: found } = await pipelineStatus(readPipeline(root), {
    ...{ allowMissing: true, stages: ['read'], env: noConfig },
    hashCache: join(root, 'hash-cache'),
  });
  return found.map(({ state }) => state);
}

const dvcFile = (path: string, md5: string) => ({
  [`${path}.dvc`]: `outs:\n- md5: ${md5}\n  hash: md5\n  path: ${path}\n`,
});
const make = '  make:\n    cmd: make\n    outs: [data]\n';
const made = (md5: string) => `  make:\n    cmd: make\n    outs:\n${entry('data', md5)}`;

describe('of data that is not here', () => {
  test.each<[string, string, Parameters<typeof stateOf>]>([
    ['a .dvc file that names the same', 'unchanged', ['data', dvcFile('data', one)]],
    ['a .dvc file that names something else', 'stale', ['data', dvcFile('data', other)]],
    ['a stage that made the same', 'unchanged', ['data', {}, make, made(one)]],
    ['a stage that made something else', 'stale', ['data', {}, make, made(other)]],
    ['a file in a folder of a .dvc file', 'ask-dvc', ['data/x', dvcFile('data', `${one}.dir`)]],
    ['a file in a folder that a stage made', 'ask-dvc', ['data/x', {}, make, made(`${one}.dir`)]],
    [
      'a folder around what a stage made',
      'ask-dvc',
      ['d', {}, make.replace('data', 'd/data'), made(one).replace('data', 'd/data')],
    ],
    ['a neighbour of what a stage made', 'unchanged', ['data.csv', {}, make, made(other)]],
  ])('%s: %s', async (_, state, project) => {
    expect(await stateOf(...project)).toEqual([state]);
  });
});

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
/** A stage that reads and writes files which DVC does not cache. */
const stage = (name: string, dep: string, out: string, more = '') =>
  `  ${name}:\n    cmd: ${name}\n${more}    deps: [${dep}]\n    outs: [${out}: {cache: false}]\n`;
const locked = (name: string, dep: string, out: string) =>
  `  ${name}:\n    cmd: ${name}\n    deps:\n${entry(dep, md5(dep))}    outs:\n${entry(out, md5(out))}`;
const lockOf = (...entries: string[]) => `schema: '2.0'\nstages:\n${entries.join('')}`;

/** A chain from a to d, all as their locks say: each file holds its own name. */
const chain = () =>
  projectFolder({
    'dvc.yaml': `stages:\n${stage('one', 'a', 'b')}${stage('two', 'b', 'c')}${stage('three', 'c', 'd')}`,
    'dvc.lock': lockOf(locked('one', 'a', 'b'), locked('two', 'b', 'c'), locked('three', 'c', 'd')),
    ...{ a: 'a', b: 'b', c: 'c', d: 'd' },
  });

async function statusOf(root: string, options: StatusOptions = {}) {
  const { stages, sources, handovers } = await pipelineStatus(readPipeline(root), {
    ...{ env: noConfig, hashCache: join(root, 'hash-cache') },
    ...options,
  });
  const short = (found: readonly StageStatus[]) =>
    found.map(({ address, state, staleUpstream }) => [address, state, ...staleUpstream]);
  return { stages: short(stages), sources: short(sources), handovers, whole: { stages, sources } };
}

describe('a pipeline', () => {
  test('is unchanged where all is as the locks say', async () => {
    expect(await statusOf(chain())).toMatchObject({
      stages: [
        ['one', 'unchanged'],
        ['two', 'unchanged'],
        ['three', 'unchanged'],
      ],
      ...{ sources: [], handovers: [] },
    });
  });

  test('is stale from where something differs, and all after it may be', async () => {
    const root = chain();
    writeFiles(root, { a: 'other' });
    expect((await statusOf(root)).stages).toEqual([
      ['one', 'stale'],
      ['two', 'unchanged', 'one'],
      ['three', 'unchanged', 'one'],
    ]);
    writeFiles(root, { a: 'a', c: 'other' });
    expect((await statusOf(root)).stages).toEqual([
      ['one', 'unchanged'],
      ['two', 'stale'],
      ['three', 'stale', 'two'],
    ]);
    expect((await statusOf(root)).whole.stages.map(({ reasons }) => reasons)).toEqual([
      [],
      [{ kind: 'out', path: 'c', change: 'modified' }],
      [{ kind: 'dep', path: 'c', change: 'modified' }],
    ]);
  });

  test('is not followed to what comes before a frozen stage', async () => {
    const root = chain();
    const text = `stages:\n${stage('one', 'a', 'b')}${stage('two', 'b', 'c', '    frozen: true\n')}${stage('three', 'c', 'd')}`;
    writeFiles(root, { a: 'other', b: 'other', 'dvc.yaml': text });
    expect((await statusOf(root)).stages).toEqual([
      ['one', 'stale'],
      ['two', 'unchanged'],
      ['three', 'unchanged'],
    ]);
  });

  test('is judged in part: what comes before and is not asked for is not known', async () => {
    const root = chain();
    writeFiles(root, { a: 'other', 'x.dvc': dvcFile('x', one)['x.dvc'] ?? '' });
    expect(await statusOf(root, { stages: ['two'] })).toMatchObject({
      ...{ stages: [['two', 'unchanged']], sources: [] },
    });
    expect((await statusOf(root, { stages: [] })).stages).toEqual([]);
  });

  test.each([
    ['of DVC 1', 'one:\n  cmd: one\n', /^dvc.lock, written by DVC 1$/],
    [
      'with what is not read here',
      lockOf(locked('one', 'a', 'b')).replace(' md5: ', ' odd: '),
      /^dvc.lock \(/,
    ],
  ])('with a lock %s is left to DVC', async (_, lock, construct) => {
    const root = chain();
    writeFiles(root, { 'dvc.lock': lock });
    const { whole } = await statusOf(root);
    for (const { state, reasons } of whole.stages) {
      expect(state).toBe('ask-dvc');
      const expected = { kind: 'not-understood', construct: expect.stringMatching(construct) };
      expect(reasons).toEqual([expected]);
    }
  });

  test('with a configuration that is not read here is left to DVC, sources too', async () => {
    const root = chain();
    writeFiles(root, { ...dvcFile('x', one), '.dvc/config': '[cache]\ns3 = x\n' });
    const { whole } = await statusOf(root);
    const all = [...whole.stages, ...whole.sources];
    expect(all).toHaveLength(4);
    for (const { state, reasons } of all) {
      expect(state).toBe('ask-dvc');
      const construct = expect.stringMatching(/cache\.s3/);
      expect(reasons).toEqual([{ kind: 'not-understood', construct }]);
    }
  });

  test('with a lock that DVC refuses too is refused', async () => {
    const root = chain();
    writeFiles(root, { 'dvc.lock': lockOf('  one:\n    deps: []\n') });
    await expect(statusOf(root)).rejects.toMatchObject({ failure: { kind: 'configuration' } });
  });

  test('of folders of their own is judged by what its lock says of the stage before', async () => {
    const entries = (md5OfOut: string) =>
      lockOf(
        `  one:\n    cmd: one\n    outs:\n${entry('b', md5OfOut)}`,
        `  two:\n    cmd: two\n    deps:\n${entry('sub/b', one)}`,
      );
    const yaml = `stages:
  one:
    cmd: one
    wdir: sub
    outs: [b: {cache: false}]
  two:
    cmd: two
    deps: [sub/b]
`;
    const root = projectFolder({ 'dvc.yaml': yaml, 'dvc.lock': entries(one), 'sub/x': '' });
    const stateOfTwo = async () => {
      const { stages } = await statusOf(root, { stages: ['two'], allowMissing: true });
      return stages;
    };
    expect(await stateOfTwo()).toEqual([['two', 'unchanged']]);
    writeFiles(root, { 'dvc.lock': entries(other) });
    expect(await stateOfTwo()).toEqual([['two', 'stale']]);
  });

  test('that never ran is stale, and a wrong lock of another file is nobody else’s', async () => {
    const root = projectFolder({
      'dvc.yaml': `stages:\n${stage('one', 'a', 'b')}`,
      'sub/dvc.yaml': `stages:\n${stage('two', 'a', 'b')}`,
      'sub/dvc.lock': 'two:\n  cmd: two\n',
      a: 'a',
    });
    const { stages } = await statusOf(root);
    expect(new Map(stages as [string, string][])).toEqual(
      new Map([
        ['one', 'stale'],
        ['sub/dvc.yaml:two', 'ask-dvc'],
      ]),
    );
  });

  test('in a folder of its own, with params, a cache and what stands in Python', async () => {
    const yaml = `stages:
  one:
    cmd: one
    wdir: sub
    deps: [a]
    params: [lr, settings.py: [depth]]
    outs: [b]
`;
    const params =
      '    params:\n      params.yaml:\n        lr: 5\n      settings.py:\n        depth: 2\n';
    const lock = `  one:\n    cmd: one\n    deps:\n${entry('a', md5('a'))}${params}    outs:\n${entry('b', md5('b'))}`;
    const object = `.dvc/cache/files/md5/${md5('b').slice(0, 2)}/${md5('b').slice(2)}`;
    const root = projectFolder({
      ...{ 'dvc.yaml': yaml, 'dvc.lock': lockOf(lock), [object]: 'b' },
      ...{
        'sub/a': 'a',
        'sub/b': 'b',
        'sub/params.yaml': 'lr: 5\n',
        'sub/settings.py': 'depth = 2\n',
      },
    });
    expect((await statusOf(root)).stages).toEqual([['one', 'unchanged']]);
    const reasonsAfter = async (files: Record<string, string>) => {
      writeFiles(root, files);
      return (await statusOf(root)).whole.stages[0]?.reasons;
    };
    expect(await reasonsAfter({ 'sub/params.yaml': 'lr: 6\n' })).toMatchObject([{ kind: 'param' }]);
    expect(
      await reasonsAfter({ 'sub/params.yaml': 'lr: 5\n', 'sub/settings.py': 'depth = 3\n' }),
    ).toMatchObject([{ kind: 'param', file: 'sub/settings.py' }]);
    writeFiles(root, { 'sub/settings.py': 'depth = 2\n' });
    rmSync(join(root, object));
    expect(await reasonsAfter({})).toEqual([
      { kind: 'out', path: 'sub/b', change: 'not-in-cache' },
    ]);
    expect((await statusOf(root, { allowMissing: true })).stages).toEqual([['one', 'unchanged']]);
  });
});

describe('.dvc files', () => {
  const object = (text: string) =>
    `.dvc/cache/files/md5/${md5(text).slice(0, 2)}/${md5(text).slice(2)}`;

  test.each<[string, Record<string, string>, boolean, string]>([
    ['as they say', { data: 'x', [object('x')]: 'x' }, false, 'unchanged'],
    ['with other content', { data: 'y', [object('x')]: 'x' }, false, 'stale'],
    ['missing', { [object('x')]: 'x' }, false, 'stale'],
    ['not in the cache', { data: 'x' }, false, 'stale'],
    ['missing, which is allowed', {}, true, 'unchanged'],
    [
      'with other content, where missing is allowed',
      { data: 'y', [object('x')]: 'x' },
      true,
      'stale',
    ],
  ])('data %s', async (_, files, allowMissing, state) => {
    const root = projectFolder({
      ...dvcFile('data', md5('x')),
      ...files,
      'dvc.yaml': 'stages: {}\n',
    });
    const { sources } = await statusOf(root, { allowMissing });
    expect(sources).toEqual([['data.dvc', state]]);
  });

  test('that only DVC can read, and one that has no hash yet', async () => {
    const root = projectFolder({
      'dvc.yaml': 'stages: {}\n',
      'odd.dvc': 'outs:\n- path: odd\n  etag: x\n',
      'new.dvc': 'outs:\n- path: new\n',
      ...{ odd: 'x', new: 'x' },
    });
    const { whole } = await statusOf(root);
    const found = new Map(
      whole.sources.map(({ address, state, reasons }) => [address, { state, reasons }]),
    );
    expect(found.get('odd.dvc')).toMatchObject({
      state: 'ask-dvc',
      reasons: [{ kind: 'not-understood', construct: expect.stringMatching(/./) }],
    });
    expect(found.get('new.dvc')).toEqual({
      state: 'stale',
      reasons: [{ kind: 'out', path: 'new', change: 'new' }],
    });
  });
});
