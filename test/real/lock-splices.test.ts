import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { mergeLock } from '../../src/dvc/lock/merge.ts';
import { lockText, spliceCases } from '../rig/lock-splices/random-lock.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';
import { toolPath } from '../rig/tools.ts';

test('DVC and PyYAML read from a merged dvc.lock the old one with exactly the new entries', async () => {
  const cases = fc.sample(spliceCases, { numRuns: 200, seed: 1 }).map((one) => {
    const before = lockText(one);
    const changes = [...one.changes];
    return JSON.stringify({ before, changes, after: mergeLock('dvc.lock', before, one.changes) });
  });
  const worker = join(repository, 'test/rig/lock-splices/splice_worker.py');
  const python = toolPath('python', { set: 'dvc' });
  const input = `${cases.join('\n')}\n`;
  const result = await runCommand(python, [worker], { input });
  expect(result).toMatchObject({ code: 0, stdout: '' });
  const wrong = JSON.stringify({ before: 'stages: {}', changes: [], after: 'stages: {a: 1}' });
  expect((await runCommand(python, [worker], { input: `${wrong}\n` })).stdout).toMatch(/^DVC: /);
}, 60_000);
