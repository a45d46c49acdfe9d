import { describe, expect, test } from '@jest/globals';
import { parseLock, readLock } from '../../src/dvc/lock.ts';
import { failureOf, projectFolder } from './project-folder.ts';

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

test('no file, an empty file', () => {
  const root = projectFolder({ 'sub/dvc.lock': '' });
  expect(readLock(root)).toBeUndefined();
  expect(readLock(root, 'sub/dvc.lock')?.stages.size).toBe(0);
});

test('what only DVC can judge is named', () => {
  const text = `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      cloud: {r: {}}\n`;
  expect(parseLock('dvc.lock', text).stages.get('a')?.notUnderstood).toEqual(['the cloud of o']);
});

describe('faults at their place', () => {
  test.each([
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
