import { describe, expect, test } from '@jest/globals';
import { closingLine } from './closing-line-reporter.ts';

const none = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe('the last line of a run', () => {
  test.each([
    ['all passed', { numPassedTests: 12 }, '12 passed, 0 failed'],
    ['some failed', { numPassedTests: 1, numFailedTests: 2 }, '1 passed, 2 failed'],
    ['skipped and to do', { numPendingTests: 2, numTodoTests: 1 }, '0 passed, 0 failed, 3 skipped'],
    ['a file that does not load', { numRuntimeErrorTestSuites: 1 }, '0 passed, 1 failed'],
  ])('%s', (_, counts, line) => {
    expect(closingLine({ ...none, ...counts })).toBe(line);
  });
});
