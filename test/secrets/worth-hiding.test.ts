import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isWorthHiding, shortestSecret } from '../../src/secrets/worth-hiding.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-worth-'));
const file = join(folder, 'key-1');
const before = process.cwd();
beforeAll(() => {
  writeFileSync(file, '');
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe('the value of a declared variable', () => {
  test.each<[string, string, boolean]>([
    ['of some length', 'a1'.repeat(shortestSecret / 2), true],
    ['a little shorter', 'a1'.repeat(shortestSecret / 2).slice(1), false],
    ['a word', 'production', false],
    ['words', 'bert-base_uncased.model', false],
    ['a long word', 'abcdefghijkl', true],
    ['with a long word in it', 'base-abcdefghijkl', true],
    ['words and a digit', 'bert-base-2', true],
    ['words and nothing', 'bert-base-', true],
    ['nothing and words', '-bert-base', true],
    ['digits and a word', '7bert-base', true],
    ['two separators', 'bert--base', true],
    ['a number', '1234567', false],
    ['with a sign', '-1234.567', false],
    ['with another', '+1_234_567', false],
    ['a number with an exponent', '12345e10', false],
    ['of great size', '1.2345E+10', false],
    ['of small size', '1.2345e-10', false],
    ['a number and more', '1234567x', true],
    ['more and a number', 'x_1234567', true],
    ['with a word for an exponent', '12345eab', true],
    ['with a word for a sign', '12345ex1', true],
    ['with no exponent', '1234567e', true],
    ['a region', 'eu-central-1', false],
    ['a region and more', 'eu-central-10', true],
    ['more and a region', 'xeu-central-1', true],
    ['a region of one letter', 'e-central-1', true],
    ['a region without a number', 'eu-central-x1', true],
    ['a region of capitals', 'EU-central-1', true],
    ['a region of a digit', 'eu-c3ntral-1', true],
    ['an address', 'https://example.org/x1', false],
    ['an address in capitals', 'S3+x-y.2://bucket/x1', false],
    ['with an address in it', '1 https://example.org', true],
    ['with no proper scheme', 'ht_tp://example.org/1', true],
    ['a file that is there', file, false],
    ['a file that is not there', `${file}0`, true],
    ['the name of a file that is there', 'key-12', true],
    ['what the project says', 'iris-v2', false],
    ['a part of what it says', 's-v2\n', false],
  ])('%s: %s is hidden: %s', (_, value, isHidden) => {
    expect(isWorthHiding('KAGGLE', value, 'model: iris-v2\n')).toBe(isHidden);
  });

  test('a name alone, without a slash, is no file, though there may be one of it', () => {
    expect(isWorthHiding('X', 'key-1', '')).toBe(false); // too short
    writeFileSync(join(folder, 'key-12'), '');
    expect(isWorthHiding('X', 'key-12', '')).toBe(true);
    expect(isWorthHiding('X', './key-12', '')).toBe(false);
  });

  test.each<[string, boolean]>([
    ['KAGGLE_KEY', true],
    ['AWS_PROFILE', false],
    ['MY_AWS_PROFILE', true],
    ['AWS', true],
    ['aws_profile', false],
    ['PATH', false],
    ['PATHS', true],
    ['MY_PATHX', true],
    ['XPATH', true],
    ['MY_PATH', false],
    ['MY_PATH_X', true],
    ['HTTP_PROXY', false],
    ['HTTPS_PROXY', false],
    ['ALL_PROXY', false],
    ['NO_PROXY', false],
    ['A_PROXY', true],
    ['HTTP_PROXY_X', true],
    ['DB_HOST', false],
    ['DB_HOSTED', true],
    ['HOST', true],
    ['CI', false],
    ['CIX', true],
  ])('in %s is hidden: %s', (name, isHidden) => {
    expect(isWorthHiding(name, '0123-abcd', '')).toBe(isHidden);
  });
});
