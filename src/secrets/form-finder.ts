import type { Range } from './pieces.ts';

/** Characters of one regular expression; V8 takes no more than some ten thousand. */
const longestPattern = 8_000;

export interface FormFinder {
  replaced(text: string): string;
  rangesIn(text: string): Range[];
}

/**
 * Finds whole forms of secrets, the longest first. Short ones by regular expressions, a few hundred in
 * one; a key file or a service account is longer than an expression may be, and is searched for as it is.
 */
export function formFinder(forms: readonly string[]): FormFinder {
  const sorted = forms.toSorted((one, other) => other.length - one.length);
  const long = sorted.filter(({ length }) => length * 2 > longestPattern);
  const patterns = inPatterns(sorted.slice(long.length).map(escaped));
  return {
    replaced(text) {
      const withoutLong = long.reduce((shown, form) => shown.replaceAll(form, '***'), text);
      return patterns.reduce((shown, pattern) => shown.replace(pattern, '***'), withoutLong);
    },
    rangesIn: (text) => [
      ...long.flatMap((form) => placesOf(text, form)),
      ...patterns.flatMap((pattern) =>
        [...text.matchAll(pattern)].map(
          ({ index, 0: { length } }): Range => [index, index + length],
        ),
      ),
    ],
  };
}

/** In their order, as many in one as it takes. */
function inPatterns(sources: readonly string[]): RegExp[] {
  const groups: string[][] = [];
  let room = 0;
  for (const source of sources) {
    room -= source.length + 1;
    if (room < 0 || groups.length === 0) {
      groups.push([]);
      room = longestPattern - source.length;
    }
    groups.at(-1)?.push(source);
  }
  return groups.map((group) => new RegExp(group.join('|'), 'g'));
}

function placesOf(text: string, form: string): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
    found.push([at, at + form.length]);
  }
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
