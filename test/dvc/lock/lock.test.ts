import { describe, expect, test } from '@jest/globals';
import { parseLock, readLock } from '../../../src/dvc/lock/lock.ts';
import { NotUnderstood } from '../../../src/text/not-understood.ts';
import { failureOf, projectFolder } from '../project-folder.ts';

const entry = `
  cmd: python train.py
  deps:
  - path: data
    hash: md5
    md5: 1234567890abcdef1234567890abcdef.dir
    size: 20
    nfiles: 2
  params:
    params.yaml:
      train.lr: 0.1
      train.depth: 5
  outs:
  - path: model
    md5: d41d8cd98f00b204e9800998ecf8427e
    isexec: true
`;

test('schema 2: hashes of both generations, params with their types', () => {
  const lock = parseLock(
    'dvc.lock',
    `schema: '2.0'\nstages:\n  train:${entry.replaceAll('\n', '\n  ')}`,
  );
  expect(lock.schema).toBe(2);
  expect(lock.stages.get('train')).toEqual({
    cmd: 'python train.py',
    deps: [
      {
        path: 'data',
        kind: 'md5',
        hash: '1234567890abcdef1234567890abcdef.dir',
        size: 20,
        nfiles: 2,
      },
    ],
    params: new Map([
      [
        'params.yaml',
        new Map<string, unknown>([
          ['train.lr', 0.1],
          ['train.depth', 5n],
        ]),
      ],
    ]),
    outs: [{ path: 'model', kind: 'md5-dos2unix', hash: 'd41d8cd98f00b204e9800998ecf8427e' }],
    notUnderstood: [],
  });
});

test('schema 1 has the stages at the top', () => {
  const lock = parseLock('dvc.lock', `train:${entry}`);
  expect(lock.schema).toBe(1);
  expect([...lock.stages.keys()]).toEqual(['train']);
});

test('no file is no lock', () => {
  expect(readLock(projectFolder({}))).toBeUndefined();
});

test('DVC takes an md5 in capitals for the same', () => {
  const text = `schema: '2.0'\nstages:\n  a: {cmd: x, outs: [{path: o, md5: ABC1}]}\n`;
  expect(parseLock('dvc.lock', text).stages.get('a')?.outs[0]?.hash).toBe('abc1');
});

describe('an entry that DVC refuses, at its place', () => {
  test.each([
    ['size: x', 'size of o is x, which is not a whole number'],
    ['size: 1.5', 'size of o is 1.5, which is not a whole number'],
    ['size:', 'not a whole number'],
    ['nfiles: [1]', 'not a whole number'],
    ['isexec: 1', 'neither true nor false'],
    ['md5: zz', 'md5 of o is zz, which is too short for a hash'],
    ['md5: 12345', 'is not text: it needs quotes'],
    ['hash: shake_128', 'no kind of hash'],
    ['md5: {a: b}', 'is not text'],
    ['hash: 1', 'is not text'],
    ['hash: md6', 'hash of o is md6, which is no kind of hash that DVC knows'],
  ])('%s', (field, cause) => {
    const text = `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      ${field}\n`;
    const failure = failureOf(() => parseLock('dvc.lock', text));
    expect(failure.cause).toContain(cause);
    expect(failure.place).toMatchObject({ file: 'dvc.lock', line: 7 });
  });

  test('params with keys that are not text', () => {
    const text = `schema: '2.0'\nstages:\n  a: {cmd: x, params: {p.yaml: {1: 2}}}\n`;
    const failure = failureOf(() => parseLock('dvc.lock', text));
    expect(failure).toMatchObject({
      cause: expect.stringContaining('the key 1'),
      kind: 'configuration',
    });
  });
});

test.each(['md5: zzz', 'md5: null', "md5: ''", 'hash: sha256', 'size: true', 'isexec: false'])(
  'an entry with %s is none that DVC refuses',
  (field) => {
    const text = `schema: '2.0'\nstages:\n  a: {cmd: x, outs: [{path: o, ${field}}]}\n`;
    expect(parseLock('dvc.lock', text).stages.has('a')).toBe(true);
  },
);

test('an entry with a key that nobody knows here is left to DVC', () => {
  const text = `schema: '2.0'\nstages:\n  a: {cmd: x, outs: [{path: o, cache: true}]}\n`;
  expect(() => parseLock('dvc.lock', text)).toThrow(NotUnderstood);
});

test('what only DVC can judge is named', () => {
  const text = `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      cloud: {r: {}}\n`;
  expect(parseLock('dvc.lock', text).stages.get('a')?.notUnderstood).toEqual(['the cloud of o']);
});

describe('faults at their place', () => {
  test.each([
    ['', 'dvc.lock is empty', 1, 1],
    ["schema: '2.0'\nother: 1\n", 'unknown section other', 2, 1],
    ["schema: '3.0'\n", 'unknown schema', 1, 9],
    ["schema: '2.0'\nstages: [a]\n", 'stages is not a map', 2, 9],
    ["schema: '2.0'\nstages:\n  a: {deps: []}\n", 'stage a has no cmd', 3, 6],
    ["schema: '2.0'\nstages:\n  a: {cmd: x, deps: [{md5: y}]}\n", 'an entry has no path', 3, 22],
    ["schema: '2.0'\nstages:\n  a: {cmd: x, extra: 1}\n", 'unknown key extra', 3, 15],
    ["schema: '2.0'\nstages:\n<<<<<<< HEAD\n", 'not valid YAML', 3, 1],
  ])('%j', (text, cause, line, column) => {
    const failure = failureOf(() => parseLock('dvc.lock', text));
    expect(failure.cause).toContain(cause);
    expect(failure.place).toMatchObject({ file: 'dvc.lock', line });
    expect(failure.place?.column).toBe(column);
  });
});
