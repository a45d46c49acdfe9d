import { distinctTexts, numberText } from './number-text.ts';
import type { Value } from './value.ts';

/** A value for a person; `quote` writes what comes from a file. Numbers need no quoting. */
export function valueText(value: Value | undefined, quote: (untrusted: string) => string): string {
  if (value === undefined) return '';
  switch (value.type) {
    case 'number':
      return value.exact ?? numberText(value.value);
    case 'non-finite':
      return value.value;
    case 'boolean':
      return String(value.value);
    case 'string':
      return quote(value.value);
    case 'null':
      return 'null';
    case 'list':
      return listText(value);
  }
}

/** Both values of a row; two numbers get as many digits as it takes to tell them apart. */
export function valueTexts(
  before: Value | undefined,
  after: Value | undefined,
  quote: (untrusted: string) => string,
): [before: string, after: string] {
  if (before?.type === 'number' && after?.type === 'number' && !before.exact && !after.exact) {
    const [left = '', right = ''] = distinctTexts([before.value, after.value]);
    return [left, right];
  }
  return [valueText(before, quote), valueText(after, quote)];
}

function listText(list: Extract<Value, { type: 'list' }>): string {
  const { length, first, last, min, max } = list;
  if (first === undefined || last === undefined || min === undefined || max === undefined) {
    return `${length} items`;
  }
  const [from, to, low, high] = [first, last, min, max].map((number) => numberText(number));
  return `${length} values, ${from} … ${to} (min ${low}, max ${high})`;
}
