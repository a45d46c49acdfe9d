import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findProject } from '../../src/project/project.ts';
import { failureOf, projectFolder } from '../dvc/project-folder.ts';

const stages = 'stages: {}\n';

test.each<[files: Readonly<Record<string, string>>, from: string, root: string]>([
  [{ '.dvc/config': '', 'down/dvc.yaml': stages }, 'down', ''],
  [{ '.dvc/config': '', 'down/dvc.yaml': stages }, '', ''],
  [{ '.dvc/config': '', 'src/a/b.py': '' }, 'src/a', ''],
  [{ '.dvc/config': '', 'dvc.yaml': stages, 'sub/.dvc/config': '', 'sub/a/b': '' }, 'sub/a', 'sub'],
  [{ 'dvc.yaml': stages, 'sub/a': '' }, 'sub', ''],
  [{ 'dvc.yaml': stages, 'sub/dvc.yaml': stages }, 'sub', 'sub'],
  [{ '.dvc/config': '', 'sub/.dvc': 'no folder' }, 'sub', ''],
])('with %j, seen from "%s", the root is "%s"', (files, from, root) => {
  const folder = projectFolder(files);
  expect(findProject(join(folder, from)).root).toBe(join(folder, root));
});

test('a folder that is not there, and one that is no project, are told', () => {
  const folder = projectFolder({ 'a/b': '' });
  expect(failureOf(() => findProject(join(folder, 'none'))).cause).toMatch(/there is no folder/);
  expect(failureOf(() => findProject(join(folder, 'a'))).cause).toMatch(
    /no dvc\.yaml and no \.dvc/,
  );
});
