import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { git, makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`;

let root: string;
beforeAll(async () => {
  await ensureBusyboxImage(new Docker());
  root = makeProject({
    stages: {
      first: { script: 'echo 1 > one', entry: { outs: ['one'] } },
      second: { script: 'cat data/* > two', entry: { deps: ['one', 'data'], outs: ['two'] } },
    },
    files: { 'data/big.bin': pointer, '.gitattributes': '*.bin filter=lfs -text\n' },
  });
});
afterAll(() => removeProject(root));

test('no stage starts on what only stands for its data, and the checkout in a workflow has it', async () => {
  const lfs = await sibling(root, ['run']);
  expect(lfs).toMatchObject({ code: 3 });
  expect(lfs.stderr).toMatch(/stage second depends on data, .* Git LFS pointer at data\/big\.bin/);
  expect(lfs.stderr).toContain('git lfs pull');
  expect(existsSync(join(root, 'one'))).toBe(false);
  const status = await sibling(root, ['status']);
  expect(status).toMatchObject({ code: 0 });
  expect(status.stderr).toMatch(/warning: .*second depends on data, .* Git LFS pointer at data/);
  const doctor = await sibling(root, ['doctor', '--json']);
  expect(doctor.stdout).toContain('Git LFS pointer at data/big.bin');

  writeFileSync(join(root, 'data/big.bin'), 'data');
  mkdirSync(join(root, 'data/module'));
  const entry = `160000,${'1'.repeat(40)},data/module`;
  execFileSync('git', ['-C', root, 'update-index', '--add', '--cacheinfo', entry]);
  writeFileSync(join(root, '.gitmodules'), '[submodule "m"]\n\tpath = data/module\n\turl = ../m\n');
  git(root, 'add', '.gitmodules');
  const submodule = await sibling(root, ['run']);
  expect(submodule).toMatchObject({ code: 3 });
  expect(submodule.stderr).toContain('git submodule update --init data/module');
  expect(existsSync(join(root, 'one'))).toBe(false);

  const options = ['export', 'github', '--actions', 'o/r@v1', '--branch', 'main'];
  expect(await sibling(root, options)).toMatchObject({ code: 0 });
  const file = join(root, '.github/workflows/pipeline.yml');
  const text = readFileSync(file, 'utf8');
  expect(text.match(/^ {10}lfs: true\n {10}submodules: recursive$/gm)).toHaveLength(4);
  writeFileSync(file, text.replace(/(# keep: checkout\/second\n)/, '$1          fetch-depth: 0\n'));
  expect(await sibling(root, [...options, '--check'])).toMatchObject({ code: 0 });
});
