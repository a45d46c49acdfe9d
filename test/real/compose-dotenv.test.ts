import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ourAnswer } from '../rig/compose-dotenv/our-answer.ts';
import { askCompose, type Question } from '../rig/compose-dotenv/reference.ts';

/** What a `.env` is made of, and what it is not. */
const parts = [
  ...['A', 'B', 'S', 'E', 'X', 'export ', '=', '=', '=', ': ', '\n', '\n', '\n', '\r\n', ' ', '\t'],
  ...['"', '"', "'", "'", '\\', '\\n', '\\$', '\\"', '\\0101', '$', '$$', '$A', '$S', '${', '}'],
  ...[
    '{',
    ':-',
    '-',
    ':+',
    '+',
    ':?',
    '?',
    '#',
    ' #',
    'x',
    '1',
    '_',
    '.',
    'é',
    '日',
    '🎉',
    '\ufeff',
  ],
  ...['\u0085', '\u00a0', '\u2028', '\u3000', '\v', '\f', '\r', '\0', 'ſ', '"a b"', "'c'", '`'],
] as const;
const value = fc.array(fc.constantFrom(...parts), { maxLength: 8 });
const line = fc
  .tuple(
    fc.constantFrom('A', 'B', 'C', 'export A', ' B ', '# A', ''),
    fc.constantFrom('=', '=', '= ', '="', "='", ': ', '', '=${', '="${A', '=${X:-'),
    value,
    fc.constantFrom('', '', '"', "'", '}', '}"', ' # x'),
  )
  .map(([name, sign, middle, end]) => `${name}${sign}${middle.join('')}${end}\n`);
const file = fc.oneof(
  fc.array(line, { maxLength: 5 }).map((lines) => lines.join('')),
  // A name at the very end is left out: test/project/env-file/parse.test.ts says why.
  fc.array(fc.constantFrom(...parts), { maxLength: 25 }).map((all) => `${all.join('')}\n`),
);
const env = { S: 'set', E: '', s: 'low' };

test('any .env says the same to us and to Docker Compose', () => {
  const questions: Question[] = fc.sample(file, 60_000).map((text) => ({ text, env }));
  const answers = askCompose(questions);
  const read = answers.filter((answer) => 'values' in answer);
  expect(read.length).toBeGreaterThan(questions.length / 4);
  const different = questions.filter((question, at) => {
    const [theirs, ours] = [answers[at] ?? { error: '' }, ourAnswer(question)];
    if ('error' in theirs) return !('error' in ours);
    return !isDeepStrictEqual(ours, theirs);
  });
  expect(different.map(({ text }) => text)).toEqual([]);
});
