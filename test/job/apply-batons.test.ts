import { createHash } from 'node:crypto';
import { chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read-pipeline.ts';
import { ExpectedFailure } from '../../src/errors.ts';
import type { Baton } from '../../src/github/baton.ts';
import { applyBatons } from '../../src/job/apply-batons.ts';
import { findProject } from '../../src/project.ts';
import { projectFolder } from '../dvc/project-folder.ts';

const project = () =>
  projectFolder({
    'dvc.yaml': `stages:
  train:
    cmd: train
    outs: [model]
    metrics: [metrics/train.json: {cache: false}]
  evaluate:
    cmd: evaluate
    deps: [model]
    metrics: [metrics.json: {cache: false}]
`,
    'train.py': 'train\n',
  });
const caller = { user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 } };
const entry = (stage: string, cmd = stage) => `  ${stage}:\n    cmd: ${cmd}\n`;

function baton(stage: string, change: Partial<Baton> = {}): Baton {
  return {
    ...{ version: 1, stage, outcome: 'ran', reason: 'new', seconds: 1, outs: [], files: {} },
    ...{ startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:01Z' },
    lock: { 'dvc.lock': { [stage]: entry(stage) } },
    ...change,
  };
}

async function refusal(of: Baton): Promise<string> {
  const root = project();
  const error = await applyBatons(readPipeline(root), [of], caller).catch((thrown) => thrown);
  if (!(error instanceof ExpectedFailure)) throw new Error(`not refused: ${error}`);
  expect(existsSync(join(root, 'dvc.lock'))).toBe(false);
  expect(readFileSync(join(root, 'train.py'), 'utf8')).toBe('train\n');
  return error.failure.cause;
}

describe('batons in a workspace', () => {
  test('give dvc.lock its entries in the order of the stages, and the uncached metrics', async () => {
    const root = project();
    const files = await applyBatons(
      readPipeline(root),
      [
        baton('evaluate', { files: { 'metrics.json': '{}' } }),
        baton('train', { files: { 'metrics/train.json': '[]' } }),
      ],
      caller,
    );
    expect(files).toEqual(['dvc.lock', 'metrics.json', 'metrics/train.json']);
    const lock = `schema: '2.0'\nstages:\n${entry('train')}${entry('evaluate')}`;
    expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toBe(lock);
    expect(readFileSync(join(root, 'metrics/train.json'), 'utf8')).toBe('[]');
  });

  const locked = (content: string | Buffer, kind = '      hash: md5\n') => ({
    'dvc.lock': {
      train: `${entry('train')}    outs:
    - path: metrics/train.json
${kind}      md5: ${createHash('md5').update(content).digest('hex')}
`,
    },
  });

  test('bring bytes that are no text as they are', async () => {
    const root = project();
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0x00]);
    const binary = { 'metrics/train.json': bytes.toString('base64') };
    const batons = [baton('train', { binary, lock: locked(bytes) })];
    expect(await applyBatons(readPipeline(root), batons, caller)).toHaveLength(2);
    expect(readFileSync(join(root, 'metrics/train.json'))).toEqual(bytes);
  });

  test("bring a text whose hash is DVC 2's, whatever ends its lines", async () => {
    const root = project();
    const files = { 'metrics/train.json': '{}\r\n' };
    const batons = [baton('train', { files, lock: locked('{}\n', '') })];
    await applyBatons(readPipeline(root), batons, caller);
    expect(readFileSync(join(root, 'metrics/train.json'), 'utf8')).toBe('{}\r\n');
  });

  test.each<[string, Partial<Baton>]>([
    ['text', { files: { 'metrics/train.json': '{}\r\n' } }],
    ['bytes', { binary: { 'metrics/train.json': 'AAAA' } }],
  ])('with %s of another hash than dvc.lock has are refused', async (_, change) => {
    expect(await refusal(baton('train', { ...change, lock: locked('{}\n') }))).toMatch(
      /^the job of stage train sent metrics\/train.json with other content than dvc.lock names/,
    );
  });

  test("belong to the project's owner, with the folders that are new", async () => {
    // Only root can give files away; for anybody else they are the caller's.
    const { uid, gid } = caller.user;
    const owner = uid === 0 ? { uid: 12345, gid: 12346 } : { uid, gid };
    const root = project();
    for (const path of ['', 'dvc.yaml']) chownSync(join(root, path), owner.uid, owner.gid);
    const found = findProject(root);
    expect(found.user).toEqual(owner);
    const batons = [baton('train', { files: { 'metrics/train.json': '[]' } })];
    await applyBatons(readPipeline(root), batons, found);
    for (const path of ['dvc.lock', 'metrics', 'metrics/train.json']) {
      expect({ path, ...statSync(join(root, path)) }).toMatchObject({ path, ...owner });
    }
  });

  test('leave the entries of other stages as they are', async () => {
    const root = project();
    const before = `schema: '2.0'\nstages:\n${entry('train', 'old')}${entry('evaluate', 'old')}`;
    writeFileSync(join(root, 'dvc.lock'), before);
    await applyBatons(readPipeline(root), [baton('train')], caller);
    const after = before.replace('cmd: old', 'cmd: train');
    expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toBe(after);
  });

  test.each<[string, Partial<Baton>, RegExp]>([
    [
      'a file that the stage does not make',
      { files: { 'train.py': 'evil' } },
      /sent the file train.py/,
    ],
    ['bytes that the stage does not make', { binary: { 'train.py': 'AAAA' } }, /file train.py/],
    ['an out that DVC caches', { files: { model: 'evil' } }, /sent the file model/],
    [
      'a lock file of no pipeline',
      { lock: { 'other/dvc.lock': {} } },
      /sent the file other\/dvc.lock/,
    ],
    [
      'an entry of another name',
      { lock: { 'dvc.lock': { train: entry('other') } } },
      /not one stage's entry/,
    ],
    [
      'two entries in one',
      { lock: { 'dvc.lock': { train: entry('train') + entry('x') } } },
      /not one stage's entry/,
    ],
    [
      'an entry that closes the map',
      { lock: { 'dvc.lock': { train: `${entry('train')}evil: 1\n` } } },
      /not one stage's entry/,
    ],
    [
      'an entry that is no YAML',
      { lock: { 'dvc.lock': { train: '  train: [' } } },
      /not one stage's entry/,
    ],
  ])('with %s are refused, and nothing is written', async (_, change, cause) => {
    expect(await refusal(baton('train', change))).toMatch(cause);
  });
});
