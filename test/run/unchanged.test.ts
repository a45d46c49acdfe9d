import { createHash } from 'node:crypto';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { findProject } from '../../src/project/project.ts';
import { allUnchanged, projectDepHashes, projectStatus } from '../../src/run/unchanged.ts';
import { projectFolder, writeFiles } from '../dvc/project-folder.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const entry = (name: string) => `    - path: ${name}\n      hash: md5\n      md5: ${md5(name)}\n`;
const stage = (name: string) =>
  `  ${name}:\n    cmd: ${name}\n    deps: [${name}.in]\n    outs: [${name}.out: {cache: false}]\n`;
const locked = (name: string) =>
  `  ${name}:\n    cmd: ${name}\n    deps:\n${entry(`${name}.in`)}    outs:\n${entry(`${name}.out`)}`;

/** Two stages beside each other, both as their lock says. */
function project(files: Readonly<Record<string, string>> = {}): string {
  const names = ['one', 'two'];
  return projectFolder({
    'dvc.yaml': `stages:\n${names.map(stage).join('')}`,
    'dvc.lock': `schema: '2.0'\nstages:\n${names.map(locked).join('')}`,
    ...Object.fromEntries(
      names.flatMap((name) => ['in', 'out'].map((end) => [`${name}.${end}`, `${name}.${end}`])),
    ),
    ...files,
  });
}

const unchanged = (root: string, stages: readonly string[], allowMissing = false) =>
  allUnchanged(findProject(root), readPipeline(root), stages, { allowMissing });

test('none would run where none of those that are named is stale', async () => {
  const root = project();
  expect(await unchanged(root, ['one', 'two'])).toBe(true);
  writeFiles(root, { 'two.in': 'other' });
  expect(await unchanged(root, ['one', 'two'])).toBe(false);
  expect(await unchanged(root, ['one'])).toBe(true);
  expect(await unchanged(root, ['two'])).toBe(false);
});

test('data may be missing only where that is said', async () => {
  const yaml = 'stages:\n  one:\n    cmd: one\n    deps: [one.in]\n    outs: [one.out]\n';
  const root = project({ 'dvc.yaml': yaml });
  expect(await unchanged(root, ['one'])).toBe(false);
  expect(await unchanged(root, ['one'], true)).toBe(true);
});

test('nothing is unchanged where there is anything that only DVC can judge', async () => {
  const root = project();
  writeFiles(root, { 'sub/dvc.yaml': 'stages: {}\ndatasets: []\n' });
  const pipeline = readPipeline(root);
  expect(pipeline.handovers).not.toEqual([]);
  expect(await allUnchanged(findProject(root), pipeline, ['one'])).toBe(false);
  writeFiles(root, { 'dvc.lock': 'one:\n  cmd: one\n', 'sub/dvc.yaml': 'stages: {}\n' });
  expect(await unchanged(root, ['one'])).toBe(false);
});

test('what is kept of hashes is its owner’s, whoever looks', async () => {
  // Of files as young as these nothing is kept: what another run has left stands for it.
  const root = project({ '.sibling/hash-cache': '' });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of ['', 'dvc.yaml']) chownSync(join(root, path), 12345, 12346);
  const owned = findProject(root);
  const { stages } = await projectStatus(owned, readPipeline(root));
  expect(stages.map(({ state }) => state)).toEqual(['unchanged', 'unchanged']);
  expect(statSync(join(root, '.sibling/hash-cache'))).toMatchObject(owned.user);
});

test('the deps of a stage have the hashes of their content', async () => {
  const root = project();
  const [first] = readPipeline(root).stages;
  if (!first) throw new Error('no stage');
  expect(await projectDepHashes(findProject(root), first)).toEqual({ 'one.in': md5('one.in') });
});
