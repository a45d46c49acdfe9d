import { expect, test } from '@jest/globals';
import { fuzzCommands, fuzzEngine, fuzzReaders } from './rig/fuzz/run.ts';

// A small part of what `npm run fuzz` tries (docs/RELIABILITY.md).
test.each([
  ['what is read without a project', 1_200, fuzzReaders],
  ['the engine’s answers', 1_000, fuzzEngine],
  ['command lines and a project’s files', 80, fuzzCommands],
] as const)('%s, garbled: every end is foreseen', async (_, count, fuzz) => {
  const { inputs, refused, faults } = await fuzz({ seed: 11, count });
  expect([...faults.values()].map(({ first }) => first)).toEqual([]);
  expect(inputs).toBe(count);
  expect(refused).toBeGreaterThan(0);
});
