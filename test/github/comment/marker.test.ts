import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compareRuns, markerLine, readMarker } from '../../../src/github/comment/marker.ts';

describe('the marker of a comment', () => {
  test('is an HTML comment that says who wrote it', () => {
    expect(markerLine({ pipeline: 'dvc.yaml', run: 12, attempt: 1 })).toBe(
      '<!-- sibling-report pipeline=dvc.yaml run=12 attempt=1 -->',
    );
  });

  test('reads back whatever the pipeline is called, and nothing in the name ends it', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
      fc.constant('a--> <b>'),
    );
    fc.assert(
      fc.property(name, fc.nat(), fc.nat({ max: 999_999 }), (pipeline, run, attempt) => {
        const line = markerLine({ pipeline, run, attempt });
        expect(line.indexOf('--', 4)).toBe(line.length - 3);
        expect(readMarker(`${line}\n### x`)).toEqual({ pipeline, run, attempt });
      }),
    );
  });

  test.each([
    ['behind other text', `hello ${markerLine({ pipeline: 'a', run: 1, attempt: 1 })}`],
    ['without a number', '<!-- sibling-report pipeline=a run= attempt=1 -->'],
    ['with broken encoding', '<!-- sibling-report pipeline=%ff run=1 attempt=1 -->'],
    ['of another tool', '<!-- Sticky Pull Request Comment -->'],
    ['of an empty body', ''],
  ])('%s is none', (_, body) => {
    expect(readMarker(body)).toBeUndefined();
  });

  test.each([
    [[2, 1], [1, 9], 1],
    [[2, 1], [2, 2], -1],
    [[2, 2], [2, 2], 0],
  ])('run %j against %j', ([run = 0, attempt = 0], [other = 0, again = 0], sign) => {
    const left = { pipeline: 'a', run, attempt };
    expect(Math.sign(compareRuns(left, { pipeline: 'a', run: other, attempt: again }))).toBe(sign);
  });
});
