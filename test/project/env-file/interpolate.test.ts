import { expect, test } from '@jest/globals';
import { interpolate } from '../../../src/project/env-file/interpolate.ts';

test('references within references, and behind others, have a bound', () => {
  const nested = (depth: number) => `${'${A:-'.repeat(depth)}x${'}'.repeat(depth)}`;
  const none = () => undefined;
  expect(interpolate(nested(400), none)).toBe('x');
  expect(() => interpolate(nested(3_000), none)).toThrow(/more than 500 references/);
  expect(() => interpolate(`${'$'}{A:-x} `.repeat(3_000), none)).toThrow(
    /more than 500 references/,
  );
});
