import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { repository } from '../rig/repository.ts';

function run(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', [`build/scripts/${script}.js`, ...args], {
    cwd: repository,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

test('every linter is content', () => {
  const { status, output } = run('lint');
  if (status !== 0) throw new Error(output);
});

test('the committed bundles are what the sources give', () => {
  const { status, output } = run('bundle', '--check');
  expect(output).toMatch(/bundles are what the sources give/);
  expect(status).toBe(0);
});

test("the actions' READMEs have the tables of their action.yml", () => {
  const { status, output } = run('action-readmes', '--check');
  if (status !== 0) throw new Error(output);
});
