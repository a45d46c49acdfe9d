import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { kinOf, refuseMixedLock } from '../../src/promotion/lineage.ts';
import { lockedStages } from '../../src/promotion/locked-stages.ts';
import { modelOuts } from '../../src/promotion/model-out.ts';
import { type ScratchProject, scratchProject } from '../rig/scratch-project.ts';

const dvcYaml = `stages:
  clean: {cmd: make, deps: [raw], outs: [table]}
  train: {cmd: make, deps: [table], outs: [model]}
  predict: {cmd: make, deps: [model, table], outs: [answers]}
  evaluate: {cmd: make, deps: [answers/all.csv], metrics: [metrics.json]}
  other: {cmd: make, deps: [raw], outs: [else]}
artifacts:
  shop: {path: model, type: model}
`;

/** dvc.lock with a letter for each hash. */
function lock(changes: Record<string, string> = {}): string {
  const entries: Record<string, { deps: Record<string, string>; outs: Record<string, string> }> = {
    clean: { deps: { raw: 'r' }, outs: { table: 't' } },
    train: { deps: { table: 't' }, outs: { model: 'm' } },
    predict: { deps: { model: 'm', table: 't' }, outs: { answers: 'a' } },
    evaluate: { deps: { 'answers/all.csv': 'l' }, outs: { 'metrics.json': 'e' } },
  };
  const list = (stage: string, side: 'deps' | 'outs') =>
    Object.entries(entries[stage]?.[side] ?? {})
      .map(
        ([path, letter]) =>
          `    - {path: ${path}, hash: md5, md5: ${(changes[`${stage}.${path}`] ?? letter).repeat(32)}}\n`,
      )
      .join('');
  const stages = Object.keys(entries).map(
    (stage) =>
      `  ${stage}:\n    cmd: make\n    deps:\n${list(stage, 'deps')}    outs:\n${list(stage, 'outs')}`,
  );
  return `schema: '2.0'\nstages:\n${stages.join('')}`;
}

let project: ScratchProject;
beforeEach(async () => {
  project = await scratchProject({ git: false, files: { 'dvc.yaml': dvcYaml } });
});
afterEach(() => project.remove());

async function read(changes: Record<string, string> = {}) {
  await project.write('dvc.lock', lock(changes));
  const pipeline = readPipeline(project.root);
  const locks = lockedStages(pipeline);
  const [model] = modelOuts(pipeline, locks, 'shop');
  if (!model) throw new Error('no model');
  return { pipeline, locks, kin: kinOf(pipeline, model) };
}

test('what says something of a model: what made it, and what was made of it', async () => {
  const { kin } = await read();
  expect(kin.map(({ address }) => address)).toEqual(['clean', 'train', 'predict', 'evaluate']);
});

describe('a dvc.lock of one run', () => {
  test.each([
    ['is taken', {}, true, undefined],
    [
      'is not one where the metrics are of an earlier model',
      { 'train.model': 'n' },
      true,
      /predict last ran with another model than train/,
    ],
    [
      'nor where the data have changed since',
      { 'clean.table': 'u' },
      true,
      /train last ran with another table than clean/,
    ],
    [
      'nor where a part of an out is not current',
      {},
      false,
      /evaluate last ran with another answers\/all\.csv than predict/,
    ],
  ])('%s', async (_, changes: Record<string, string>, current, message) => {
    const { pipeline, locks, kin } = await read(changes);
    const check = refuseMixedLock(pipeline, locks, kin, async () => current);
    await (message
      ? expect(check).rejects.toThrow(message)
      : expect(check).resolves.toBeUndefined());
  });
});
