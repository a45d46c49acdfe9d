import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadProject } from '../../src/dvc/read/load-project.ts';
import { actionsReference } from '../../src/export/actions-reference.ts';
import { branchOf, plain } from '../../src/export/folder-project.ts';
import {
  pushedBranch,
  watchedPaths,
  workflowName,
  workflowPlace,
} from '../../src/export/workflow-place.ts';
import { noConfig } from '../dvc/project-folder.ts';
import { git } from '../rig/stage-project.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-place-'));
let count = 0;
/** A repository whose only branch has this name. */
function repository(branch: string): string {
  const root = join(scratch, String(count++));
  mkdirSync(join(root, 'services/model'), { recursive: true });
  writeFileSync(join(root, 'services/model/dvc.yaml'), 'stages: {}\n');
  git(root, 'init', '--quiet', `--initial-branch=${branch}`);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'start');
  return root;
}
beforeAll(() => {
  mkdirSync(join(scratch, 'top/actions/run-stage'), { recursive: true });
  writeFileSync(join(scratch, 'top/actions/run-stage/action.yml'), '');
  writeFileSync(join(scratch, 'top/Dockerfile.dvc-runner'), '');
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a workflow', () => {
  test("is at Git's root, and named by the project's folder", async () => {
    const root = repository('main');
    const below = await workflowPlace(join(root, 'services/model'));
    expect(below).toEqual({
      ...{ top: root, folder: 'services/model' },
      file: '.github/workflows/pipeline-services--model.yml',
    });
    expect(await workflowPlace(root)).toMatchObject({ top: root, folder: '.' });
  });

  test('of one project never has the name of another', () => {
    const folders = [
      'a/b',
      'a-b',
      'a--b',
      'a-/b',
      'a/-b',
      'a b',
      'a?b',
      'a/b c',
      'a/b-c',
      'ä',
      'ö',
      '.',
    ];
    const names = folders.map(workflowName);
    expect(new Set(names).size).toBe(folders.length);
    for (const name of names) expect(name).toMatch(/^pipeline[\w.-]*$/);
    expect(names.slice(0, 2)).toEqual(['pipeline-a--b', 'pipeline-a-b']);
  });

  const clone = (root: string, ...options: string[]) => {
    git(root, 'clone', '--quiet', ...options, `file://${root}`, `${root}-clone`);
    return `${root}-clone`;
  };
  const topic = (root: string) => {
    git(root, 'branch', 'topic');
    return clone(root, '--depth=1', '--branch=topic');
  };
  test.each([
    ['a clone', 'master', clone],
    ['a clone of another branch', 'trunk', topic],
    ['a repository without a remote', 'work', (root: string) => root],
  ])('runs for pushes to the main branch of %s', async (_, branch, make) => {
    expect(await pushedBranch(make(repository(branch)))).toBe(branch);
  });

  test.each([
    ['main', 'main'],
    ['release/1.x', 'release/1.x'],
    ['1.0', '"1.0"'],
    ['on', '"on"'],
    ['c++', '"c\\\\+\\\\+"'],
  ])('names the branch %s as a pattern: %s', (branch, text) => {
    expect(plain(branch)).toBe(text);
    expect(branchOf(branch === text ? text : JSON.parse(text))).toBe(branch);
  });
});

describe('a change runs a project in a folder', () => {
  const top = join(scratch, 'watched');
  const root = join(top, 'svc');
  const write = (path: string, text = '') => {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  };
  beforeAll(() => {
    write('shared/common.yaml', 'lr: 1\n');
    write('images/train/Dockerfile');
    write('lib/a.py');
    write('data/raw/x');
    write('svc/in/x');
    symlinkSync('../../data/raw', join(top, 'svc/in/raw'));
    symlinkSync('../lib', join(top, 'svc/lib'));
  });

  const stage = (more: string) => `stages:\n  a:\n    cmd: sibling stage a\n${more}`;
  test.each([
    ['a dep', stage('    deps: [../lib/a.py]\n'), ['lib/a.py', 'lib/a.py/**']],
    ['params', stage('    params: [{../shared/common.yaml: [lr]}]\n'), common()],
    ['vars', `vars: [../shared/common.yaml]\n${stage('')}`, common()],
    ['vars of a stage', stage('    vars: [../shared/common.yaml]\n'), common()],
    [
      'an image',
      stage('    meta: {sibling: {image: ../images/train}}\n'),
      ['images/train', 'images/train/**'],
    ],
    ['what a link leads to', stage('    deps: [lib/a.py]\n'), ['lib/a.py', 'lib/a.py/**']],
    ['what a link in a folder leads to', stage('    deps: [in]\n'), ['data/raw', 'data/raw/**']],
    ['all of the repository', stage('    deps: [..]\n'), ['**']],
    ['an absolute path', stage(`    deps: [${join(top, 'lib')}]\n`), ['lib', 'lib/**']],
    ['nothing elsewhere', stage('    deps: [in/x, ../../elsewhere, s3://b/x]\n'), []],
  ])('of %s', (_, text, patterns) => {
    write('svc/dvc.yaml', text);
    mkdirSync(join(root, '.dvc'), { recursive: true });
    const place = { top, folder: 'svc', file: '.github/workflows/pipeline-svc.yml' };
    expect(watchedPaths(loadProject(root, noConfig), place)).toEqual([
      ...['svc/**', ...patterns, place.file],
    ]);
  });

  function common() {
    return ['shared/common.yaml', 'shared/common.yaml/**'];
  }
});

describe('the actions', () => {
  const top = join(scratch, 'top');
  test.each([
    ['of this repository', {}, { actions: './actions' }],
    ['of another one', { actions: 'ada/it@v1' }, { actions: 'ada/it/actions', ref: 'v1' }],
    ['with a ref beside', { actions: 'ada/it/x', ref: 'v1' }, { actions: 'ada/it/x', ref: 'v1' }],
  ])('%s', (_, named, found) => {
    expect(actionsReference(named, undefined, top)).toEqual(found);
  });

  test.each([
    ['nowhere', {}, scratch],
    ['in a folder without them', { actions: './other' }, top],
    ['without a ref', { actions: 'ada/it' }, top],
    ['at an address', { actions: 'https://github.com/ada/it@v1' }, top],
  ])('%s are refused with the remedy', (_, named, where) => {
    expect(() => actionsReference(named, undefined, where)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          kind: 'usage',
          hint: expect.stringContaining('--actions OWNER/REPO@REF'),
        }),
      }),
    );
  });

  test('are those of before, unless others are named', () => {
    const before = { actions: 'ada/it/actions', ref: 'v1' };
    expect(actionsReference({}, before, scratch)).toEqual(before);
    expect(actionsReference({ ref: 'v2' }, before, scratch)).toMatchObject({ ref: 'v2' });
  });

  test('are refused where the rest of Sibling is not above them', () => {
    const folder = join(scratch, 'copied');
    mkdirSync(join(folder, 'actions/run-stage'), { recursive: true });
    writeFileSync(join(folder, 'actions/run-stage/action.yml'), '');
    expect(() => actionsReference({}, undefined, folder)).toThrow(/without the rest of Sibling/);
    writeFileSync(join(folder, 'Dockerfile.dvc-runner'), '');
    expect(actionsReference({}, undefined, folder)).toEqual({ actions: './actions' });
    expect(() => actionsReference({ actions: './actions' }, undefined, top)).not.toThrow();
  });
});
