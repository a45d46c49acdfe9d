import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { missingDeclarations } from '../../src/stage/declaration-patch.ts';
import { type ScratchProject, scratchProject } from '../rig/scratch-project.ts';

let project: ScratchProject;
beforeEach(async () => {
  const files = {
    'dvc.yaml': 'stages:\n  train:\n    cmd: make\n    params: [train.seed]\n',
    'params.yaml': 'ingest:\n  url: here\ntrain:\n  seed: 1\n  depth: 2\n',
    'data.csv': '1\n',
  };
  project = await scratchProject({ git: false, files });
});
afterEach(() => project.remove());

test.each([
  ['p.json', '{"seed": 1, "limit": {"depth": Infinity}}'],
  ['p.toml', 'seed = 1\n[limit]\ndepth = inf\n'],
])('a key of %s', async (file, text) => {
  await project.write(file, text);
  await project.write('dvc.yaml', `stages: {train: {cmd: make, params: [{${file}: [seed]}]}}\n`);
  const [stage] = readPipeline(project.root).stages;
  if (!stage) throw new Error('no stage');
  const missing = missingDeclarations(project.root, stage, ["KeyError: 'depth'"], {}, []);
  expect(missing.params.get(file)).toEqual(['limit.depth']);
});

test.each([
  ["FileNotFoundError: 'data.csv'", ['data.csv'], []],
  ["KeyError: 'depth'", [], ['train.depth']],
  ['train.depth is not there', [], ['train.depth']],
  ['Max retries exceeded with url: /api (see dvc.yaml)', [], []],
  ["KeyError: 'seed'", [], []],
])('%s', (line, deps, params) => {
  const [stage] = readPipeline(project.root).stages;
  if (!stage) throw new Error('no stage');
  const missing = missingDeclarations(project.root, stage, [line], {}, []);
  expect(missing.deps).toEqual(deps);
  expect(missing.params.get('params.yaml') ?? []).toEqual(params);
});
