import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { afterTimeout } from '../../src/system/long-timeout.ts';

const day = 86_400_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test.each([1, 30 * day, 100 * day])('%i ms: not before, and once', (duration) => {
  const act = jest.fn();
  afterTimeout(duration, act);
  jest.advanceTimersByTime(duration - 1);
  expect(act).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(100 * day);
  expect(act).toHaveBeenCalledTimes(1);
});

test('cancelled in its second part, it never comes', () => {
  const act = jest.fn();
  const cancel = afterTimeout(60 * day, act);
  jest.advanceTimersByTime(40 * day);
  cancel();
  jest.advanceTimersByTime(100 * day);
  expect(act).not.toHaveBeenCalled();
});
