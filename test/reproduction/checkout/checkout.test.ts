import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findProject } from '../../../src/project/project.ts';
import { checkOut } from '../../../src/reproduction/checkout/checkout.ts';
import { makeClone } from '../../../src/reproduction/checkout/clone.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sibling-checkout-')));
afterAll(() => rmSync(folder, { recursive: true }));

const root = join(folder, 'workspace');
const dvc = (name: string) => join(root, '.dvc', name);
function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', [...identity, '-C', root, ...args], { encoding: 'utf8' }).trim();
}

test('the keys of the workspace do not meet an address of the commit, nor a link of it', async () => {
  mkdirSync(join(root, '.dvc'), { recursive: true });
  execFileSync('git', ['init', '--quiet', root]);
  const remote = (url: string) => `['remote "storage"']\n    url = ${url}\n`;
  writeFileSync(join(root, 'dvc.yaml'), 'stages: {}\n');
  writeFileSync(dvc('config'), remote('https://stranger.example.org'));
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'untouched');
  symlinkSync(elsewhere, dvc('config.local'));
  git('add', '--all', '--force');
  git('commit', '--quiet', '--message', 'stranger');
  const commit = git('rev-parse', 'HEAD');
  rmSync(dvc('config.local'));
  writeFileSync(dvc('config'), remote('s3://own'));
  const local = `['remote "storage"']\n    access_key_id = key\n`;
  writeFileSync(dvc('config.local'), local);

  const project = findProject(root);
  const { signal } = new AbortController();
  const clone = await makeClone(project, 'run');
  const checkout = await checkOut(project, clone, commit, signal);
  const read = (name: string) => readFileSync(join(checkout.project.root, '.dvc', name), 'utf8');
  expect([read('config'), read('config.local')]).toEqual([
    remote('s3://own'),
    `${local}[cache]\n    dir = cache\n`,
  ]);
  expect(readFileSync(elsewhere, 'utf8')).toBe('untouched');
});
