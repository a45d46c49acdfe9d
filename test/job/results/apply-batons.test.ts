import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { ExpectedFailure } from '../../../src/errors.ts';
import type { StageResults, UncachedOut } from '../../../src/github/baton/stage-results.ts';
import { applyBatons } from '../../../src/job/results/apply-batons.ts';
import { findProject } from '../../../src/project/project.ts';
import { projectFolder } from '../../dvc/project-folder.ts';
import { stageResults } from '../../rig/stage-results.ts';

const project = () =>
  projectFolder({
    'dvc.yaml': `stages:
  train:
    cmd: train
    outs: [model]
    metrics: [metrics/train.json: {cache: false}]
  spill:
    cmd: spill
    outs: [spilt: {cache: false}]
  evaluate:
    cmd: evaluate
    deps: [model]
    metrics: [metrics.json: {cache: false}]
`,
    'train.py': 'train\n',
  });
const caller = { user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 } };
const entry = (stage: string, cmd = stage) => `  ${stage}:\n    cmd: ${cmd}\n`;

function found(stage: string, change: Partial<StageResults> = {}): StageResults {
  return stageResults({ stage, lock: { file: 'dvc.lock', entry: entry(stage) }, ...change });
}

const text = (path: string, content: string): UncachedOut => ({ path, file: { text: content } });
const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex');

async function refusal(of: StageResults): Promise<string> {
  const root = project();
  const error = await applyBatons(readPipeline(root), [of], caller).catch((thrown) => thrown);
  if (!(error instanceof ExpectedFailure)) throw new Error(`not refused: ${error}`);
  expect(existsSync(join(root, 'dvc.lock'))).toBe(false);
  expect(readFileSync(join(root, 'train.py'), 'utf8')).toBe('train\n');
  return error.failure.cause;
}

