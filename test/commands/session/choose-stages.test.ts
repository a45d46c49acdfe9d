import { expect, test } from '@jest/globals';
import { chooseStages } from '../../../src/commands/session/choose-stages.ts';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { requireStageCommands } from '../../../src/stage/command/commands.ts';
import { failureOf, noConfig, projectFolder } from '../../dvc/project-folder.ts';

test('a dvc.yaml that only DVC can read is there all the same', () => {
  const root = projectFolder({
    '.dvc/config': '',
    'params.yaml': '%YAML 1.1\n---\nlr: 012\n',
    'dvc.yaml': 'stages:\n  a: {cmd: x}\n',
    'sub/code.py': '',
  });
  const pipeline = readPipeline(root, noConfig);
  expect(pipeline.handovers).toMatchObject([{ place: { file: 'params.yaml' }, file: 'dvc.yaml' }]);
  expect(chooseStages(pipeline, '', [], {})).toMatchObject({ stages: [], reach: 'all' });
  const failure = failureOf(() => chooseStages(pipeline, 'sub', [], {}));
  expect(failure.cause).toBe('there is no dvc.yaml in sub');
  expect(failure.hint).toMatch(/The project has \.\.\/dvc\.yaml\./);
  // DVC would call its stages, and nobody here would know of them.
  expect(failureOf(() => requireStageCommands(pipeline, []))).toMatchObject({
    kind: 'configuration',
    cause: 'a YAML directive is not read here, so that not all stages of dvc.yaml can be run',
    place: { file: 'params.yaml' },
  });
});
