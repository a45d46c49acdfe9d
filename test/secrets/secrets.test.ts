import { expect, test } from '@jest/globals';
import { secretHider } from '../../src/secrets/secrets.ts';

const token = 'a+b/c=deadbeef\nsecond line of it';
const hide = secretHider({ DAGSHUB_TOKEN: token, DAGSHUB_USER_NAME: 'ada', NAME: 'iris' });
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  [token],
  ['second line of it'],
  [encodeURIComponent(token)],
  [base64(token)],
  [base64(`ada:${token}`)],
])('%j is hidden', (form) => {
  expect(hide(`before ${form} after`)).toBe('before *** after');
});

test.each(['x', 'xy', 'xyz'])(
  'in the base64 of a text after %j, what tells of it is hidden',
  (before) => {
    const text = base64(`${before}${token}, and on`);
    const hidden = hide(text);
    expect(hidden).toMatch(/^.{0,4}\*\*\*.+/);
    expect(Buffer.from(hidden.replace('***', ''), 'base64').toString()).not.toContain('deadbeef');
  },
);

test('JSON stays JSON, also where an address and an @ follow each other', () => {
  const told = { uri: 'http://127.0.0.1:5500', image: 'python@sha256:1', at: 'https://u:p@host/' };
  expect(JSON.parse(hide(JSON.stringify(told)))).toEqual({ ...told, at: 'https://***@host/' });
});

test('without secrets, texts stay as they are', () => {
  expect(secretHider({ TOKENIZERS_PARALLELISM: 'false' })('false iris')).toBe('false iris');
});
