import { describe, expect, test } from '@jest/globals';
import { closingLine, withEarlier } from './closing-line-reporter.ts';

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

test('runs that count together', () => {
  const [first, second] = [
    { ...none, numPassedTests: 3, numFailedTests: 1 },
    { ...none, numPassedTests: 1, numRuntimeErrorTestSuites: 1 },
  ];
  const last = { ...none, numPassedTests: 10, numPendingTests: 1 };
  const earlier = `${JSON.stringify(first)}\n${JSON.stringify(second)}\n`;
  expect(closingLine(withEarlier(last, earlier))).toBe('14 passed, 2 failed, 1 skipped');
  expect(withEarlier(last, '')).toEqual(last);
});
