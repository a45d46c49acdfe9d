import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import type { Stage } from '../../../src/dvc/pipeline.ts';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { ExpectedFailure } from '../../../src/errors.ts';
import { configureStages, readStageOptions } from '../../../src/stage/options/options.ts';
import { parseBytes, parseDuration } from '../../../src/text/parse-amount.ts';
import { failureOf as failureOfAct, noConfig, projectFolder } from '../../dvc/project-folder.ts';

function stage(sibling: unknown): { stage: Stage; text: string } {
  const meta = { sibling };
  const text = stringify({ stages: { train: { cmd: 'x', meta } } });
  return {
    text,
    stage: {
      address: 'train',
      name: 'train',
      file: 'dvc.yaml',
      line: 2,
      cmd: ['x'],
      wdir: '.',
      deps: [],
      params: [],
      outs: [],
      frozen: false,
      alwaysChanged: false,
      meta,
      written: new Map(),
      isCmdList: false,
      notUnderstood: [],
    },
  };
}

function failureOf(sibling: unknown) {
  const { stage: declared, text } = stage(sibling);
  try {
    readStageOptions(declared, text);
  } catch (error) {
    if (error instanceof ExpectedFailure) return error.failure;
    throw error;
  }
  throw new Error('accepted');
}

describe('readStageOptions', () => {
  test('without meta.sibling a stage gets the safest of everything', () => {
    const { stage: declared, text } = stage(undefined);
    expect(readStageOptions(declared, text)).toEqual({
      image: 'stages/train',
      network: 'none',
      env: [],
      tracking: 'required',
      metrics: {},
    });
  });

  test('reads each option', () => {
    const { stage: declared, text } = stage({
      image: 'docker/train',
      network: 'tracking',
      env: ['A', 'B?'],
      memory: '1.5g',
      cpus: 2,
      timeout: '10m',
      tracking: 'optional',
      metrics: { accuracy: { better: 'higher' } },
    });
    expect(readStageOptions(declared, text)).toEqual({
      image: 'docker/train',
      network: 'tracking',
      env: [
        { name: 'A', optional: false },
        { name: 'B', optional: true },
      ],
      memory: 1.5 * 1024 ** 3,
      cpus: 2,
      timeout: 600_000,
      tracking: 'optional',
      metrics: { accuracy: { better: 'higher' } },
    });
  });

  test.each([
    [{ memroy: '1g' }, /unknown key meta\.sibling\.memroy/, /Did you mean memory\?/],
    [{ colour: 'red' }, /unknown key/, /The keys of meta\.sibling are image, network/],
    [{ network: 'wifi' }, /meta\.sibling\.network is "wifi"/, /none, tracking or internet/],
    [{ memory: 'lots' }, /memory is "lots"/, /512m or 2g/],
    [{ timeout: 0 }, /timeout is 0/, /90s/],
    [{ env: ['A B'] }, /env is \["A B"\]/, /list of variable names/],
    [{ cpus: -1 }, /cpus is -1/, /number of cores/],
    [{ cpus: 0 }, /cpus is 0/, /from 0\.01/],
    [{ cpus: 1e-9 }, /cpus is 1e-9/, /from 0\.01/],
    [{ cpus: Number.POSITIVE_INFINITY }, /cpus is Infinity/, /number of cores/],
    [{ cpus: Number.NaN }, /cpus is NaN/, /number of cores/],
    [{ memory: 0 }, /memory is 0/, /at least 6m/],
    [{ memory: '6143k' }, /memory is "6143k"/, /at least 6m/],
    [{ memory: ['2g'] }, /memory is \["2g"\]/, /a size/],
    [{ memory: null }, /memory is null/, /a size/],
    [{ memory: true }, /memory is true/, /a size/],
    [{ memory: 1e30 }, /memory is 1e\+30/, /less than 8192t/],
    [{ memory: '9007199254740992' }, /memory is "9007199254740992"/, /less than 8192t/],
    [{ cpus: 1e9 }, /cpus is 1000000000/, /to 100000/],
    [{ cpus: [2] }, /cpus is \[2\]/, /number of cores/],
    [{ timeout: ['10m'] }, /timeout is \["10m"\]/, /a duration/],
    [{ timeout: Number.NaN }, /timeout is NaN/, /a duration/],
    [{ timeout: '0.1ms' }, /timeout is "0.1ms"/, /at least 1ms/],
    [{ timeout: '88000h' }, /timeout is "88000h"/, /at most ten years/],
    [{ env: [['A']] }, /env is \[\["A"\]\]/, /list of variable names/],
    [{ memory: -1 }, /memory is -1/, /at least 6m/],
    [{ memory: '0.1' }, /memory is "0\.1"/, /at least 6m/],
    [{ memory: '9'.repeat(400) }, /memory is "9{400}"/, /less than 8192t/],
    [{ memory: Number.POSITIVE_INFINITY }, /memory is Infinity/, /a size/],
    [{ timeout: `${'9'.repeat(400)}h` }, /timeout is "9/, /at most ten years/],
    [{ timeout: '-3s' }, /timeout is "-3s"/, /at least 1ms/],
  ])('%j is refused with line and remedy', (sibling, cause, hint) => {
    const failure = failureOf(sibling);
    expect(failure.cause).toMatch(cause);
    expect(failure.hint).toMatch(hint);
    expect(failure.place).toEqual({ file: 'dvc.yaml', line: 6, column: 9 });
  });
});

test.each([
  ['2g', 2 * 1024 ** 3],
  ['512m', 512 * 1024 ** 2],
  ['100KiB', 102_400],
  [1024, 1024],
  ['-1g', undefined],
  ['8192t', undefined],
  ['8191t', 8191 * 1024 ** 4],
  ['g', undefined],
])('parseBytes(%j) is %p', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['500ms', 500],
  [3, 3_000],
  ['soon', undefined],
])('parseDuration(%j) is %p', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

describe('an image folder counts from its dvc.yaml', () => {
  const configured = (files: Readonly<Record<string, string>>, image: string) => {
    const root = projectFolder({
      'sub/dvc.yaml': `stages:\n  a:\n    cmd: x\n    meta: {sibling: {image: "${image}"}}\n`,
      ...files,
    });
    const [first] = configureStages(root, readPipeline(root, noConfig).stages);
    return first?.options.image;
  };

  test.each([
    ['img', 'sub/img'],
    ['../img', 'img'],
    ['none', 'sub/none'],
    ['python@sha256:00', 'python@sha256:00'],
  ])('%s is %s', (image, expected) => {
    const files = { 'sub/img/Dockerfile': '', 'img/Dockerfile': '' };
    expect(configured(files, image)).toBe(expected);
  });

  test('one that is there from the root alone is told, with what to write', () => {
    const failure = failureOfAct(() => configured({ 'docker/Dockerfile': '' }, 'docker'));
    expect(failure).toMatchObject({
      kind: 'configuration',
      place: { file: 'sub/dvc.yaml', line: 4 },
    });
    expect(failure.hint).toContain('write image: ../docker');
  });
});
