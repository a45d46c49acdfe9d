import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadProject } from '../../src/dvc/read/load-project.ts';
import { absentInCheckout } from '../../src/export/absent-in-checkout.ts';
import { noConfig } from '../dvc/project-folder.ts';
import { git } from '../rig/stage-project.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-absent-'));
/** Git's root, with the project in a folder of it. */
const top = join(scratch, 'repository');
const root = join(top, 'model');

function write(path: string, text = '') {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const warnings = (dvcYaml: string, config = '') => {
  write('dvc.yaml', dvcYaml);
  write('.dvc/config', config);
  return absentInCheckout(loadProject(root, noConfig), top, noConfig);
};

const depends = (...deps: string[]) =>
  `stages:\n  a:\n    cmd: sibling stage a\n    deps:\n${deps.map((dep) => `      - ${dep}\n`).join('')}`;

beforeAll(() => {
  mkdirSync(join(scratch, 'elsewhere'), { recursive: true });
  mkdirSync(join(top, 'shared'), { recursive: true });
  git(scratch, 'init', '--quiet', top);
  writeFileSync(join(scratch, 'elsewhere/x.csv'), '');
  write('in/here.csv');
  write('links/plain.csv');
  symlinkSync(join(scratch, 'elsewhere/x.csv'), join(root, 'links/out.csv'));
  symlinkSync('../in', join(root, 'links/within'));
  symlinkSync('../../elsewhere', join(root, 'away'));
  symlinkSync('../shared', join(root, 'beside'));
  write('.gitignore', '/own\n/made\n/kept\n');
  write('own/x.csv');
  write('kept/a.csv');
  write('kept.dvc', 'outs:\n- path: kept\n  md5: d41d8cd98f00b204e9800998ecf8427e.dir\n');
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a job’s checkout lacks', () => {
  test.each([
    ['an absolute path', join(scratch, 'elsewhere/x.csv'), /, which is not in the repository$/],
    ['one that is not there', '/nowhere/at/all', /, which is not in the repository$/],
    ['a path above Git’s root', '../../elsewhere', /, which is not in the repository$/],
    ['what a link leads to', 'away/x.csv', /leads to .*elsewhere\/x\.csv, outside/],
    ['what does not lie there yet', 'away/y.csv', /leads to .*elsewhere\/y\.csv, outside/],
    ['a link in a folder', 'links', /in which links\/out\.csv leads to .*x\.csv, outside/],
    ['what Git ignores', 'own/x.csv', /, which Git ignores and no stage makes$/],
  ])('%s: %s', async (_, dep, found) => {
    const [warning, remedy, ...more] = await warnings(depends('in', dep));
    expect(warning).toContain(`warning: dvc.yaml:6:9: stage a depends on ${dep}`);
    expect(warning).toMatch(found);
    expect(remedy).toContain('dvc add');
    expect(more).toEqual([]);
  });

  test('params and vars out there, at their lines, once for all items of a foreach', async () => {
    write('../../elsewhere/p.yaml', 'lr: 1\n');
    const path = '../../elsewhere/p.yaml';
    const stage = `{cmd: sibling stage b, params: [{${path}: [lr]}]}`;
    const vars = `vars: [${path}]\nstages:\n  b: {foreach: [1, 2], do: ${stage}}\n`;
    const found = await warnings(vars);
    expect(found.slice(0, -1)).toEqual([
      `warning: dvc.yaml:3:61: stage b has params in ${path}, which is not in the repository`,
      `warning: dvc.yaml:3:61: stage b has vars in ${path}, which is not in the repository`,
    ]);
  });

  test('a cache and a remote of .dvc/config', async () => {
    const config = `[cache]\n    dir = /mnt/cache\n['remote "disk"']\n    url = ../../../disk\n['remote "s3"']\n    url = s3://x/y\n`;
    const found = await warnings(depends('in'), config);
    expect(found.slice(0, -1)).toEqual([
      "warning: .dvc/config:2: DVC's cache is the folder /mnt/cache, outside the repository",
      `warning: .dvc/config:4: the remote disk is the folder ${join(scratch, 'disk')}, outside the repository`,
    ]);
  });
});

test('nothing is said of what is there, or made, or kept by DVC', async () => {
  const text = `${depends('in', 'links/within', 'beside', '../shared', 'made/x', 'kept', 'kept/a.csv', 's3://b/x')}  m: {cmd: sibling stage m, outs: [made]}\n`;
  expect(await warnings(text, '[cache]\n    dir = ../../cache\n')).toEqual([]);
});

test('what lies in a submodule is asked of the submodule, fetched or not', async () => {
  const origin = join(scratch, 'origin');
  mkdirSync(origin);
  writeFileSync(join(origin, 'words.txt'), 'x');
  writeFileSync(join(origin, '.gitignore'), '/own.txt\n');
  git(origin, 'init', '--quiet');
  git(origin, 'add', '--all');
  git(origin, 'commit', '--quiet', '--message', 'start');
  const allowed = ['-c', 'protocol.file.allow=always'];
  git(top, ...allowed, 'submodule', '--quiet', 'add', origin, 'model/sub');
  write('sub/own.txt');
  const text = depends('sub', 'sub/words.txt', 'sub/no/such.txt', 'sub/own.txt', 'own/x.csv');
  const told = async () => (await warnings(text)).slice(0, -1).map((line) => line.split(' a ')[1]);
  expect(await told()).toEqual([
    'depends on sub/own.txt, which Git ignores and no stage makes',
    'depends on own/x.csv, which Git ignores and no stage makes',
  ]);
  rmSync(join(root, 'sub'), { recursive: true });
  mkdirSync(join(root, 'sub'));
  expect(await told()).toEqual(['depends on own/x.csv, which Git ignores and no stage makes']);
});
