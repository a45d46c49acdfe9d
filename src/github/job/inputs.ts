import * as core from '@actions/core';
import { ExpectedFailure } from '../../errors.ts';

/** An input that must not be empty. Throws 'usage' naming it. */
export function requiredInput(name: string): string {
  const value = core.getInput(name);
  if (value !== '') return value;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `the input ${name} is missing`,
    hint: `Give it under with: in the workflow's step; the action's README explains it.`,
  });
}

/** `true` or `false`, however written; empty is false. Throws 'usage' for anything else. */
export function booleanInput(name: string): boolean {
  const value = core.getInput(name).toLowerCase();
  if (value === 'true') return true;
  if (value === 'false' || value === '') return false;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `the input ${name} is ${JSON.stringify(value)}`,
    hint: 'It takes true or false.',
  });
}

/** One of these words, the first when nothing is given. Throws 'usage' for anything else. */
export function choiceInput<const Choice extends string>(
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const value = core.getInput(name);
  const found = value === '' ? choices[0] : choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `the input ${name} is ${JSON.stringify(value)}`,
    hint: `It takes ${choices.join(' or ')}.`,
  });
}
