import { expect, test } from '@jest/globals';
import { hiddenWithin } from '../../src/secrets/hidden-within.ts';
import { keepSecret } from '../../src/secrets/known-secrets.ts';

test('texts and names lose what is secret; numbers and bytes stay, so that the JSON can be read', () => {
  keepSecret({ PIN_TOKEN: '123456', QUOTED_TOKEN: 'a"b&c<d' });
  const bytes = new Uint8Array([49, 50, 51]);
  const data = {
    rows: [{ value: 0.123456, why: 'PIN 123456 is wrong', 'of 123456': null }],
    page: 'a"b&c<d',
    bytes,
    templates: new Map([['123456', 'said 123456']]),
  };
  const shown = hiddenWithin(data);
  expect(shown).toEqual({
    rows: [{ value: 0.123456, why: 'PIN *** is wrong', 'of ***': null }],
    page: '***',
    bytes,
    templates: new Map([['***', 'said ***']]),
  });
  expect(JSON.parse(JSON.stringify(shown.rows))).toEqual(shown.rows);
});
