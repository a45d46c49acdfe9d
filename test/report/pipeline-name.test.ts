import { expect, test } from '@jest/globals';
import { pipelineName } from '../../src/report/pipeline-name.ts';

test('a pipeline is called by its dvc.yaml in the repository', () => {
  // The names that comments have had so far.
  expect(['', '.', 'services/model/', './services/model'].map(pipelineName)).toEqual([
    ...['dvc.yaml', 'dvc.yaml'],
    ...['services/model/dvc.yaml', 'services/model/dvc.yaml'],
  ]);
});

test('two long names that end alike are two', () => {
  const names = ['a', 'b'].map((first) => pipelineName(`${first}/${'deep/'.repeat(60)}`));
  expect(new Set(names).size).toBe(2);
  for (const name of names) {
    expect(name).toHaveLength(200);
    expect(name).toMatch(/\/dvc\.yaml$/);
  }
});
