import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Stage } from '../../src/dvc/pipeline.ts';
import { readPipeline } from '../../src/dvc/read-pipeline.ts';
import {
  type LeftOut,
  leftButNeeded,
  leftWarning,
  packUncached,
} from '../../src/job/uncached-files.ts';
import { projectFolder } from '../dvc/project-folder.ts';
import { git } from '../rig/stage-project.ts';

const dvcYaml = `stages:
  plot:
    cmd: plot
    outs: [model, folder: {cache: false}]
    plots: [plot.png: {cache: false}, large.csv: {cache: false}]
  use:
    cmd: use
    deps: [folder/one]
`;
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff]);

function project(parts: { size?: number; folder?: boolean } = {}) {
  const root = projectFolder({ 'dvc.yaml': dvcYaml, model: 'cached' });
  writeFileSync(join(root, 'plot.png'), png);
  if (parts.size !== undefined) writeFileSync(join(root, 'large.csv'), 'x'.repeat(parts.size));
  if (parts.folder) {
    mkdirSync(join(root, 'folder'));
    writeFileSync(join(root, 'folder/one'), '1');
  }
  const pipeline = readPipeline(root);
  return { root, pipeline, stage: pipeline.stages[0] as Stage };
}

describe("a stage's uncached outs", () => {
  test('travel as text, or as Base64 where they are none', async () => {
    const { root, stage } = project({ size: 65_536 });
    expect(await packUncached(root, stage)).toEqual({
      files: { 'large.csv': 'x'.repeat(65_536) },
      binary: { 'plot.png': png.toString('base64') },
    });
  });

  test('are named where they are folders or too large', async () => {
    const { root, stage } = project({ size: 65_537, folder: true });
    const { files, left } = await packUncached(root, stage);
    expect(files).toEqual({});
    expect(left).toEqual([
      { path: 'folder', why: 'a folder' },
      { path: 'large.csv', why: 'larger than 64 KiB' },
    ]);
    expect(left?.map(leftWarning)[1]).toMatch(
      /^large.csv is larger than 64 KiB .*no other job gets it.*cache: true/,
    );
  });

  test('are not missed by other jobs as long as they are as in the commit', async () => {
    const { root, stage } = project({ size: 65_537, folder: true });
    git(root, 'init', '--quiet');
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'all');
    expect(await packUncached(root, stage)).not.toHaveProperty('left');
    writeFileSync(join(root, 'folder/two'), '2');
    writeFileSync(join(root, 'large.csv'), 'y'.repeat(65_537));
    const { left } = await packUncached(root, stage);
    expect(left?.map(({ path }) => path)).toEqual(['folder', 'large.csv']);
  });

  test('that are left fail the stage where another one reads them', () => {
    const { pipeline, stage } = project();
    const large: LeftOut = { path: 'large.csv', why: 'larger than 64 KiB' };
    expect(leftButNeeded(pipeline, stage, [large])).toBeUndefined();
    expect(leftButNeeded(pipeline, stage)).toBeUndefined();
    const failure = leftButNeeded(pipeline, stage, [large, { path: 'folder', why: 'a folder' }]);
    expect(failure?.failure).toMatchObject({
      kind: 'configuration',
      cause:
        'stage use reads folder, which is a folder and has cache: false: its job would not get it',
      hint: expect.stringContaining('cache: true'),
      place: { file: 'dvc.yaml', line: 2 },
    });
  });
});
