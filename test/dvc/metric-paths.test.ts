import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { stageMetrics } from '../../src/dvc/metric-paths.ts';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { lockedMetrics } from '../../src/promotion/locked-metrics.ts';
import { lockedStages } from '../../src/promotion/locked-stages.ts';
import { resultFiles, stageGates } from '../../src/report/read/result-files.ts';
import { runSummary } from '../../src/run/summary.ts';
import { configureStages } from '../../src/stage/options/options.ts';
import { style } from '../../src/terminal/style.ts';
import { noConfig, projectFolder, writeFiles } from './project-folder.ts';

const dvcYaml = `stages:
  train:
    cmd: sibling stage train
    outs: [live, m.json, model]
    metrics: [own.json]
    meta: {sibling: {metrics: {accuracy: {min: 0.5}}}}
metrics: [m.json, live/metrics.json, beside.yaml]
`;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function project() {
  const text = '{"loss": 0.1, "accuracy": 0.75}';
  const listing = JSON.stringify([{ md5: md5(text), relpath: 'metrics.json' }]);
  const folder = `${md5(listing)}.dir`;
  const object = (hash: string) => `.dvc/cache/files/md5/${hash.slice(0, 2)}/${hash.slice(2)}`;
  const locked = (path: string, hash: string) => `    - {path: ${path}, hash: md5, md5: ${hash}}\n`;
  const root = projectFolder({
    'dvc.yaml': dvcYaml,
    'dvc.lock': `schema: '2.0'\nstages:\n  train:\n    cmd: sibling stage train\n    outs:\n${locked('live', folder)}${locked('m.json', md5(text))}${locked('own.json', md5(text))}`,
    'live/metrics.json': text,
    'm.json': text,
    'own.json': text,
    'beside.yaml': 'f1: 0.5\n',
    [object(folder)]: listing,
    [object(md5(text))]: text,
  });
  const pipeline = readPipeline(root, noConfig);
  return { root, pipeline, stages: configureStages(root, pipeline.stages) };
}

test('metrics that are listed beside the stages count in report, gates, summary and promotion', async () => {
  const { root, pipeline, stages } = project();
  const own = ['live/metrics.json', 'm.json', 'own.json'];
  expect(pipeline.stages.flatMap(stageMetrics)).toEqual(own);
  expect([...resultFiles(pipeline).metrics].sort()).toEqual(['beside.yaml', ...own]);
  expect(stages.flatMap(stageGates)).toMatchObject([{ pattern: 'accuracy', files: own }]);
  const result = { run: '', stages: [], seconds: 0 };
  const summary = runSummary(result, stages, pipeline, style(false));
  for (const file of own) expect(summary).toContain(`metrics  ${file}: accuracy 0.75, loss 0.1`);
  expect(summary).toContain('metrics  beside.yaml: f1 0.5');
  const read = await lockedMetrics(root, pipeline.stages, lockedStages(pipeline));
  expect(read.map(({ path }) => path)).toEqual(own);
});

test('a file in a folder is not promoted by unless it is the one that dvc.lock names', async () => {
  const { root, pipeline } = project();
  writeFiles(root, { 'live/metrics.json': '{"accuracy": 1}' });
  await expect(lockedMetrics(root, pipeline.stages, lockedStages(pipeline))).rejects.toThrow(
    /live\/metrics\.json is not what dvc\.lock says/,
  );
});
