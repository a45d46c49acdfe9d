import { expect, test } from '@jest/globals';
import { howItEnded } from '../../src/container/exit-code.ts';

test.each([
  [1, 'failed with exit code 1'],
  [128, 'failed with exit code 128'],
  [129, 'was ended by signal 1 (SIGHUP) with exit code 129'],
  [137, 'was ended by signal 9 (SIGKILL) with exit code 137'],
  [143, 'was ended by signal 15 (SIGTERM) with exit code 143'],
  [159, 'was ended by signal 31 (SIGSYS) with exit code 159'],
  [160, 'failed with exit code 160'],
  [255, 'failed with exit code 255'],
])('exit code %i: %s', (code, words) => {
  expect(howItEnded(code)).toBe(words);
});
