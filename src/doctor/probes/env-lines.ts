import { EnvFileError, parseEnvFile } from '../../project/env-file/parse.ts';
import { notReadable, textOf } from '../../project/env-file/read.ts';
import { closest } from '../../text/closest.ts';
import type { Trouble } from '../check.ts';

/**
 * What is wrong in the bytes of a `.env`, or is not what its author may think, with its line, and never
 * with what stands there: it may be secret. `known` are names that something reads.
 */
export function envTroubles(
  bytes: Buffer,
  known: readonly string[],
  env: NodeJS.ProcessEnv,
): readonly Trouble[] {
  try {
    const file = parseEnvFile(textOf(bytes), (name) => env[name]);
    const ofNames = file.inherited.flatMap(({ name, line }) =>
      env[name] === undefined
        ? [note(line, 'this line sets nothing', 'Write NAME=value, or put # before it.')]
        : [],
    );
    const seen = new Map<string, number>();
    const ofValues = file.assignments.flatMap((assignment) => {
      const { name, line, quote, written, unset } = assignment;
      const earlier = seen.get(name);
      seen.set(name, line);
      const guess = misspelt(name, known);
      return [
        ...(earlier === undefined
          ? []
          : [
              note(
                line,
                `${name} is set in line ${earlier} already; this one counts`,
                'Remove one of them.',
              ),
            ]),
        ...(guess === undefined
          ? []
          : [note(line, `Sibling reads ${guess}, and no ${name}`, renameIt)]),
        ...(swallowsLines(quote, written)
          ? [
              note(
                line,
                `the quote that opens the value of ${name} is closed some lines below`,
                'Close it in its line, unless the value has several.',
              ),
            ]
          : []),
        ...(unset.length === 0
          ? []
          : [
              note(
                line,
                `the value of ${name} has a $ that stands for a variable, which is not set`,
                'For a dollar write $$, or put the value in single quotes.',
              ),
            ]),
        ...(quote === undefined && written.startsWith('#')
          ? [note(line, `${name} has a comment for its value`, 'Put it in a line of its own.')]
          : []),
      ];
    });
    return [...ofNames, ...ofValues].sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
  } catch (error) {
    if (!(error instanceof EnvFileError)) throw error;
    const { hint } = notReadable('.env', error).failure;
    return [{ ...note(error.line, error.message, hint), state: 'failure' }];
  }
}

const renameIt = 'Rename what is misspelt, unless a stage reads it.';

function note(line: number, what: string, hint: string): Trouble {
  return {
    state: 'warning',
    text: `.env:${line}: ${what}`,
    hint,
    place: { file: '.env', line },
  };
}

/** A quote that was left open takes what follows up to the next quote with it. */
function swallowsLines(quote: string | undefined, written: string): boolean {
  return quote !== undefined && /\n[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*=/.test(written);
}

/**
 * The name that another one was meant to be. Any name may be a stage's own; one of ours is misspelt when
 * what follows its first word nearly is what follows that of another, or lacks some of its words.
 */
function misspelt(name: string, known: readonly string[]): string | undefined {
  const [, family = '', rest = ''] = /^(DAGSHUB|SIBLING|MLFLOW|DVC|AWS)_(.+)$/.exec(name) ?? [];
  if (rest === '' || known.includes(name)) return undefined;
  const others = known
    .filter((each) => each.startsWith(`${family}_`))
    .map((each) => each.slice(family.length + 1));
  const words = rest.split('_');
  const longer = others.filter((other) => words.every((word) => other.split('_').includes(word)));
  const guess = closest(rest, others) ?? shortest(longer);
  return guess === undefined ? undefined : `${family}_${guess}`;
}

function shortest(candidates: readonly string[]): string | undefined {
  return [...candidates].sort((one, other) => one.length - other.length)[0];
}
