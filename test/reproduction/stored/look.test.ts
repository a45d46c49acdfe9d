import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Out } from '../../../src/dvc/pipeline.ts';
import { verdictOf } from '../../../src/reproduction/compare/result.ts';
import type { ReproductionContext } from '../../../src/reproduction/context/context.ts';
import type { Revision } from '../../../src/reproduction/context/revision.ts';
import { objectPath } from '../../../src/reproduction/context/stored-objects.ts';
import { lookAtStored } from '../../../src/reproduction/stored/look.ts';
import { record, stage, version } from '../records.ts';

const md5 = createHash('md5').update('model').digest('hex');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-stored-'));
  const object = objectPath(join(folder, 'remote'), md5);
  for (const [path, text] of [
    [object, 'model'],
    [join(folder, 'checkout/model'), 'model'],
    [join(folder, 'checkout/dvc.yaml'), 'stages: {}\n'],
    [join(folder, 'workspace/dvc.yaml'), 'stages: {}\n'],
  ] as const) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function look(out: Partial<Out>, kind: 'md5' | 'md5-dos2unix' = 'md5', given: string[] = []) {
  const whole = { path: 'model', kind: 'out', cache: true, persist: false, push: true } as const;
  const train = stage('train', { outs: [{ ...whole, ...out }] });
  const locked = [
    { ...record(train, {}), outs: new Map([['model', { path: 'model', kind, hash: md5 }]]) },
  ];
  const context = {
    registered: version({ md5 }),
    commit: { hash: 'c0ffee', from: 'history' },
    checkout: { project: { root: join(folder, 'checkout') } },
    request: { project: { root: join(folder, 'workspace') } },
    remote: { kind: 'folder', folder: join(folder, 'remote') },
  };
  const old = { path: 'raw', kind: 'md5-dos2unix', hash: md5 } as const;
  const revision = {
    pipeline: { sources: [{ address: 'raw.dvc', hashes: [old] }] },
    locked,
    model: { stage: train, path: 'model' },
    wanted: { targets: ['train'], stages: [train], given },
  };
  return lookAtStored(context as unknown as ReproductionContext, revision as unknown as Revision);
}

test('the model’s object is hashed', async () => {
  const { checks } = await look({});
  expect(verdictOf(checks)).toBe('identical');
  expect(checks.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'lock same',
    'stored same',
    'model same',
  ]);
});

test('a model that Git keeps is hashed where it lies', async () => {
  expect(verdictOf((await look({ cache: false })).checks)).toBe('identical');
  writeFileSync(join(folder, 'checkout/model'), 'another');
  expect(verdictOf((await look({ cache: false })).checks)).toBe('differs');
});

test.each([
  ['that dvc push leaves out', 'md5', { push: false }],
  ['that DVC 2 has hashed', 'md5-dos2unix', {}],
  ['that DVC 2 has hashed and Git keeps', 'md5-dos2unix', { cache: false }],
] as const)('nothing is said of a model %s', async (_, kind, out) => {
  await expect(look(out, kind)).rejects.toThrow('no stored bytes of model could be looked at');
});

test('nor where it was made of data that cannot be hashed', async () => {
  await expect(look({}, 'md5', ['raw.dvc'])).rejects.toThrow('no stored bytes of raw could');
  await expect(look({}, 'md5', ['frozen'])).rejects.toThrow('no stored bytes of frozen could');
});
