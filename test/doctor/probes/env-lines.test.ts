import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { envTroubles } from '../../../src/doctor/probes/env-lines.ts';
import { repository } from '../../rig/repository.ts';

const known = ['DAGSHUB_TOKEN', 'DAGSHUB_USER_NAME', 'SIBLING_FILES'];
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['# a comment\n\nA=1\nexport B=2\n  C = 3\r\nD=\n', []],
  ['A="x # y"\nB=\'z\' # comment\nC=x # comment\n', []],
  ['KEY="first\nsecond"\nB=1\n', []],
  ['A=1\nsecret-text\n', ['.env:2: this line sets nothing']],
  ['A: secret-text\n', []],
  ['A=1\nsecret text\n', ['.env:2: a name cannot have a space in it']],
  ['A="secret-text\nB=2\n', ['.env:1: the quote that opens the value of A is not closed']],
  [
    'A="secret-text\nB=2\nC="\n',
    ['.env:1: the quote that opens the value of A is closed some lines below'],
  ],
  ['A=1\n#\nA=2\n', ['.env:3: A is set in line 1 already; this one counts']],
  ['A=secret#text\n', []],
  ['A= # secret-text\n', ['.env:1: A has a comment for its value']],
  [
    'A=secret$pace\n',
    ['.env:1: the value of A has a $ that stands for a variable, which is not set'],
  ],
  ['A=$1 $$pace\nB=$A\n', []],
  ['DAGSHUB_TOKN=secret-text\n', ['.env:1: Sibling reads DAGSHUB_TOKEN, and no DAGSHUB_TOKN']],
  ['DAGSHUB_SOMETHING_ELSE=1\nMY_TOKEN=1\n', []],
];

test.each(cases)('%j', (text, expected) => {
  const troubles = envTroubles(Buffer.from(text), known, {});
  expect(troubles.map((trouble) => trouble.text)).toEqual(expected);
  expect(JSON.stringify(troubles)).not.toContain('secret');
});

test('a file that is not UTF-8 is told as such', () => {
  const bytes = Buffer.concat([Buffer.from('A=1\nB='), Buffer.from('ÿ', 'latin1')]);
  expect(envTroubles(bytes, known, {})).toMatchObject([
    { state: 'failure', text: '.env:2: this is not UTF-8 text: save the file as UTF-8' },
  ]);
  expect(envTroubles(Buffer.from('\ufeffA=1', 'utf16le'), known, {})).toMatchObject([
    { state: 'failure', place: { file: '.env', line: 1 } },
  ]);
});

test('the place is the line, and a misspelt name is put right', () => {
  const [trouble] = envTroubles(Buffer.from('A=1\nDAGSHUB_TOKN=x\n'), known, {});
  expect(trouble).toMatchObject({
    state: 'warning',
    hint: 'Rename what is misspelt, unless a stage reads it.',
    place: { file: '.env', line: 2 },
  });
});

test.each([
  ['SIBLING_PORT', 'SIBLING_MLFLOW_PORT'],
  ['DAGSHUB_USER', 'DAGSHUB_USER_NAME'],
  ['DAGSHUB_USERNAME', 'DAGSHUB_USER_NAME'],
  ['DVC_REMOTE', 'DVC_REMOTE_URL'],
  ['AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
  ['AWS_SECRET_KEY', 'AWS_SECRET_ACCESS_KEY'],
  ['MLFLOW_URI', 'MLFLOW_TRACKING_URI'],
  ['AWS_PROFILE', undefined],
  ['MLFLOW_RUN_ID', undefined],
  ['MLFLOW_EXPERIMENT_NAME', undefined],
  ['DAGSHUB_KEY', undefined],
  ['SIBLING_X', undefined],
])('of the names in .env.example, %s may be meant to be %s', (name, guess) => {
  const example = readFileSync(join(repository, '.env.example'), 'utf8');
  const names = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, each]) => each ?? '');
  const texts = envTroubles(Buffer.from(`${name}=x\n`), names, {}).map(({ text }) => text);
  expect(texts).toEqual(guess ? [`.env:1: Sibling reads ${guess}, and no ${name}`] : []);
});
