import { expect, test } from '@jest/globals';
import { type Check, verdictOf } from '../../../src/reproduction/compare/result.ts';

const check = (kind: Check['kind'], state: Check['state']): Check => {
  return { kind, what: 'model', state, expected: 'aa', found: 'aa' };
};

test('only a model that was looked at is identical', () => {
  expect(verdictOf([check('model', 'same'), check('image', 'note')])).toBe('identical');
  expect(verdictOf([check('model', 'same'), check('lock', 'differs')])).toBe('differs');
  expect(verdictOf([check('lock', 'same'), check('stored', 'same')])).toBe('cannot');
  expect(verdictOf([])).toBe('cannot');
});
