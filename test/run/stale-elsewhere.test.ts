import { expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { findProject } from '../../src/project/project.ts';
import { staleElsewhere } from '../../src/run/stale-elsewhere.ts';
import { noConfig, projectFolder } from '../dvc/project-folder.ts';

const stage = (name: string, dep: string, more = '') =>
  `  ${name}: {cmd: sibling stage ${name}, deps: [${dep}], outs: [${name}.out]${more}}\n`;

const lock = (name: string, dep: string) => `schema: '2.0'
stages:
  ${name}:
    cmd: sibling stage ${name}
    deps:
    - {path: ${dep}, hash: md5, md5: 60b725f10c9c85c70d97880dfe8191b3, size: 2}
    outs:
    - {path: ${name}.out, hash: md5, md5: 60b725f10c9c85c70d97880dfe8191b3, size: 2}
`;

const object = '.dvc/cache/files/md5/60/b725f10c9c85c70d97880dfe8191b3';

async function lineFor(files: Record<string, string>, looked: readonly string[]) {
  const root = projectFolder({ '.dvc/config': '', [object]: 'a\n', ...files });
  const pipeline = readPipeline(root, noConfig);
  return staleElsewhere(findProject(root), pipeline, looked);
}

const main = { 'dvc.yaml': `stages:\n${stage('a', 'in')}`, in: 'a\n' };

test.each<[string, Record<string, string>, string | undefined]>([
  [
    'one that never ran',
    { 'x/dvc.yaml': `stages:\n${stage('b', 'i')}` },
    '1 stage in another dvc.yaml is stale',
  ],
  [
    'two, beside one that is frozen',
    {
      'x/dvc.yaml': `stages:\n${stage('b', 'i')}${stage('c', 'i', ', frozen: true')}`,
      'y/dvc.yaml': `stages:\n${stage('d', 'i')}`,
    },
    '2 stages in other dvc.yaml files are stale',
  ],
  [
    'one that is as it was',
    {
      'x/dvc.yaml': `stages:\n${stage('b', 'i')}`,
      'x/dvc.lock': lock('b', 'i'),
      'x/i': 'a\n',
      'x/b.out': 'a\n',
    },
    undefined,
  ],
  [
    'one whose data would take long to look into',
    {
      'x/dvc.yaml': `stages:\n${stage('b', 'i')}`,
      'x/dvc.lock': lock('b', 'i'),
      'x/i': 'x'.repeat(20 * 1024 ** 2),
      'x/b.out': 'a\n',
    },
    undefined,
  ],
  ['none', {}, undefined],
])('of other dvc.yaml files: %s', async (_, files, begun) => {
  const line = await lineFor({ ...main, ...files }, ['a']);
  expect(line?.split(':')[0]).toBe(begun);
  if (begun !== undefined) expect(line).toContain('sibling run -P');
});
