import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fuzzEngine, fuzzReaders } from './rig/fuzz/run.ts';
import { repository } from './rig/repository.ts';

// A small part of what `npm run fuzz` tries (docs/RELIABILITY.md).
test.each([
  ['what is read without a project', 1_200, fuzzReaders],
  ['the engine’s answers', 1_000, fuzzEngine],
] as const)('%s, garbled: every end is foreseen', async (_, count, fuzz) => {
  const { inputs, refused, faults } = await fuzz({ seed: 11, count });
  expect([...faults.values()].map(({ first }) => first)).toEqual([]);
  expect(inputs).toBe(count);
  expect(refused).toBeGreaterThan(0);
});

test('command lines and a project’s files, garbled: every end is foreseen', () => {
  // In a process of its own, for it changes folders and replaces what prints.
  const script = join(repository, 'build/scripts/fuzz.js');
  const args = [script, '--only', 'commands', '--seed', '11', '--count', '100'];
  expect(execFileSync('node', args, { encoding: 'utf8' })).toMatch(/ 0 kinds of faults/);
});
