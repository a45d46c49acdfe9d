import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readEnvironment } from '../src/settings.ts';
import { colourAllowed } from '../src/terminal/style.ts';

test('the environment wins over .env; what is empty there is unset', () => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-env-'));
  writeFileSync(join(root, '.env'), 'A=file\nB="two words"\nC=\n# D=4\n');
  expect(readEnvironment(root, { A: 'shell', E: '5' })).toEqual({
    A: 'shell',
    B: 'two words',
    E: '5',
  });
  rmSync(root, { recursive: true });
  expect(readEnvironment(root, { A: '1' })).toEqual({ A: '1' });
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('colour with %j, terminal %s: %s', (env, isTTY, allowed) => {
  expect(colourAllowed(env, { isTTY })).toBe(allowed);
});
