import { describe, expect, test } from '@jest/globals';
import { secretHider, secretsOf, secretTexts } from '../../src/secrets/secrets.ts';

const value = 'a1b2c3';

test.each<[string, boolean]>([
  ['TOKEN', true],
  ['TOKEN_OF_IT', true],
  ['MY_TOKEN_X', true],
  ['MYTOKEN', true],
  ['mytoken', true],
  ['TOKENIZER', false],
  ['MYTOKENS', false],
  ['1TOKENS', false],
  ['1TOKEN', false],
  ['DB_PASSWORD', true],
  ['PASSWD', true],
  ['PASS', true],
  ['DB_PASS', true],
  ['BYPASS', false],
  ['PASSES', false],
  ['DB_PASS_COUNT', false],
  ['PASSPHRASE', true],
  ['CLIENT_SECRET', true],
  ['AWS_ACCESS_KEY_ID', true],
  ['ACCOUNT_KEY', true],
  ['STORAGE_KEY', true],
  ['API_KEY', true],
  ['CONNECTION_STRING', true],
  ['CREDENTIALS', true],
  ['KEY', false],
  ['SIBLING_REMOTE_CREDENTIALS', false],
  ['XSIBLING_REMOTE_CREDENTIALS', true],
  ['SIBLING_REMOTE_CREDENTIALS_2', true],
  ['GOOGLE_APPLICATION_CREDENTIALS', false],
  ['MY_CREDENTIAL_FILE', false],
  ['MY_CREDENTIALS_FILE', false],
  ['my_token_file', false],
  ['MY_TOKEN_FILE_X', true],
  ['_TOKEN_FILE', false],
  ['_CREDENTIALS_FILE', false],
])('what %s says is a secret: %s', (name, isSecret) => {
  expect(secretsOf({ [name]: value })).toEqual(isSecret ? [value] : []);
});

describe('what is secret in an environment', () => {
  test('is never a short value, whatever its name', () => {
    expect(secretsOf({ TOKEN: value.slice(1), API_TOKEN: value })).toEqual([value]);
    expect(secretsOf({ TOKEN: undefined })).toEqual([]);
    expect(secretsOf({ X: 'https://eve:short@host' })).toEqual([]);
  });

  test('is said once', () => {
    expect(secretsOf({ TOKEN: value, API_KEY: value })).toEqual([value]);
  });

  test('is also what an address holds whose whole is a secret', () => {
    const address = 'https://eve:pa55word@host';
    expect(secretsOf({ DB_PASSWORD: address })).toEqual([address, 'pa55word']);
  });

  test('is of a declared one what no file says', () => {
    const declared = { names: ['KAGGLE'], publicText: 'not this' };
    expect(secretsOf({ KAGGLE: value, OTHER: value.repeat(2) }, declared)).toEqual([value]);
    expect(secretsOf({ KAGGLE: value }, { ...declared, publicText: `x ${value}` })).toEqual([]);
    expect(secretsOf({ KAGGLE: value })).toEqual([]);
  });
});

describe('a pattern of secrets', () => {
  test('finds nothing without any', () => {
    for (const env of [{ PATH: '/bin', USER: 'ada' }, {}]) {
      expect(secretTexts(env).isIn('/bin of ada, and all else 12345678')).toBe(false);
    }
  });

  test('has the authentication of each user, but of no other name', () => {
    const basic = (user: string) => Buffer.from(`${user}:${value}`).toString('base64');
    const { hide } = secretTexts({
      ...{ TOKEN: value, USER: 'ada', DAGSHUB_USER_NAME: 'eve', NAME: 'bob', MY_USER: '' },
    });
    expect(hide(basic('ada'))).toBe('***');
    expect(hide(basic('eve'))).toBe('***');
    for (const user of ['bob', '', 'undefined']) expect(hide(basic(user))).not.toBe('***');
  });

  test.each([
    [{ TOKEN: value, API_KEY: `${value}-and-more` }],
    [{ API_KEY: `${value}-and-more`, TOKEN: value }],
  ])('finds the longest first: %j', (env) => {
    expect(secretHider(env)(`x ${value}-and-more y ${value} z`)).toBe('x *** y *** z');
  });

  test('takes no character for a pattern’s', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a regular expression's characters
    const odd = 'a.*+?^${}()|[]\\/b';
    const hide = secretHider({ TOKEN: odd });
    expect(hide(`x ${odd} y`)).toBe('x *** y');
    expect(hide('aXYZ')).toBe('aXYZ');
  });

  test.each([
    ['https://eve:short@host/x', 'https://***@host/x'],
    ['//eve@host', '//***@host'],
    ['a / eve@host', 'a / eve@host'],
    ['https://host/ eve@host', 'https://host/ eve@host'],
    ['eve@host', 'eve@host'],
  ])('without a secret %s is told as %s', (text, told) => {
    expect(secretHider({})(text)).toBe(told);
  });
});
