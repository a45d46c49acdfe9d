import { expect, test } from '@jest/globals';
import { readWanted, wantedText } from '../../../src/reproduction/wanted/version.ts';

test.each([
  ['', 'own@production'],
  ['iris', 'iris@production'],
  ['iris@staging', 'iris@staging'],
  ['iris@Production', 'iris@production'],
  ['@Staging', 'own@staging'],
  ['iris/3', 'iris/3'],
  ['/12', 'own/12'],
  ['a model.v2@x_1-y', 'a model.v2@x_1-y'],
])('%j means %s', (text, meant) => {
  expect(wantedText(readWanted(text, 'own'))).toBe(meant);
});

test.each(['iris@', 'iris/', 'iris/x', 'iris/-1', 'iris@a/3', 'a/b/3', 'iris@a b', 'iris@latest'])(
  '%j means nothing',
  (text) => expect(() => readWanted(text, 'own')).toThrow(/names no version|cannot be an alias/),
);
