import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { runParamsCopies } from '../rig/params-copies/run.ts';

test('every program reads from a copy what it reads from the params file', async () => {
  const results = await runParamsCopies({ seed: 0, count: 200 });
  for (const [, { faults, whole, read }] of results) {
    expect(faults).toEqual([]);
    expect(read).toBeGreaterThan(100);
    expect(whole).toBeLessThan(read / 10);
  }
}, 60_000);

test('a copy of values that are printed again is found out', async () => {
  const results = await runParamsCopies({
    seed: 0,
    count: 50,
    copy: async (root, { path }) => {
      const text = readFileSync(join(root, path), 'utf8');
      try {
        return { content: path.endsWith('.yaml') ? stringify(parse(text)) : text };
      } catch {
        return { content: text };
      }
    },
  });
  const [yaml, ...others] = results.values();
  expect(yaml?.faults.join()).toContain('SafeLoader');
  // And what is not declared is not overlooked.
  for (const { faults } of others) expect(faults.join()).toContain('undeclared');
}, 60_000);
