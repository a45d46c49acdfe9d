import { expect, test } from '@jest/globals';
import { runOverrides } from '../rig/overrides/run.ts';

test('params are overridden as by dvc exp run -S, byte for byte', async () => {
  const result = await runOverrides({ seed: 0, count: 100 });
  expect(result.faults).toEqual([]);
  expect(result.changed).toBeGreaterThan(100);
  expect(result.refused).toBeGreaterThan(50);
}, 120_000);

test('a text that is taken apart at every comma and blank is found out', async () => {
  const split = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');
  const { faults } = await runOverrides({ seed: 0, count: 25, split });
  expect(faults.join()).toContain('split otherwise');
}, 60_000);
