import { describe, expect, test } from '@jest/globals';
import { secretHider, secretTexts } from '../../src/secrets/secrets.ts';

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

const key = 'm0Y3n9Qz7Lw2Kd8Rt5Xv1Bc6Jh4Gs';

describe('pieces of a secret', () => {
  const hideKey = secretHider({ API_KEY: key });

  test('of any 15 characters, on whatever line, nothing is told', () => {
    for (let from = 0; from + 15 <= key.length; from++) {
      for (let to = from + 15; to <= key.length; to++) {
        expect(hideKey(`<${key.slice(from, to)}>`)).toBe('<***>');
      }
    }
  });

  test.each([20, 64, 76])('base64 in lines of %d characters', (width) => {
    const text = Buffer.from(`user ada has the key ${key}, and no other one`).toString('base64');
    const lines = hideKey(text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n'));
    const shown = Buffer.from(lines.replace(/\*\*\*|\n/g, ''), 'base64').toString('latin1');
    for (let at = 0; at + 8 <= key.length; at++) expect(shown).not.toContain(key.slice(at, at + 8));
  });

  test('JSON stays JSON, whichever piece of an odd secret is in it', () => {
    const odd = `é"a1\\b2"c3\n${key}"\\x9é${key.slice(5)}`;
    const hideOdd = secretHider({ API_KEY: odd });
    for (let from = 0; from < odd.length; from++) {
      for (let to = from + 1; to <= odd.length; to++) {
        const json = JSON.stringify(['before', `x${odd.slice(from, to)}\n"y`, 'after']);
        const ascii = json.replace(
          /[^ -~]/g,
          (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        for (const text of [json, ascii]) {
          expect(JSON.parse(hideOdd(text))).toEqual(['before', expect.any(String), 'after']);
        }
      }
    }
  });

  test('a word of a longer value, and a short piece, stay', () => {
    const hideValue = secretHider({ API_KEY: 'model-v2-2026-11-28-large correct-horse-battery' });
    expect(hideValue('model-v2-2026-11-27 of correct-horse')).toBe(
      'model-v2-2026-11-27 of correct-horse',
    );
    expect(hideKey(key.slice(0, 11))).toBe(key.slice(0, 11));
  });

  test('a text is cut before a secret, in whatever form, and nowhere else', () => {
    const { cutBefore } = secretTexts({ API_KEY: `${key}+` });
    for (const form of [`${key}+`, `${key}%2B`]) {
      const text = `12345${form} and on`;
      expect(Array.from(text, (_, at) => cutBefore(text, at))).toEqual(
        Array.from(text, (_, at) => (at > 5 && at < 5 + form.length ? 5 : at)),
      );
    }
    expect(cutBefore('see https://ada:unknown@host', 15)).toBe(10);
  });
});

test.each([20_000, 200_000])(
  'secrets of %d characters together are hidden, and nothing throws',
  (size) => {
    const long = `MARKER77${'0123456789abcdef'.repeat(size / 16)}`;
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `S${at}_TOKEN`,
        `t0ken-${at}-${'x'.repeat(size / 80)}`,
      ]),
    );
    const { hide, isIn, cutBefore } = secretTexts({ KUBE_CONFIG_SECRET: long, ...many });
    expect(hide(`it is ${long}.`)).toBe('it is ***.');
    expect(hide(`${many.S7_TOKEN}, ${many.S39_TOKEN}`)).toBe('***, ***');
    expect(isIn(Buffer.from(long).toString('base64'))).toBe(true);
    expect(cutBefore(`ab ${long}`, 100)).toBe(3);
  },
);
