import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ExpectedFailure } from '../../src/errors.ts';
import { branchOf, plain } from '../../src/export/folder-project.ts';
import { remembered } from '../../src/export/remembered.ts';

const file = '.github/workflows/pipeline.yml';

const withBranches = (branches: string) => `on:
  push:
    ${branches}
jobs:
  a:
    steps:
      - id: run
        uses: ada/it/actions/run-stage@v1
  commit:
    steps:
      - with:
          on-protected-branch: pull-request
`;

function failureOf(text: string, given = {}) {
  try {
    remembered({ file, text }, given);
  } catch (error) {
    if (error instanceof ExpectedFailure) return error.failure;
    throw error;
  }
  return undefined;
}

describe('of a workflow', () => {
  test.each([
    ['branches: [main]', 'main'],
    ["branches: ['release']", 'release'],
    ['branches: ["1.0"]', '1.0'],
    ['branches: [1.0]', '1.0'],
    ['branches: [ main ] # ours', 'main'],
    ['branches:\n      - main', 'main'],
    ['branches: main', 'main'],
    ['branches: &b [main]\n    paths: [x]', 'main'],
    ["branches: ['c\\+\\+']", 'c++'],
  ])('%s is the branch %s', (branches, branch) => {
    expect(remembered({ file, text: withBranches(branches) })).toEqual({
      ...{ actions: { actions: 'ada/it/actions', ref: 'v1' }, branch },
      ...{ proposesResults: true, variables: [] },
    });
  });

  test.each([
    ['more branches than one', 'branches: [main, "1.0"]', /one branch/, 3],
    ['a pattern', "branches: ['release/**']", /one branch/, 3],
    ['what a pattern leaves out', "branches: ['!x']", /one branch/, 3],
    ['a pattern with an unknown escape', "branches: ['release\\d']", /one branch/, 3],
    ['no text', 'branches: [{a: b}]', /one branch/, 3],
    ['an empty list', 'branches: []', /one branch/, 3],
    ['other filters', 'branches: [main]\n    tags: [v1]', /one branch/, 4],
    ['what is left out', 'branches-ignore: [main]', /one branch/, 3],
    ['an escape that YAML does not have', 'branches: ["release\\d"]', /not valid YAML/, 3],
    ['an open list', 'branches: [main', /not valid YAML/, undefined],
    ['a conflict', '<<<<<<< ours\n    branches: [main]', /not valid YAML/, undefined],
  ])('%s is refused with its line', (_, branches, cause, line) => {
    const failure = failureOf(withBranches(branches));
    expect(failure?.cause).toMatch(cause);
    expect(failure?.place).toMatchObject({ file, ...(line !== undefined && { line }) });
  });

  test('a branch that is named takes the place of any', () => {
    expect(failureOf(withBranches('branches: [a, b]'), { branch: 'main' })).toBeUndefined();
  });

  test('actions of several places are refused', () => {
    const text = `${withBranches('branches: [main]')}  b:
    steps:
      - uses: ada/it/actions/run-stage@v2
`;
    expect(failureOf(text)).toMatchObject({ kind: 'drift', place: { line: 15 } });
    expect(failureOf(text, { actions: 'o/r@v1' })).toBeUndefined();
  });

  test('the actions are found however they are quoted, and variables wherever they are', () => {
    const text = `env: {TOP: 1}
on: {push: {branches: [main]}}
jobs:
  a:
    env: {JOB: 1}
    steps:
      - {uses: './tools/sibling/actions/run-stage', env: {STEP: 1}}
`;
    expect(remembered({ file, text })).toMatchObject({
      actions: { actions: './tools/sibling/actions' },
      variables: ['TOP', 'JOB', 'STEP'],
    });
  });

  test('any text is read, or refused with its place', () => {
    const part = fc.oneof(
      fc.constantFrom(...' \n:-[]{}&*!|>\'"%@`#,', 'on', 'push', 'branches', 'uses', '/run-stage@'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const failure = failureOf(parts.join(''));
        if (failure) expect(failure.place?.file).toBe(file);
      }),
      { numRuns: 500 },
    );
  });

  test('a branch of any name comes back', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[\p{Cc} ~^:?*[\\]/u.test(text));
    fc.assert(
      fc.property(name, (branch) => {
        expect(
          remembered({ file, text: withBranches(`branches: [${plain(branch)}]`) }).branch,
        ).toBe(branch);
      }),
    );
    expect(branchOf('a\\+')).toBe('a+');
  });
});
