import { describe, expect, test } from '@jest/globals';
import { secretForms } from '../../src/secrets/forms.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the forms of a secret', () => {
  test.each<[string, string, string]>([
    ['as it is', 'pa+ss w/ord', 'pa+ss w/ord'],
    ['of an address', 'pa+ss w/ord', 'pa%2Bss%20w%2Ford'],
    ['of a form', 'pa+ss w/ord', 'pa%2Bss+w%2Ford'],
    ['of an address with small hex', 'pa+ss w/ord', 'pa%2bss%20w%2ford'],
    ['of RFC 3986', "it's(a*secret)!", 'it%27s%28a%2Asecret%29%21'],
    ['of an address that was parsed', 'pa ss/w"rd', 'pa%20ss/w%22rd'],
    ['of JSON', 'pa"ss\\word', 'pa\\"ss\\\\word'],
    ['of JSON in JSON', 'pa"ssword', 'pa\\\\\\"ssword'],
    ['of Python’s JSON', 'pässwörd', 'p\\u00e4ssw\\u00f6rd'],
    ['of Python’s JSON, beyond the plane', 'pass😀word', 'pass\\ud83d\\ude00word'],
    ['of HTML', `a&b<c>d"e'f`, 'a&amp;b&lt;c&gt;d&quot;e&#39;f'],
    ['of HTML with a hexadecimal quote', `a&b'c`, 'a&amp;b&#x27;c'],
    ['of HTML that leaves quotes', `a&b'c`, "a&amp;b'c"],
    ['of a shell, quoted', `it's'secret`, `it'\\''s'\\''secret`],
    ['of a shell, escaped', 'a b$c', 'a\\ b\\$c'],
    ['of a shell in double quotes', 'a b$c`d', 'a b\\$c\\`d'],
    ['of base64', 'secret!!', base64('secret!!')],
    ['of base64 without padding', 'secret!', 'c2VjcmV0IQ'],
    ['of base64 without padding, which is not that of addresses', '>>>?', 'Pj4+Pw'],
    ['of base64 of addresses', '>>>???>>>', 'Pj4-Pz8_Pj4-'],
    ['of basic authentication', 'secret', base64('ada:secret')],
    ['without the white space around it', ' secret ', 'secret'],
  ])('%s: %s', (_, secret, form) => {
    expect(secretForms(secret, ['ada'])).toContain(form);
  });

  test('of half a character are those of what stands for it', () => {
    expect(secretForms('half\ud83d')).toContain('half%EF%BF%BD');
    expect(secretForms('\ud83d\ud83dhalf')).toContain('%EF%BF%BD%EF%BF%BDhalf');
  });

  test('are none that would be found everywhere', () => {
    expect(secretForms('abc')).not.toContain('abc');
    expect(secretForms('abcd')).toContain('abcd');
  });

  test('are none of nothing', () => {
    expect(secretForms('', ['ada'])).toEqual([]);
  });

  test('without a user are of nobody’s authentication', () => {
    const forms = secretForms('secret');
    const decoded = forms.map((form) => Buffer.from(form, 'base64').toString());
    expect(decoded.filter((text) => text.includes(':'))).toEqual([]);
    expect(forms).toContain('secret');
    expect(forms.every((form) => /^[\w/+=-]{4,}$/.test(form))).toBe(true);
  });

  test('of a plain word are few, each of them once', () => {
    const forms = secretForms('secret12');
    expect(new Set(forms).size).toBe(forms.length);
    expect(forms.filter((form) => form.includes('secret12'))).toEqual(['secret12']);
  });

  test('come with the longest first, so that no part of one is left', () => {
    for (const secret of [`pa"ss w'ord & <more>`, 'secret', 'ää']) {
      const lengths = secretForms(secret, ['ada', 'longer-name']).map(({ length }) => length);
      expect(lengths).toEqual(lengths.toSorted((one, other) => other - one));
      expect(Math.min(...lengths)).toBeGreaterThan(3);
    }
  });

  test.each<[string, boolean]>([
    ['sixteen-letters!', true],
    ['fifteen-letter', false],
    ['abc123', true],
    ['abc12', false],
    ['abcdef', false],
    ['123456', false],
    ['ABC-123', true],
  ])('a line %s of a longer one is a secret by itself: %s', (line, isOne) => {
    for (const secret of [`${line}\nx`, `x\r\n${line}\r\ny`]) {
      const found = secretForms(secret);
      expect(found.includes(line)).toBe(isOne);
    }
  });

  test.each([0, 1, 2, 3, 4, 5])('stand in the base64 of any text, after %s bytes', (before) => {
    for (const secret of ['s3cret-of-some-length', 's3cret-of-some-lengt', 's3cret-of-some-leng']) {
      const text = base64(`${'?'.repeat(before)}${secret}~~~`);
      const form = secretForms(secret).find((one) => text.includes(one));
      // At most the bytes at its two ends share a character with others.
      expect(form?.length).toBeGreaterThanOrEqual(Math.floor((secret.length * 4) / 3) - 2);
    }
  });
});
