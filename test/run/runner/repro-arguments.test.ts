import { expect, test } from '@jest/globals';
import {
  askedFor,
  type ReproRequest,
  remakeArguments,
  reproArguments,
} from '../../../src/run/runner/repro-arguments.ts';

const request = (change: Partial<ReproRequest>): ReproRequest => ({
  targets: [],
  force: false,
  singleItem: false,
  pull: false,
  ...change,
});
const remote = { kind: 'project', folder: '' } as unknown as Parameters<typeof reproArguments>[1];

test('what is asked for what stages made: every remote but an empty folder', () => {
  const pulled = request({ pull: true });
  expect(reproArguments(pulled, remote)).toEqual(['repro', '--pull']);
  expect(reproArguments(request({ pull: false }), remote)).toEqual(['repro']);
});

test('a stage whose name begins as an option does is none', () => {
  const targets = ['-h', 'a'];
  expect(reproArguments(request({ targets, force: true }), remote)).toEqual([
    ...['repro', '--force', '--', '-h', 'a'],
  ]);
  expect(reproArguments(request({}), remote)).toEqual(['repro']);
  expect(remakeArguments(['-h'])).toEqual(['repro', '--single-item', '--force', '--', '-h']);
});

test.each<[string, Partial<ReproRequest>, string[]]>([
  ['no targets: the dvc.yaml at the root', {}, ['a']],
  ['a stage', { targets: ['sub/dvc.yaml:b'] }, ['sub/dvc.yaml:b']],
  ['a file', { targets: ['sub/dvc.yaml'] }, ['sub/dvc.yaml:b']],
  ['a file of data alone', { targets: ['in.txt.dvc'] }, []],
  ['everything', { reach: 'all' }, ['a', 'sub/dvc.yaml:b']],
])('what DVC is asked for: %s', (_, change, asked) => {
  const stages = [
    { file: 'dvc.yaml', address: 'a' },
    { file: 'sub/dvc.yaml', address: 'sub/dvc.yaml:b' },
  ];
  expect(askedFor(request(change), stages)).toEqual(asked);
});
