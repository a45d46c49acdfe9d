import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pipelineStatus } from '../../src/dvc/pipeline-status.ts';
import { readPipeline } from '../../src/dvc/read-pipeline.ts';
import { noConfig, projectFolder } from './project-folder.ts';

const one = '1111111111111111111111111111111a';
const other = '2222222222222222222222222222222b';
const entry = (path: string, md5: string) =>
  `    - path: ${path}\n      hash: md5\n      md5: ${md5}\n`;

/** How a stage stands that reads `dep`, of which its lock has the hash `one`; no data is here. */
async function stateOf(
  dep: string,
  files: Readonly<Record<string, string>>,
  stages = '',
  lock = '',
) {
  const root = projectFolder({
    'dvc.yaml': `stages:\n${stages}  read:\n    cmd: read\n    deps: [${dep}]\n    outs: [result]\n`,
    'dvc.lock': `schema: '2.0'\nstages:\n${lock}  read:\n    cmd: read\n    deps:\n${entry(dep, one)}    outs:\n${entry('result', one)}`,
    ...files,
  });
  const { stages: found } = await pipelineStatus(readPipeline(root), {
    ...{ allowMissing: true, stages: ['read'], env: noConfig },
    hashCache: join(root, 'hash-cache'),
  });
  return found.map(({ state }) => state);
}

const dvcFile = (path: string, md5: string) => ({
  [`${path}.dvc`]: `outs:\n- md5: ${md5}\n  hash: md5\n  path: ${path}\n`,
});
const make = '  make:\n    cmd: make\n    outs: [data]\n';
const made = (md5: string) => `  make:\n    cmd: make\n    outs:\n${entry('data', md5)}`;

describe('of data that is not here', () => {
  test.each<[string, string, Parameters<typeof stateOf>]>([
    ['a .dvc file that names the same', 'unchanged', ['data', dvcFile('data', one)]],
    ['a .dvc file that names something else', 'stale', ['data', dvcFile('data', other)]],
    ['a stage that made the same', 'unchanged', ['data', {}, make, made(one)]],
    ['a stage that made something else', 'stale', ['data', {}, make, made(other)]],
    ['a file in a folder of a .dvc file', 'ask-dvc', ['data/x', dvcFile('data', `${one}.dir`)]],
    ['a file in a folder that a stage made', 'ask-dvc', ['data/x', {}, make, made(`${one}.dir`)]],
    [
      'a folder around what a stage made',
      'ask-dvc',
      ['d', {}, make.replace('data', 'd/data'), made(one).replace('data', 'd/data')],
    ],
    ['a neighbour of what a stage made', 'unchanged', ['data.csv', {}, make, made(other)]],
  ])('%s: %s', async (_, state, project) => {
    expect(await stateOf(...project)).toEqual([state]);
  });
});
