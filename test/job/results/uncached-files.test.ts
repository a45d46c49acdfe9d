import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Stage } from '../../../src/dvc/pipeline.ts';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import {
  type LeftOut,
  leftButNeeded,
  leftWarning,
  packUncached,
} from '../../../src/job/results/uncached-files.ts';
import { projectFolder } from '../../dvc/project-folder.ts';
import { git } from '../../rig/stage-project.ts';

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
  test('travel in the order of what the report reads: metrics first, then plots', async () => {
    const root = projectFolder({
      'dvc.yaml': `stages:
  train:
    cmd: train
    outs: [big.bin: {cache: false}, held: {cache: false}]
    plots: [p.csv: {cache: false}]
    metrics: [m.json: {cache: false}]
metrics: [held/m.json]
`,
      ...{ 'big.bin': 'x'.repeat(90), 'p.csv': '1'.repeat(10), 'm.json': '0.5' },
    });
    mkdirSync(join(root, 'held'));
    writeFileSync(join(root, 'held/m.json'), '0.7');
    const { uncached, left } = await packUncached(root, readPipeline(root).stages[0] as Stage, 95);
    expect(uncached.map(({ path }) => path).sort()).toEqual(['held', 'm.json', 'p.csv']);
    expect(left).toEqual([{ path: 'big.bin', bytes: 90 }]);
  });

  test('travel as text, or as Base64 where they are none or that is shorter', async () => {
    const { root, stage } = project({ size: 500_000 });
    writeFileSync(join(root, 'folder'), '\u0001'.repeat(100));
    expect(await packUncached(root, stage)).toEqual({
      uncached: [
        { path: 'folder', file: { base64: Buffer.alloc(100, 1).toString('base64') } },
        { path: 'plot.png', file: { base64: png.toString('base64') } },
        { path: 'large.csv', file: { text: 'x'.repeat(500_000) } },
      ],
    });
  });

  test('travel as folders too, without what DVC ignores', async () => {
    const { root, stage } = project({ folder: true });
    mkdirSync(join(root, 'folder/deep'));
    writeFileSync(join(root, 'folder/deep/run.sh'), 'run', { mode: 0o755 });
    writeFileSync(join(root, 'folder/x.tmp'), 'ignored');
    symlinkSync('one', join(root, 'folder/link'));
    writeFileSync(join(root, '.dvcignore'), '*.tmp\n');
    const { uncached } = await packUncached(root, stage);
    expect(uncached[0]).toEqual({
      path: 'folder',
      folder: {
        link: { text: '1' },
        one: { text: '1' },
        'deep/run.sh': { text: 'run', executable: true },
      },
    });
  });

  test('travel as what files there are, where only DVC could tell which count', async () => {
    const { root, stage } = project({ folder: true });
    mkdirSync(join(root, 'folder/deep'));
    writeFileSync(join(root, 'folder/deep/two'), '2');
    symlinkSync('nowhere', join(root, 'folder/link'));
    const { uncached } = await packUncached(root, stage);
    expect(uncached[0]).toEqual({
      path: 'folder',
      folder: { one: { text: '1' }, 'deep/two': { text: '2' } },
    });
  });

  test('are named where they are too much', async () => {
    const { root, stage } = project({ size: 1_000, folder: true });
    const { uncached, left } = await packUncached(root, stage, 1_000);
    expect(uncached.map(({ path }) => path)).toEqual(['folder', 'plot.png']);
    expect(left).toEqual([{ path: 'large.csv', bytes: 1_000 }]);
    expect(left?.map(leftWarning)[0]).toMatch(
      /^large.csv \(1.0 KB\) has cache: false.* up to 64 MB together.*no other job gets it.*cache: true/,
    );
  });

  test('are not missed by other jobs as long as they are as in the commit', async () => {
    const { root, stage } = project({ size: 1_000, folder: true });
    git(root, 'init', '--quiet');
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'all');
    expect(await packUncached(root, stage, 0)).not.toHaveProperty('left');
    writeFileSync(join(root, 'folder/two'), '2');
    writeFileSync(join(root, 'large.csv'), 'y'.repeat(1_000));
    const { left } = await packUncached(root, stage, 0);
    expect(left?.map(({ path }) => path)).toEqual(['folder', 'large.csv']);
  });

  test('that just have room travel', async () => {
    const { root, stage } = project({ size: 1_000 });
    const room = png.length + 1_000;
    expect((await packUncached(root, stage, room)).left).toBeUndefined();
    expect((await packUncached(root, stage, room - 1)).left).toEqual([
      { path: 'large.csv', bytes: 1_000 },
    ]);
  });

  test('that are left are nobody else’s loss where their own stage alone reads them', () => {
    const { pipeline, stage } = project();
    const left: LeftOut[] = [{ path: 'large.csv', bytes: 80_000_000 }];
    const reading = { ...stage, deps: ['large.csv'] };
    expect(leftButNeeded({ ...pipeline, stages: [reading] }, stage, left)).toBeUndefined();
    const other = { ...reading, address: 'other', deps: ['x', 'large.csv', 'y'] };
    const failure = leftButNeeded({ ...pipeline, stages: [reading, other] }, stage, left);
    expect(failure?.failure.cause).toMatch(/^stage other reads large.csv/);
  });

  test('that are left fail a stage that reads params from them, or a folder around them', () => {
    const { pipeline, stage } = project();
    const left: LeftOut[] = [{ path: 'a/b', bytes: 80_000_000 }];
    const reads = (parts: Partial<Stage>) => {
      const stages = [stage, { ...stage, address: 'other', deps: [], params: [], ...parts }];
      return leftButNeeded({ ...pipeline, stages }, stage, left) !== undefined;
    };
    expect(reads({ params: [{ path: 'a/b', keys: [] }] } as Partial<Stage>)).toBe(true);
    expect(reads({ deps: ['a'] })).toBe(true);
    expect(reads({ deps: ['a/b/c'] })).toBe(true);
    expect(
      reads({ deps: ['a/bc', 'b'], params: [{ path: 'p', keys: [] }] } as Partial<Stage>),
    ).toBe(false);
  });

  test('that are left fail the stage where another one reads them', () => {
    const { pipeline, stage } = project();
    const large: LeftOut = { path: 'large.csv', bytes: 80_000_000 };
    expect(leftButNeeded(pipeline, stage, [large])).toBeUndefined();
    expect(leftButNeeded(pipeline, stage)).toBeUndefined();
    const failure = leftButNeeded(pipeline, stage, [large, { path: 'folder', bytes: 80_000_000 }]);
    expect(failure?.failure).toMatchObject({
      kind: 'configuration',
      cause:
        'stage use reads folder (80.0 MB), which has cache: false, and uncached outs of a stage travel up to 64 MB together: its job would not get it',
      hint: expect.stringContaining('cache: true'),
      place: { file: 'dvc.yaml', line: 2 },
    });
  });
});
