import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ReproductionContext } from '../../../src/reproduction/context/context.ts';
import type { Revision } from '../../../src/reproduction/context/revision.ts';
import { objectPath } from '../../../src/reproduction/context/stored-objects.ts';
import { bringGiven } from '../../../src/reproduction/stored/given-data.ts';

const md5 = createHash('md5').update('raw').digest('hex');
const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let folder = '';
let called: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-given-'));
  called = [];
  mkdirSync(join(folder, 'checkout/.dvc'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const own = () => join(folder, 'workspace/.dvc/cache');
const remote = () => join(folder, 'remote');
const inCheckout = () => join(folder, 'checkout/.dvc/cache');

function store(where: string, content: string): void {
  mkdirSync(dirname(objectPath(where, md5)), { recursive: true });
  writeFileSync(objectPath(where, md5), content);
}

function bring(kind = 'md5', isPulled = true) {
  const context = {
    request: { project: { root: join(folder, 'workspace') }, view: { line: () => undefined } },
    checkout: { project: { root: join(folder, 'checkout'), user } },
    remote: { kind: 'folder', folder: remote() },
    dvc: async ([command]: readonly string[]) => {
      called.push(command ?? '');
      if (command === 'pull' && isPulled) store(inCheckout(), 'raw');
      return { code: 0, output: [] };
    },
  };
  const hash = { path: 'raw.csv', kind, hash: md5 };
  const source = { address: 'raw.csv.dvc', hashes: [hash] };
  const wanted = { given: ['raw.csv.dvc'] };
  const revision = { pipeline: { sources: [source] }, locked: [], wanted };
  return bringGiven(context as unknown as ReproductionContext, revision as unknown as Revision);
}

test('what the local cache has is taken from there, as DVC protects it', async () => {
  store(own(), 'raw');
  expect(await bring()).toEqual([expect.objectContaining({ what: 'raw.csv', state: 'same' })]);
  expect(called).toEqual(['checkout']);
  expect(statSync(objectPath(inCheckout(), md5)).mode & 0o777).toBe(0o444);
});

test('what is wrong in the local cache comes from the remote', async () => {
  store(own(), 'poison');
  store(remote(), 'raw');
  await bring();
  expect(called).toEqual(['pull']);
});

test('what is wrong in the remote is named, and DVC, which would remove it, is not asked', async () => {
  store(remote(), 'poison');
  await expect(bring()).rejects.toThrow(
    'the remote’s copy of raw.csv, which the model is made of, is not what its name says',
  );
  expect(called).toEqual([]);
  expect(existsSync(objectPath(remote(), md5))).toBe(true);
});

test('what cannot be hashed is not taken', async () => {
  store(remote(), 'raw');
  await expect(bring('md5-dos2unix')).rejects.toThrow('no stored bytes of raw.csv could');
  expect(called).toEqual([]);
  await expect(bring('md5', false)).rejects.toThrow('no stored bytes of raw.csv could');
});
