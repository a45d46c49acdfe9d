import { expect, test } from '@jest/globals';
import { runShownFiles } from '../rig/shown-files/run.ts';

test('plots and metrics files show what DVC shows of them', async () => {
  const result = await runShownFiles({ seed: 1, count: 60 });
  expect(result.faults).toEqual([]);
  expect(result.drawn).toBeGreaterThan(20);
  expect(result.valued).toBeGreaterThan(30);
}, 120_000);
