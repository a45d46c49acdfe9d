import { rmSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { filesOfPipeline } from '../../src/report/read/result-files.ts';
import { cleanHead } from '../../src/revision/clean-head.ts';
import { resultsRepository, worse } from '../job/results/results-repository.ts';

const repository = resultsRepository();
afterAll(() => rmSync(repository.root, { recursive: true, force: true }));
const head = () => cleanHead(repository.root, filesOfPipeline(readPipeline(repository.root)));

test('a commit is the workspace until a file of the pipeline differs, tracked or not yet', async () => {
  repository.run(worse);
  const commit = repository.commit('results');
  expect(await head()).toBe(commit);

  repository.write('notes.txt', 'none of the pipeline');
  expect(await head()).toBe(commit);

  repository.write('metrics.json', '{}');
  expect(await head()).toBeUndefined();
  repository.git('checkout', '--quiet', 'metrics.json');

  const second =
    'stages:\n  score:\n    cmd: x\n    metrics:\n      - score.json: {cache: false}\n';
  repository.write('more/dvc.yaml', second);
  expect(await head()).toBeUndefined();

  repository.git('add', 'more/dvc.yaml');
  const next = repository.commit('a second pipeline');
  expect(await head()).toBe(next);
  repository.write('more/score.json', '{"score": 99}');
  expect(await head()).toBeUndefined();
});
