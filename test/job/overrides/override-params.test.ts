import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import type { Overridden } from '../../../src/github/baton/stage-results.ts';
import { overrideParams, takeOverridden } from '../../../src/job/overrides/override-params.ts';
import { findProject } from '../../../src/project/project.ts';
import { projectFolder } from '../../dvc/project-folder.ts';
import { stageResults } from '../../rig/stage-results.ts';

const before = 'a: 1\n';
const folder = () =>
  projectFolder({ 'dvc.yaml': 'stages: {}\n', 'params.yaml': before, 'p.json': '{"b": 1}' });
const files = [
  { path: 'params.yaml', text: 'a: 2\n' },
  { path: 'p.json', text: '{"b": 3}' },
];
const overrides = ['a=2', 'p.json:b=3'];
const made = (overridden?: Overridden, stage = 'train') =>
  stageResults({ stage, ...(overridden && { overridden }) });
const read = (root: string) =>
  ['params.yaml', 'p.json'].map((path) => readFileSync(join(root, path), 'utf8'));

async function refusal(act: Promise<unknown>): Promise<string> {
  const error = await act.catch((thrown) => thrown);
  if (!(error instanceof ExpectedFailure)) throw new Error(`not refused: ${error}`);
  return error.failure.cause;
}

function job(root: string) {
  // No engine is asked where a job before has overridden the params.
  const env = { DOCKER_HOST: 'unix:///nowhere.sock' };
  return { project: findProject(root), run: 'run', env, verbose: false };
}

test('a job takes the params files of one before it that had the same overrides', async () => {
  const root = folder();
  const found = [made(), made({ overrides, files })];
  const overridden = await overrideParams(job(root), overrides, found);
  expect(overridden).toEqual({ overrides, files });
  expect(read(root)).toEqual(['a: 2\n', '{"b": 3}']);
  expect(await overrideParams(job(root), [], found)).toBeUndefined();
});

test('files that the overrides do not name are not taken', async () => {
  const root = folder();
  const more = [...files, { path: 'dvc.yaml', text: 'stages: {x: {cmd: y}}\n' }];
  for (const other of [more, files.slice(1), []]) {
    const found = [made({ overrides, files: other })];
    expect(await refusal(overrideParams(job(root), overrides, found))).toMatch(
      /other params files/,
    );
    expect(await refusal(takeOverridden(root, found))).toMatch(/other params files/);
  }
  expect(read(root)).toEqual([before, '{"b": 1}']);
});

test('the report has the params of the stages, if those had the same', async () => {
  const root = folder();
  expect(await takeOverridden(root, [made()])).toBe(false);
  const other = { overrides: ['a=3'], files: [{ path: 'params.yaml', text: 'a: 3\n' }] };
  const different = [made({ overrides, files }), made(other, 'evaluate')];
  expect(await refusal(takeOverridden(root, different))).toBe(
    'the jobs of train and evaluate ran with different overrides of params',
  );
  expect(read(root)).toEqual([before, '{"b": 1}']);
  const partly = [made({ overrides, files }), made(undefined, 'evaluate')];
  expect(await refusal(takeOverridden(root, partly))).toMatch(
    /train and evaluate ran with different/,
  );
  const failed = { ...made(undefined, 'evaluate'), outcome: 'failed' } as const;
  expect(await takeOverridden(root, [failed, made({ overrides, files })])).toBe(true);
  expect(read(root)).toEqual(['a: 2\n', '{"b": 3}']);
});

test('nothing is written through a link that leads out of the project', async () => {
  const [root, outside] = [folder(), folder()];
  symlinkSync(join(outside, 'params.yaml'), join(root, 'link.yaml'));
  const wanted = ['link.yaml:a=2'];
  const found = [made({ overrides: wanted, files: [{ path: 'link.yaml', text: 'a: 2\n' }] })];
  expect(await refusal(overrideParams(job(root), wanted, found))).toMatch(/out of the project/);
  expect(read(outside)[0]).toBe(before);
});
