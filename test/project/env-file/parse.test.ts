import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EnvFileError, parseEnvFile } from '../../../src/project/env-file/parse.ts';
import { ourAnswer } from '../../rig/compose-dotenv/our-answer.ts';
import type { Answer, Question } from '../../rig/compose-dotenv/reference.ts';

/** What Docker Compose made of each text: scripts/record-compose-answers.ts wrote it down. */
const recorded: readonly (Question & Answer)[] = JSON.parse(
  readFileSync('test/project/env-file/compose-answers.json', 'utf8'),
);

test.each(recorded.map((answer) => [answer.text, answer] as const))('%j', (_, answer) => {
  const ours = ourAnswer(answer);
  if ('error' in answer) expect(ours).toHaveProperty('error');
  else expect(ours).toEqual({ values: answer.values });
});

test.each([
  ['A=1\n# x\nB C=2\n', 3, 'a name cannot have a space in it'],
  ['A=1\r\nB+=2\r\n', 2, 'a name cannot have "+" in it'],
  ['A="\n\n"\nB=\'secret\nC=1\n', 4, 'the quote that opens the value of B is not closed'],
  ['A=secret${\n', 1, 'the value of A cannot be made: a ${ that does not name a variable'],
  [
    `\n\nA=$\{B:?ask Ada}\n`,
    3,
    'the value of A cannot be made: it needs B, which is not set: ask Ada',
  ],
])('%j names line and cause, and no value', (text, line, message) => {
  try {
    parseEnvFile(text, () => undefined);
    throw new Error('it was read');
  } catch (error) {
    expect(error).toBeInstanceOf(EnvFileError);
    expect(error).toMatchObject({ line, message });
  }
});

test('a name at the very end is of the environment, as in any other line; to Compose it is a value without a name', () => {
  expect(ourAnswer({ text: 'A=1\nS', env: { S: 'set' } })).toEqual({
    values: { A: '1', S: 'set' },
  });
});
