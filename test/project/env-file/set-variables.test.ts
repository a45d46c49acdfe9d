import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEnvFile, valuesOf } from '../../../src/project/env-file/parse.ts';
import { setVariables } from '../../../src/project/env-file/set-variables.ts';

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
    ['\ufeffexport A=old # why\r\nB=2\r\n', '\ufeffexport A=1 # why\r\nB=2\r\n'],
    ["A='one\ntwo' # why\nB=$A\n", 'A=1 # why\nB=$A\n'],
    ['A: old\nA="older\nB=1"\n', 'A=1\n# A="older\n# B=1"\n'],
    ["K='one\nA=two\nthree'\n", "K='one\nA=two\nthree'\nA=1\n"],
    [`B=$\{A:?no}\n`, `B=$\{A:?no}\nA=1\n`],
  ])('in %j', (text, expected) => {
    expect(setVariables(text, { A: '1' })).toBe(expected);
  });

  test.each([
    'plain',
    'a b',
    ' a ',
    'a #b',
    '#a',
    `it's`,
    'say "x"',
    'a=b+c/d==',
    '$HOME',
    '${A',
    'both \' and "',
    'back\\slash',
    "ends in '\\",
    'two\r\nlines',
    '\u2028',
    '',
  ])('the value %j is read back as it is', (value) => {
    expectReadBack(value);
  });

  test('whatever the value is', () => {
    const character = fc.oneof(
      fc.constantFrom(...`\\'"\`$#{}:= \t\n\r-?0n`),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(
        fc.array(character).map((all) => all.join('')),
        expectReadBack,
      ),
    );
  });

  test('refuses what would change more than that', () => {
    const text = "K='one\n# A=two\nthree'\n";
    expect(() => setVariables(text, { A: '1' })).toThrow(/without changing another line/);
  });

  test('of a file that cannot be read the line is named', () => {
    expect(() => setVariables('B=1\nC="x\n', { A: '1' })).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ place: { file: '.env', line: 2 } }),
      }),
    );
  });
});

function expectReadBack(value: string): void {
  const text = setVariables('# A=\nB=$C # 2\n', { A: value });
  const lookup = (name: string) => (name === 'C' ? 'c' : undefined);
  expect(valuesOf(parseEnvFile(text, lookup))).toEqual({ A: value, B: 'c' });
}
