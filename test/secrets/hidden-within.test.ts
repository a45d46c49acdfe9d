import { expect, test } from '@jest/globals';
import { hiddenRecord, hiddenWithin } from '../../src/secrets/hidden-within.ts';
import { keepSecret } from '../../src/secrets/known.ts';

test('texts lose what is secret; numbers, bytes, names of fields and own words stay', () => {
  keepSecret({ PIN_TOKEN: '123456', FIELD_PASSWORD: 'succeeded' });
  const bytes = new Uint8Array([49, 50, 51]);
  const data = {
    rows: [{ value: 0.123456, why: 'PIN 123456 is wrong', succeeded: null }],
    outcome: 'succeeded',
    bytes,
  };
  expect(hiddenWithin(data, new Set(['outcome']))).toEqual({
    rows: [{ value: 0.123456, why: 'PIN *** is wrong', succeeded: null }],
    outcome: 'succeeded',
    bytes,
  });
  expect(hiddenRecord({ 'of 123456': '123456', n: 123456 })).toEqual({
    'of ***': '***',
    n: 123456,
  });
});
