import { ExpectedFailure, type Failure, type Place } from '../errors.ts';
import type { Style } from './style.ts';

/** A failure as a person reads it: cause with its place, what proves it, what to do. */
export function failureText(failure: Failure, style: Style): string {
  const place = failure.place ? `${placeText(failure.place)}: ` : '';
  return [
    `${style.red('error:')} ${place}${style.bold(failure.cause)}.`,
    ...(failure.details ?? []).map((line) => `  ${style.dim('|')} ${line}`),
    failure.hint,
  ].join('\n');
}

/** `file:line:column`, as editors and terminals make links of it. */
export function placeText(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}

/** Any thrown value as text; what nobody foresaw keeps its stack, since that is a bug to report. */
export function errorText(error: unknown, style: Style): string {
  if (error instanceof ExpectedFailure) return failureText(error.failure, style);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${style.red('unexpected error:')} ${stack}\nThis is a bug in Sibling: please report it with the lines above.`;
}
