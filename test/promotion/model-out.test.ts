import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { lockedStages } from '../../src/promotion/locked-stages.ts';
import { modelOuts } from '../../src/promotion/model-out.ts';
import { type ScratchProject, scratchProject } from '../rig/scratch-project.ts';

const md5 = (digit: string) => digit.repeat(32);
const stages = `stages:
  one:
    cmd: make
    outs: [a.bin, b.bin]
  two:
    cmd: make
    wdir: sub
    outs: [c.bin]
`;
const lock = `schema: '2.0'
stages:
  one:
    cmd: make
    outs:
    - {path: a.bin, hash: md5, md5: ${md5('a')}}
    - {path: b.bin, hash: md5, md5: ${md5('b')}}
  two:
    cmd: make
    outs:
    - {path: c.bin, hash: md5, md5: ${md5('c')}}
`;

let project: ScratchProject;
beforeEach(async () => {
  project = await scratchProject({ git: false, files: { 'sub/.keep': '' } });
});
afterEach(() => project.remove());

async function outs(artifacts: string, lockText = lock): Promise<string[]> {
  await project.write('dvc.yaml', `${stages}${artifacts}`);
  await project.write('dvc.lock', lockText);
  const pipeline = readPipeline(project.root);
  return modelOuts(pipeline, lockedStages(pipeline), 'shop').map(
    ({ path, hash }) => `${path} ${hash[0]}`,
  );
}

describe('which out is the model', () => {
  test.each([
    ['all that were made, where none is declared', '', ['a.bin a', 'b.bin b', 'sub/c.bin c']],
    ['the one that is declared', 'artifacts:\n  x: {path: b.bin, type: model}\n', ['b.bin b']],
    [
      'one in a stage with a folder of its own',
      'artifacts:\n  x: {path: sub/c.bin, type: model}\n',
      ['sub/c.bin c'],
    ],
    [
      'of two, the one called like it',
      'artifacts:\n  shop: {path: a.bin, type: model}\n  x: {path: b.bin, type: model}\n',
      ['a.bin a'],
    ],
    [
      'no artifact of another type',
      'artifacts:\n  x: {path: b.bin, type: dataset}\n',
      ['a.bin a', 'b.bin b', 'sub/c.bin c'],
    ],
  ])('%s', async (_, artifacts, found) => expect(await outs(artifacts)).toEqual(found));

  test.each([
    [
      'artifacts:\n  x: {path: a.bin, type: model}\n  y: {path: b.bin, type: model}\n',
      /several models, x, y, and none of them is shop/,
    ],
    [
      'artifacts:\n  x: {path: gone.bin, type: model}\n',
      /artifacts\.x: gone\.bin is no out of any stage/,
    ],
  ])('%j is refused', async (artifacts, message) => {
    await expect(outs(artifacts)).rejects.toThrow(message);
  });

  test('a pipeline that is not read in full promotes nothing: a gate may be in the rest', async () => {
    await project.write('sub/dvc.yaml', 'vars: [cfg.json]\nstages: {}\n');
    await project.write('sub/cfg.json', `{"x": ${'['.repeat(600)}}`);
    await expect(outs('')).rejects.toThrow(/is not read here, and there may be stages and gates/);
  });

  test('one that was not made yet is said so', async () => {
    const artifacts = 'artifacts:\n  x: {path: a.bin, type: model}\n';
    await expect(outs(artifacts, "schema: '2.0'\nstages: {}\n")).rejects.toThrow(
      /no hash of a\.bin: stage one has not run yet/,
    );
  });
});
