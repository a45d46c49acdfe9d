import { describe, expect, test } from '@jest/globals';
import type { ModelVersion } from '../../src/mlflow/registry.ts';
import { holderOf, readAlias } from '../../src/promotion/alias.ts';

describe('the name of an alias', () => {
  test.each([
    ['production', 'production'],
    ['Production', 'production'],
    ['STAGING', 'staging'],
    ['Champion', 'Champion'],
    ['blue_1-a', 'blue_1-a'],
  ])('%s means %s', (text, alias) => expect(readAlias(text)).toBe(alias));

  test.each(['', 'latest', 'Latest', 'v1', 'V12', 'a b', 'a/b', 'ä', 'x'.repeat(256)])(
    '%j is none',
    (text) => expect(() => readAlias(text)).toThrow('cannot be an alias'),
  );
});

const version = (number: number, oldStage?: string): ModelVersion => ({
  number,
  created: 0,
  run: undefined,
  oldStage,
  tags: new Map(),
});
const newestFirst = [
  version(4, 'Archived'),
  version(3, 'Production'),
  version(2, 'Production'),
  version(1),
];

describe('who holds an alias', () => {
  test.each([
    ['the one that it points at', { production: 1 }, 'production', 1],
    ['where it was never set, the newest of the old stage', {}, 'production', 3],
    ['nobody', { production: 1 }, 'staging', undefined],
    ['nobody, where the version is gone', { staging: 9 }, 'staging', undefined],
  ])('%s', (_, aliases, alias, number) => {
    const model = { name: 'shop', aliases: new Map(Object.entries(aliases)), tags: new Map() };
    expect(holderOf(alias, model, newestFirst)?.number).toBe(number);
  });
});
