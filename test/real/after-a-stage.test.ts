import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { runCommand } from '../rig/run-command.ts';

const post = fileURLToPath(new URL('../../actions/run-stage/post.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'sibling-after-'));
afterAll(() => rmSync(root, { recursive: true }));

test('a job that needed no engine ends well without one, and leaves no scratch folder', async () => {
  mkdirSync(join(root, '.sibling/scratch/a/work'), { recursive: true });
  const env = {
    DOCKER_HOST: `unix://${join(root, 'no.sock')}`,
    ...{ STATE_run: 'r-1', STATE_project: root },
  };
  const { code, stdout } = await runCommand(process.execPath, [post], { env, cwd: root });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(existsSync(join(root, '.sibling/scratch'))).toBe(false);
});
