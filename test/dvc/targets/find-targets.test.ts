import { describe, expect, test } from '@jest/globals';
import type { Pipeline } from '../../../src/dvc/pipeline.ts';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { findTargets } from '../../../src/dvc/targets/find-targets.ts';
import { planStages, type Reach } from '../../../src/dvc/targets/plan-stages.ts';
import { parseTarget } from '../../../src/dvc/targets/target-text.ts';
import { failureOf, noConfig, projectFolder } from '../project-folder.ts';

function pipeline(): Pipeline {
  const root = projectFolder({
    '.dvc/config': '',
    'dvc.yaml': `stages:
  clean: {cmd: c, deps: [raw], outs: [data/clean]}
  train:
    foreach: [a, 'b:c']
    do: {cmd: t, deps: [data/clean], outs: ["models/\${item}"]}
  pinned: {cmd: p, deps: [data/clean], outs: [pinned.txt], frozen: true}
  last: {cmd: l, deps: [pinned.txt], outs: [last.txt]}
`,
    'raw.dvc': 'outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  hash: md5\n  path: raw\n',
    'sub/dvc.yaml': `stages:
  clean: {cmd: c, deps: [../models], outs: [table.csv]}
  train-small: {cmd: s, outs: [small]}
  train-large: {cmd: l, deps: [small], outs: [large]}
`,
    'sub/plots/dvc.yaml': 'plots: []\n',
    'src/code.py': '',
  });
  return readPipeline(root, noConfig);
}

type Options = { readonly recursive?: true; readonly glob?: true };

describe('a target means', () => {
  const groups = ['train@a', 'train@b:c'];
  const trainings = ['sub/dvc.yaml:train-small', 'sub/dvc.yaml:train-large'];
  test.each<[folder: string, target: string, found: readonly string[], options?: Options]>([
    ['', 'clean', ['clean']],
    ['', 'train', groups],
    ['', 'train@b:c', ['train@b:c']],
    ['', 'dvc.yaml:train', groups],
    ['', ':clean', ['clean']],
    ['', 'sub/dvc.yaml:clean', ['sub/dvc.yaml:clean']],
    ['', './sub/dvc.yaml', ['sub/dvc.yaml:clean', ...trainings]],
    ['', 'raw.dvc', ['raw.dvc']],
    ['', 'raw/in/a.csv', ['raw.dvc']],
    ['', 'data/clean', ['clean']],
    ['', 'data/clean/', ['clean']],
    ['', 'data/clean/part-1', ['clean']],
    ['', 'sub/table.csv', ['sub/dvc.yaml:clean']],
    ['', 'sub/plots/dvc.yaml', []],
    ['sub', 'clean', ['sub/dvc.yaml:clean']],
    ['sub', '../dvc.yaml:clean', ['clean']],
    ['sub', '../data/clean', ['clean']],
    ['sub', 'table.csv', ['sub/dvc.yaml:clean']],
    ['sub', '../raw.dvc', ['raw.dvc']],
    ['sub', 'last', ['last']],
    ['sub', 'sub/dvc.yaml:clean', ['sub/dvc.yaml:clean']],
    ['src', 'clean', ['clean']],
    ['', 'sub', ['sub/dvc.yaml:clean', ...trainings], { recursive: true }],
    [
      'sub',
      '..',
      ['clean', ...groups, 'pinned', 'last', 'sub/dvc.yaml:clean', ...trainings, 'raw.dvc'],
      { recursive: true },
    ],
    ['', 'clean', ['clean'], { recursive: true }],
    ['', 'train@*', groups, { glob: true }],
    ['', '*t', ['last'], { glob: true }],
    ['', 'sub/dvc.yaml:train-*', trainings, { glob: true }],
    ['sub', 'train-[!s]*', ['sub/dvc.yaml:train-large'], { glob: true }],
    ['sub', 'train-?????', trainings, { glob: true }],
  ])('in "%s" %s: %j', (folder, target, expected, options = {}) => {
    const found = findTargets(pipeline(), [target], { folder, ...options });
    const all = found.flatMap(({ stages, sources }) => [...stages, ...sources]);
    expect(all.map(({ address }) => address).sort()).toEqual([...expected].sort());
  });

  test.each<[folder: string, target: string, cause: RegExp, hint: RegExp, options?: Options]>([
    ['', 'claen', /^dvc\.yaml has no stage claen/, /^Did you mean clean or sub\/dvc\.yaml:clean\?/],
    ['', 'sub/dvc.yml', /no stage/, /^Did you mean sub\/dvc\.yaml\?/],
    ['', 'sub/dvc.yaml:claen', /no stage/, /^Did you mean sub\/dvc\.yaml:clean\?/],
    ['', 'train-smal', /no stage/, /^Did you mean sub\/dvc\.yaml:train-small\?/],
    ['', 'train-large', /no stage/, /^Did you mean sub\/dvc\.yaml:train-large\?/],
    ['', 'tran', /no stage/, /^Did you mean train\?/],
    ['src', 'claen', /no stage/, /^Did you mean clean or sub\/dvc\.yaml:clean\?/],
    ['', 'no/dvc.yaml', /^there is no no\/dvc\.yaml that DVC sees/, /The stages are clean/],
    ['sub', 'data/claen', /looked for from sub and from the root/, /^Did you mean data\/clean\?/],
    ['', 'sub', /no stage sub/, /The stages are/],
    ['', 'z*', /^no stage matches z\*/, /The stages are/, { glob: true }],
    ['', 'src', /src/, /The stages are/, { recursive: true }],
    ['', 'dvc.lock', /no target/, /dvc\.yaml\?/],
  ])('in "%s" %s is refused: %s', (folder, target, cause, hint, options = {}) => {
    const failure = failureOf(() => findTargets(pipeline(), [target], { folder, ...options }));
    expect(failure.kind).toBe('usage');
    expect(failure.cause).toMatch(cause);
    expect(failure.hint).toMatch(hint);
  });

  test('a pattern that matches nothing is passed over beside one that does', () => {
    const found = findTargets(pipeline(), ['z*', 'l*'], { folder: '', glob: true });
    expect(found.flatMap(({ stages }) => stages.map(({ name }) => name))).toEqual(['last']);
  });
});

