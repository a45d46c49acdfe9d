import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { shellWords } from '../../../src/stage/command/shell-words.ts';
import { quoteWord } from '../../../src/text/quote-words.ts';
import { shellAnswers } from '../../rig/shell-answer.ts';

const texts = (line: string) => shellWords(line).words.map(({ text }) => text);

test.each<[string, readonly string[]]>([
  ['', []],
  ['  a\tb  ', ['a', 'b']],
  [`'a b' "c d" e\\ f`, ['a b', 'c d', 'e f']],
  [`a'b'"c"d`, ['abcd']],
  [`'' ""`, ['', '']],
  [`"a\\"b\\\\c\\d\\$"`, ['a"b\\c\\d$']],
  [`'a\\'b`, ['a\\b']],
  [`'it'\\''s' ';&|<>()$\`*?[~{a,b}#'`, ["it's", ';&|<>()$`*?[~{a,b}#']],
  ['a\\;b \\| \\*', ['a;b', '|', '*']],
  ['a # b; c', ['a']],
  ['a#b "#c"', ['a#b', '#c']],
  ['a\\\nb', ['ab']],
  ['a \\\n b', ['a', 'b']],
  ['a "b\nc"', ['a', 'b\nc']],
  ['a\n', ['a']],
  ['a \n # b\n\n', ['a']],
  ['\n# a\n b', ['b']],
  [
    'if while ! { } x=1 a~b {} {a} --x=~',
    ['if', 'while', '!', '{', '}', 'x=1', 'a~b', '{}', '{a}'],
  ],
  ['a,b ../c ]', ['a,b', '../c', ']']],
])('%j is read as a shell reads it', (line, words) => {
  expect(texts(line)).toEqual(words);
});

test.each<[string, string, string, number]>([
  ['a && b', 'operator', '&&', 2],
  ['a&', 'operator', '&', 1],
  ['a;b', 'operator', ';', 1],
  ['a | tee "b"', 'operator', '|', 2],
  ['a || b', 'operator', '||', 2],
  ['a 2>&1', 'operator', '>', 3],
  ['a >> b', 'operator', '>>', 2],
  ['a < b', 'operator', '<', 2],
  ['a <(b)', 'operator', '<', 2],
  ['(a)', 'operator', '(', 0],
  ['a\nb', 'operator', '\n', 1],
  ['a # c\nb', 'operator', '\n', 5],
  ['a $B', 'expansion', '$', 2],
  [`a "x\${B}"`, 'expansion', '$', 4],
  ["a $'b'", 'expansion', '$', 2],
  ['a `b`', 'expansion', '`', 2],
  ['a "`b`"', 'expansion', '`', 3],
  ['a *.csv', 'pattern', '*', 2],
  ['a b?', 'pattern', '?', 3],
  ['a [b]', 'pattern', '[', 2],
  ['a ~/b', 'pattern', '~', 2],
  ['a b=~/c', 'pattern', '~', 4],
  ['a x{b,c}', 'pattern', '{', 3],
  [`a {'b c',d}`, 'pattern', '{', 2],
  ['a {1..3}', 'pattern', '{', 2],
  ["a 'b", 'unfinished', "'", 2],
  ['a "b\\"', 'unfinished', '"', 2],
  ['a\\', 'unfinished', '\\', 1],
  ['a\0b', 'unfinished', '\0', 1],
])('%j is more than words', (line, kind, found, offset) => {
  expect(shellWords(line).fault).toEqual({ kind, found, offset });
});

const shells = ['/bin/sh', '/bin/bash'];

test('words that are quoted come back from the reader and from real shells', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...` '"\\$;&|<>()*?[]~{},.#!=\n\t-a`), maxLength: 8 }),
  );
  const clean = word.map((text) => Buffer.from(text.replaceAll('\0', '')).toString());
  fc.assert(
    fc.property(fc.array(fc.array(clean, { maxLength: 6 }), { maxLength: 30 }), (all) => {
      const lines = all.map((words) => words.map(quoteWord).join(' '));
      for (const [at, line] of lines.entries()) {
        expect(shellWords(line)).toEqual({
          words: all[at]?.map((text) => ({ text, start: expect.any(Number) })),
        });
      }
      for (const shell of shells) expect(shellAnswers(shell, lines)).toEqual(all);
    }),
    { numRuns: 20 },
  );
});

test('what is read without a fault is what real shells make of it', () => {
  const unit = fc.constantFrom(...`ab  ''""\\\\#;&|<>()$\`*?[]~{},.!=:\n\t-1`);
  const line = fc
    .string({ unit, maxLength: 14 })
    .map((text) => `x ${text}`)
    .filter((text) => shellWords(text).fault === undefined);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const read = lines.map(texts);
      for (const shell of shells) expect(shellAnswers(shell, lines)).toEqual(read);
    }),
    { numRuns: 25 },
  );
});

test('a long line takes no long time', () => {
  const begun = performance.now();
  for (const unit of ['{', '{a', '# \n', '\\\n', "''", '"\\"" ', ' \n'])
    shellWords(unit.repeat(200_000));
  expect(performance.now() - begun).toBeLessThan(5_000);
});
