import { expect, test } from '@jest/globals';
import { playRounds } from '../rig/locks/rounds.ts';

// Without claims on dead locks about one round in five hundred has two holders.
test('of processes that take one workspace at the same time, one has it', async () => {
  const { rounds, had, killed, paused, faults } = await playRounds({ count: 120, seed: 7 });
  expect(faults).toEqual([]);
  expect(had).toBeGreaterThan(rounds / 2);
  expect(killed).toBeGreaterThan(20);
  expect(paused).toBeGreaterThan(10);
}, 120_000);
