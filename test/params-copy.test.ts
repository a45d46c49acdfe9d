import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { declaredParams, leafKeys, selectKeys } from '../src/params-copy.ts';

const params = {
  train: { depth: 5, lr: 0.1, layers: [{ n: 1 }, { n: 2 }] },
  seed: 42,
  secret: 'x',
};

test.each([
  [['train.depth'], { train: { depth: 5 } }],
  [['train'], { train: params.train }],
  [['seed', 'train.lr'], { train: { lr: 0.1 }, seed: 42 }],
  [['train.layers.1.n'], { train: { layers: params.train.layers } }],
  [['train.layers[0].n'], { train: { layers: params.train.layers } }],
  [['trai'], {}],
])('selectKeys %j', (keys, selected) => {
  expect(selectKeys(params, keys)).toEqual(selected);
});

test('leafKeys names every leaf', () => {
  expect(leafKeys({ a: { b: 1, c: [1] }, d: null })).toEqual(['a.b', 'a.c', 'd']);
});

test('a stage gets only the declared keys, in the file’s own format', () => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-params-'));
  writeFileSync(join(root, 'params.yaml'), 'a: 1\nb: 2\n');
  writeFileSync(join(root, 'p.json'), '{"a": 1, "b": 2}');
  writeFileSync(join(root, 'p.py'), 'a = 1\nb = 2\n');
  expect(parse(declaredParams(root, { path: 'params.yaml', keys: ['a'] }))).toEqual({ a: 1 });
  expect(JSON.parse(declaredParams(root, { path: 'p.json', keys: ['b'] }))).toEqual({ b: 2 });
  expect(declaredParams(root, { path: 'params.yaml', keys: [] })).toBe('a: 1\nb: 2\n');
  expect(declaredParams(root, { path: 'p.py', keys: ['a'] })).toBe('a = 1\nb = 2\n');
});
