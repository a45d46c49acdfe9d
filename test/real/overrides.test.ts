import { expect, test } from '@jest/globals';
import { runOverrides } from '../rig/overrides/run.ts';

test('params are overridden as by dvc exp run -S, byte for byte', async () => {
  const result = await runOverrides({ seed: 0, count: 100 });
  expect(result.faults).toEqual([]);
  expect(result.changed).toBeGreaterThan(100);
  expect(result.refused).toBeGreaterThan(50);
}, 120_000);
