import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contains, PathSet } from '../../src/system/contains.ts';

const part = fc.constantFrom('a', 'b', 'ab', '.', '..', '..a');
const path = fc
  .tuple(fc.constantFrom('', '/'), fc.array(part, { minLength: 1, maxLength: 4 }))
  .map(([start, parts]) => start + parts.join('/'));

describe('many paths at once', () => {
  test('are within one another as two and two are', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 6 }), path, (paths, other) => {
        const set = new PathSet(paths);
        const around = paths.filter((each) => contains(each, other));
        const found = set.around(other);
        expect(found !== undefined).toBe(around.length > 0);
        if (found !== undefined) expect(around).toContain(found);
        const within = paths.some((each) => contains(other, each) && !contains(each, other));
        expect(set.hasWithin(other)).toBe(within);
      }),
    );
  });
});
