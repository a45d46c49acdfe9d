import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repository } from './rig/repository.ts';

// A small part of what `npm run odd-answers` tries. In a process of its own, for it takes what is printed.
test('odd answers of GitHub, DagsHub and MLflow: every end is foreseen, soon, with one comment', () => {
  const script = join(repository, 'build/scripts/odd-answers.js');
  const said = execFileSync('node', [script, '--count', '60', '--seed', '11'], {
    encoding: 'utf8',
  });
  expect(said).toMatch(/^60 tries, \d+ refused in words, 0 kinds of faults/m);
});