describe('what other jobs found, in a workspace', () => {
  test('give dvc.lock its entries in the order of the stages, and the uncached metrics', async () => {
    const root = project();
    const files = await applyBatons(
      readPipeline(root),
      [
        found('evaluate', { uncached: [text('metrics.json', '{}')] }),
        found('train', { uncached: [text('metrics/train.json', '[]')] }),
      ],
      caller,
    );
    expect(files).toEqual(['dvc.lock', 'metrics.json', 'metrics/train.json']);
    const lock = `schema: '2.0'\nstages:\n${entry('train')}${entry('evaluate')}`;
    expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toBe(lock);
    expect(readFileSync(join(root, 'metrics/train.json'), 'utf8')).toBe('[]');
  });

  const locked = (content: string | Buffer, kind = '      hash: md5\n') => ({
    file: 'dvc.lock',
    entry: `${entry('train')}    outs:
    - path: metrics/train.json
${kind}      md5: ${md5(content)}
`,
  });

  test('bring bytes that are no text as they are', async () => {
    const root = project();
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0x00]);
    const file = { base64: bytes.toString('base64'), executable: true as const };
    const uncached = [{ path: 'metrics/train.json', file }];
    const jobs = [found('train', { uncached, lock: locked(bytes) })];
    expect(await applyBatons(readPipeline(root), jobs, caller)).toHaveLength(2);
    expect(statSync(join(root, 'metrics/train.json')).mode & 0o100).toBe(0o100);
    expect(readFileSync(join(root, 'metrics/train.json'))).toEqual(bytes);
  });

  test("bring a text whose hash is DVC 2's, whatever ends its lines", async () => {
    const root = project();
    const uncached = [text('metrics/train.json', '{}\r\n')];
    const jobs = [found('train', { uncached, lock: locked('{}\n', '') })];
    await applyBatons(readPipeline(root), jobs, caller);
    expect(readFileSync(join(root, 'metrics/train.json'), 'utf8')).toBe('{}\r\n');
  });

  test.each<[string, UncachedOut]>([
    ['text', text('metrics/train.json', '{}\r\n')],
    ['bytes', { path: 'metrics/train.json', file: { base64: 'AAAA' } }],
    ['a folder', { path: 'metrics/train.json', folder: { 'a.json': { text: '{}\n' } } }],
  ])('%s of another hash than dvc.lock has is refused', async (_, out) => {
    expect(await refusal(found('train', { uncached: [out], lock: locked('{}\n') }))).toMatch(
      /^the job of stage train sent metrics\/train.json with other content than dvc.lock names/,
    );
  });

  const listing = `[{"md5": "${md5('1')}", "relpath": "deep/one"}, {"md5": "${md5('2')}", "relpath": "two"}]`;
  const spilt = (one: string): Partial<StageResults> => ({
    uncached: [{ path: 'spilt', folder: { 'deep/one': { text: one }, two: { text: '2' } } }],
    lock: {
      file: 'dvc.lock',
      entry: `${entry('spill')}    outs:\n    - path: spilt\n      hash: md5\n      md5: ${md5(listing)}.dir\n`,
    },
  });

  test('brings folders, in place of what an earlier run left', async () => {
    const root = project();
    mkdirSync(join(root, 'spilt'));
    writeFileSync(join(root, 'spilt/old'), 'old');
    const files = await applyBatons(readPipeline(root), [found('spill', spilt('1'))], caller);
    expect(files).toEqual(['dvc.lock', 'spilt']);
    expect(readFileSync(join(root, 'spilt/deep/one'), 'utf8')).toBe('1');
    expect(readdirSync(join(root, 'spilt')).sort()).toEqual(['deep', 'two']);
    const empty = found('spill', { uncached: [{ path: 'spilt', folder: {} }] });
    await applyBatons(readPipeline(root), [empty], caller);
    expect(readdirSync(join(root, 'spilt'))).toEqual([]);
  });

  test('a folder with a file that dvc.lock does not name is refused', async () => {
    expect(await refusal(found('spill', spilt('changed')))).toMatch(/spilt with other content/);
  });

  test('a link in the place of an out is replaced, not followed', async () => {
    const root = project();
    writeFileSync(join(root, 'elsewhere'), 'kept');
    symlinkSync('elsewhere', join(root, 'metrics.json'));
    const jobs = [found('evaluate', { uncached: [text('metrics.json', '{}')] })];
    await applyBatons(readPipeline(root), jobs, caller);
    expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('kept');
    expect(readFileSync(join(root, 'metrics.json'), 'utf8')).toBe('{}');
  });

  test("belong to the project's owner, with the folders that are new", async () => {
    // Only root can give files away; for anybody else they are the caller's.
    const { uid, gid } = caller.user;
    const owner = uid === 0 ? { uid: 12345, gid: 12346 } : { uid, gid };
    const root = project();
    for (const path of ['', 'dvc.yaml']) chownSync(join(root, path), owner.uid, owner.gid);
    const owned = findProject(root);
    expect(owned.user).toEqual(owner);
    const jobs = [found('train', { uncached: [text('metrics/train.json', '[]')] })];
    await applyBatons(readPipeline(root), jobs, owned);
    for (const path of ['dvc.lock', 'metrics', 'metrics/train.json']) {
      expect({ path, ...statSync(join(root, path)) }).toMatchObject({ path, ...owner });
    }
  });

  describe('when one cannot be written', () => {
    /** All names below a folder, with what the files hold. */
    const all = (root: string) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) => {
          const path = join(root, name);
          return [name, statSync(path).isFile() ? readFileSync(path, 'utf8') : ''];
        });

    test.each<[string, Record<string, string>]>([
      ['a file is where a folder has to be', { metrics: 'mine\n' }],
      ['a name is too long', {}],
    ])('%s: nothing has changed', async (why, files) => {
      const root = project();
      const pipeline = readPipeline(root);
      const old = { 'dvc.lock': `schema: '2.0'\nstages:\n${entry('spill', 'old')}`, ...files };
      for (const [name, content] of Object.entries(old)) writeFileSync(join(root, name), content);
      mkdirSync(join(root, 'spilt'));
      writeFileSync(join(root, 'spilt/old'), 'old');
      const before = all(root);
      const out = why === 'a name is too long' ? 'x'.repeat(300) : 'new';
      const jobs = [
        found('evaluate', { uncached: [text('metrics.json', '{}')] }),
        found('spill', { uncached: [{ path: 'spilt', folder: { [out]: { text: 'new' } } }] }),
        found('train', { uncached: [text('metrics/train.json', '[]')] }),
      ];
      await expect(applyBatons(pipeline, jobs, caller)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:EEXIST|ENOTDIR|ENAMETOOLONG)$/),
      });
      expect(all(root)).toEqual(before);
    });
  });

  test('a dvc.lock that is a link is followed, but not into what is private', async () => {
    const root = project();
    symlinkSync('locks/dvc.lock', join(root, 'dvc.lock'));
    mkdirSync(join(root, 'locks'));
    await applyBatons(readPipeline(root), [found('train')], caller);
    expect(readFileSync(join(root, 'locks/dvc.lock'), 'utf8')).toContain('cmd: train');
    expect(readdirSync(join(root, 'locks'))).toEqual(['dvc.lock']);
    const other = project();
    mkdirSync(join(other, '.git/hooks'), { recursive: true });
    symlinkSync('.git/hooks/post-commit', join(other, 'dvc.lock'));
    await expect(applyBatons(readPipeline(other), [found('train')], caller)).rejects.toThrow(
      /^dvc.lock is a link to .*\/.git\/hooks\/post-commit, which is a part of/,
    );
    expect(readdirSync(join(other, '.git/hooks'))).toEqual([]);
  });

  test('a dvc.lock that is a link into what is private is named with its place', async () => {
    const root = project();
    mkdirSync(join(root, '.git'), { recursive: true });
    symlinkSync('.git/x', join(root, 'dvc.lock'));
    const refused = applyBatons(readPipeline(root), [found('train')], caller);
    await expect(refused).rejects.toMatchObject({
      failure: { kind: 'configuration', place: { file: 'dvc.lock' } },
    });
  });

  test('a dvc.lock that is there keeps its mode, a new one has that of any file', async () => {
    const root = project();
    await applyBatons(readPipeline(root), [found('train')], caller);
    const mode = () => statSync(join(root, 'dvc.lock')).mode & 0o777;
    expect(mode()).toBe(0o666 & ~process.umask());
    chmodSync(join(root, 'dvc.lock'), 0o640);
    await applyBatons(readPipeline(root), [found('evaluate')], caller);
    expect(mode()).toBe(0o640);
  });

  test('files are executable where they were, and only there', async () => {
    const root = project();
    const folder = { run: { text: '', executable: true as const }, read: { text: '' } };
    const jobs = [found('spill', { uncached: [{ path: 'spilt', folder }] })];
    await applyBatons(readPipeline(root), jobs, caller);
    const executable = ['run', 'read'].map(
      (name) => statSync(join(root, 'spilt', name)).mode & 0o100,
    );
    expect(executable).toEqual([0o100, 0]);
  });

  test('an out whose place is a link out of what stages may write is refused', async () => {
    const root = project();
    mkdirSync(join(root, '.git/hooks'), { recursive: true });
    symlinkSync('.git/hooks', join(root, 'metrics'));
    const jobs = [found('train', { uncached: [text('metrics/train.json', '[]')] })];
    await expect(applyBatons(readPipeline(root), jobs, caller)).rejects.toThrow(/metrics/);
    expect(readdirSync(join(root, '.git/hooks'))).toEqual([]);
    expect(existsSync(join(root, 'dvc.lock'))).toBe(false);
  });

  test('of a job that never ran its stage there is no entry', async () => {
    const root = project();
    const jobs = [
      stageResults({ stage: 'train', uncached: [text('metrics/train.json', '[]')] }),
      found('spill', { lock: undefined } as Partial<StageResults>),
    ];
    expect(await applyBatons(readPipeline(root), jobs, caller)).toEqual(['metrics/train.json']);
    expect(existsSync(join(root, 'dvc.lock'))).toBe(false);
  });

  test('an entry that only DVC can read does not tell what an out has to be', async () => {
    const root = project();
    const odd = `${entry('train')}    outs:\n    - path: metrics/train.json\n      odd: 1\n`;
    const uncached = [text('metrics/train.json', '[]')];
    const jobs = [found('train', { uncached, lock: { file: 'dvc.lock', entry: odd } })];
    expect(await applyBatons(readPipeline(root), jobs, caller)).toHaveLength(2);
  });

  test('a folder whose hash is DVC 2’s is taken as it is', async () => {
    const root = project();
    const old = `${entry('spill')}    outs:\n    - path: spilt\n      md5: ${md5('x')}.dir\n`;
    const uncached = [{ path: 'spilt', folder: { a: { text: '1' } } }];
    const jobs = [found('spill', { uncached, lock: { file: 'dvc.lock', entry: old } })];
    expect(await applyBatons(readPipeline(root), jobs, caller)).toHaveLength(2);
  });

  test('a text whose hash is DVC 2’s is refused where more than its lines’ ends differ', async () => {
    const lock = locked('[]\n', '');
    const of = found('train', { uncached: [text('metrics/train.json', '{}\r\n')], lock });
    expect(await refusal(of)).toMatch(/other content than dvc.lock names/);
    const latin = found('train', {
      uncached: [text('metrics/train.json', 'ä\r\n')],
      lock: locked('ä\n', ''),
    });
    expect(await applyBatons(readPipeline(project()), [latin], caller)).toHaveLength(2);
  });

  test('of a stage in a folder of its own are at their places there', async () => {
    const yaml = `stages:
  train:
    cmd: train
    wdir: sub
    outs: [out.json: {cache: false}]
`;
    const root = projectFolder({ 'dvc.yaml': yaml, 'sub/x': '' });
    const lock = (content: string) => ({
      file: 'dvc.lock',
      entry: `${entry('train')}    outs:\n    - path: out.json\n      hash: md5\n      md5: ${md5(content)}\n`,
    });
    const job = (content: string) =>
      found('train', { uncached: [text('sub/out.json', '{}')], lock: lock(content) });
    const other = applyBatons(readPipeline(root), [job('[]')], caller);
    await expect(other).rejects.toThrow(/other content/);
    await applyBatons(readPipeline(root), [job('{}')], caller);
    expect(readFileSync(join(root, 'sub/out.json'), 'utf8')).toBe('{}');
  });

  test.each<[string, Partial<StageResults>[]]>([
    ['a stage that is not there', [{ stage: 'other' }]],
    ['one stage twice', [{}, {}]],
    ['a file of nobody', [{ uncached: [text('train.py', '')] }]],
    ['other content', [{ uncached: [text('metrics/train.json', 'x')], lock: locked('y') }]],
  ])('what is wrong with them is said as a fault of the workflow: %s', async (_, changes) => {
    const jobs = changes.map((change) => found('train', change));
    await expect(applyBatons(readPipeline(project()), jobs, caller)).rejects.toMatchObject({
      failure: { kind: 'usage', hint: expect.stringMatching(/workflow/) },
    });
  });

  test('of one stage twice are refused', async () => {
    const twice = applyBatons(readPipeline(project()), [found('train'), found('train')], caller);
    await expect(twice).rejects.toThrow('two jobs ran the stage train');
  });

  test('leave the entries of other stages as they are', async () => {
    const root = project();
    const before = `schema: '2.0'\nstages:\n${entry('train', 'old')}${entry('evaluate', 'old')}`;
    writeFileSync(join(root, 'dvc.lock'), before);
    await applyBatons(readPipeline(root), [found('train')], caller);
    const after = before.replace('cmd: old', 'cmd: train');
    expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toBe(after);
  });

  test.each<[string, Partial<StageResults>, RegExp]>([
    [
      'a file that the stage does not make',
      { uncached: [text('train.py', 'evil')] },
      /sent the file train.py/,
    ],
    [
      'a folder that the stage does not make',
      { uncached: [{ path: '.github', folder: {} }] },
      /file .github/,
    ],
    ['an out that DVC caches', { uncached: [text('model', 'evil')] }, /sent the file model/],
    ["another stage's out", { uncached: [text('metrics.json', '{}')] }, /file metrics.json/],
    ['a stage that is not there', { stage: 'other' }, /ran the stage other/],
    [
      'a lock file of no pipeline',
      { lock: { file: 'other/dvc.lock', entry: entry('train') } },
      /sent the file other\/dvc.lock/,
    ],
    [
      'an entry of another name',
      { lock: { file: 'dvc.lock', entry: entry('other') } },
      /not one stage's entry/,
    ],
    [
      'two entries in one',
      { lock: { file: 'dvc.lock', entry: entry('train') + entry('x') } },
      /not one stage's entry/,
    ],
    [
      'an entry that closes the map',
      { lock: { file: 'dvc.lock', entry: `${entry('train')}evil: 1\n` } },
      /not one stage's entry/,
    ],
    [
      'an entry that is no YAML',
      { lock: { file: 'dvc.lock', entry: '  train: [' } },
      /not one stage's entry/,
    ],
  ])('with %s are refused, and nothing is written', async (_, change, cause) => {
    expect(await refusal(found('train', change))).toMatch(cause);
  });
});
