import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';
import { repository } from '../rig/repository.ts';
import { toolPath } from '../rig/tools.ts';

test('DVC in the dvc-runner keeps to the chosen remote', () => {
  const { status, stdout, stderr } = spawnSync(
    toolPath('pytest'),
    ['-q', '-p', 'no:cacheprovider', 'test/dvc-runner'],
    {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, DVC_PYTHON: toolPath('python', { set: 'dvc' }) },
    },
  );
  if (status !== 0) throw new Error(stdout + stderr);
}, 300_000);