describe('a run looks at', () => {
  test.each<[reach: Reach, target: string, expected: readonly string[]]>([
    ['upstream', 'sub/dvc.yaml:clean', ['clean', 'train@a', 'train@b:c', 'sub/dvc.yaml:clean']],
    ['upstream', 'last', ['pinned', 'last']],
    ['single', 'last', ['last']],
    ['downstream', 'clean', ['clean', 'train@a', 'train@b:c', 'sub/dvc.yaml:clean']],
    ['downstream', 'raw.dvc', ['clean', 'train@a', 'train@b:c', 'sub/dvc.yaml:clean']],
    ['pipeline', 'last', ['pinned', 'last']],
    ['pipeline', 'train@a', ['clean', 'train@a', 'train@b:c', 'sub/dvc.yaml:clean']],
  ])('%s of %s: %j', (reach, target, expected) => {
    const found = planStages(pipeline(), [target], reach).map(({ address }) => address);
    expect(found.sort()).toEqual([...expected].sort());
  });
});

test.each([
  ['train', { name: 'train' }],
  ['train@a:b', { name: 'train@a:b' }],
  ['sub/dvc.yaml:train@a:b@c', { file: 'sub/dvc.yaml', name: 'train@a:b@c' }],
  ['a:b/dvc.yaml', { file: 'a:b/dvc.yaml' }],
  ['data/x.dvc', { file: 'data/x.dvc' }],
  ['data/x', { name: 'data/x' }],
])('%s is read as %j', (text, expected) => {
  expect(parseTarget(text)).toEqual(expected);
});
