import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { setVariables } from '../src/env-file.ts';

describe('setVariables', () => {
  test.each([
    ['', 'A=1\n'],
    ['B=2', 'B=2\nA=1\n'],
    ['B=2\nA=old\nC=3\n', 'B=2\nA=1\nC=3\n'],
    ['# A=\n', 'A=1\n'],
    ['#A=\n# A is the first\n', 'A=1\n# A is the first\n'],
    ['# A=\nA=old\n', '# A=\nA=1\n'],
    ['A=old\n export A = "older"\n', 'A=1\n# export A = "older"\n'],
    ['AA=old\n', 'AA=old\nA=1\n'],
  ])('in %j', (text, expected) => {
    expect(setVariables(text, { A: '1' })).toBe(expected);
  });

  test.each(['plain', 'a b', 'a#b', `it's`, 'say "x"', 'a=b+c/d==', '$HOME', ''])(
    'the value %j is read back as it is',
    (value) => {
      const text = setVariables('# A=\nB=2\n', { A: value });
      expect(parseEnv(text)).toEqual({ A: value, B: '2' });
    },
  );

  test.each([
    ['a line within the quotes of another', "K='one\nA=two\nthree'\n", { A: '1' }],
    ['two lines with all three quotes', '', { A: `x\n'"\`` }],
  ])('refuses what would change more than that: %s', (_, text, values) => {
    expect(() => setVariables(text, values)).toThrow(/without changing another line/);
  });
});
