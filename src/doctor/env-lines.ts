import { closest } from '../closest.ts';
import type { Trouble } from './check.ts';

const assignment = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;

/**
 * What is wrong in the text of a `.env`, with its line, and never with what stands there: it may be
 * secret. Node takes a line without `=` into the next name, and a quote that stays open takes the
 * lines up to the next one with it. `known` are names that something reads.
 */
export function envTroubles(text: string, known: readonly string[]): readonly Trouble[] {
  const troubles: Trouble[] = [];
  const seen = new Map<string, number>();
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const number = at + 1;
    const note = (state: Trouble['state'], what: string, hint: string) =>
      troubles.push({
        state,
        text: `.env:${number}: ${what}`,
        hint,
        place: { file: '.env', line: number },
      });
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, value = ''] = assignment.exec(line) ?? [];
    if (name === undefined) {
      note(
        'failure',
        'this line is not NAME=value',
        'Mend it, or put # before it: it spoils the next line too.',
      );
      continue;
    }
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      note(
        'warning',
        `${name} is set in line ${earlier} already; this one counts`,
        'Remove one of them.',
      );
    }
    seen.set(name, number);
    const guess = misspelt(name, known);
    if (guess !== undefined) note('warning', `nothing reads ${name}`, `Did you mean ${guess}?`);
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote !== undefined) {
      const end = closing(lines, at, quote);
      if (end === undefined || lines.slice(at + 1, end + 1).some((next) => assignment.test(next))) {
        note(
          'failure',
          `the quote that opens the value of ${name} is not closed in its line`,
          'Close it.',
        );
      } else at = end;
    } else if (/[^\s#]#/.test(value)) {
      note('warning', `the value of ${name} ends before its #`, 'Put the value in double quotes.');
    }
  }
  return troubles;
}

/** The index of the line in which a quote that opens in line `at` closes. */
function closing(lines: readonly string[], at: number, quote: string): number | undefined {
  const first = (lines[at] ?? '').slice((lines[at] ?? '').indexOf(quote) + 1);
  if (first.includes(quote)) return at;
  const further = lines.slice(at + 1).findIndex((line) => line.includes(quote));
  return further < 0 ? undefined : at + 1 + further;
}

/** Any name may be a stage's own; one of ours that nearly is another is not. */
function misspelt(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name) || !/^(DAGSHUB|SIBLING|MLFLOW|DVC|AWS)_/.test(name)) return undefined;
  const guess = closest(name, known);
  return guess !== undefined && Math.abs(guess.length - name.length) <= 2 ? guess : undefined;
}
