import { ExpectedFailure } from '../../errors.ts';
import { type EnvFile, EnvFileError, parseEnvFile } from './parse.ts';
import { notReadable } from './read.ts';

/**
 * The text of a `.env` with these variables set. What sets one, or would if it were no comment, is
 * replaced where it stands; all else stays as it is. Throws 'configuration' where that would not give
 * just these values.
 */
export function setVariables(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(setVariable, text);
}

function setVariable(text: string, [name, value]: [string, string]): string {
  const before = parsed(text);
  for (const written of waysToWrite(value)) {
    const changed = withLine(text, before, name, written);
    if (isAsBefore(changed, before, name, value)) return changed;
  }
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${name} cannot be set in .env without changing another line of it`,
    hint: 'Look for a quote that is closed in another line than it seems. Nothing was written.',
  });
}

function withLine(text: string, before: EnvFile, name: string, written: string): string {
  const own = before.assignments.filter((assignment) => assignment.name === name);
  const [first, ...others] = own;
  if (first === undefined) {
    // A line of the example that waits to be filled in.
    const commented = new RegExp(`^# ?${name}=.*$`, 'm');
    const line = `${name}=${written}`;
    if (commented.test(text)) return text.replace(commented, () => line);
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
  }
  let changed = text;
  // Of several the last one counts: none but ours may be left. From the end, so that places stay right.
  for (const { begin, end } of others.reverse()) {
    // From the line's own beginning: not every reader takes an indented # for a comment.
    const indent = /(?<=^|\n)[ \t]+$/.exec(changed.slice(0, begin))?.[0].length ?? 0;
    const old = changed.slice(begin, end).replaceAll('\n', '\n# ');
    changed = `${changed.slice(0, begin - indent)}# ${old}${changed.slice(end)}`;
  }
  const exported = /^export\s+/.exec(text.slice(first.begin))?.[0] ?? '';
  return `${changed.slice(0, first.begin)}${exported}${name}=${written}${changed.slice(first.end)}`;
}

/** The plainest first: as it is, in single quotes, in double quotes with escapes. */
function waysToWrite(value: string): string[] {
  const escaped = value
    .replace(/[\\"$]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return [value, `'${value}'`, `"${escaped}"`];
}

/** Whether the text gives the variable this value, and every other line says what it said. */
function isAsBefore(text: string, before: EnvFile, name: string, value: string): boolean {
  try {
    const after = parseEnvFile(text, anything);
    const own = after.assignments.filter((assignment) => assignment.name === name);
    return (
      own.length === 1 &&
      own[0]?.value === value &&
      own[0].unset.length === 0 &&
      othersOf(after, name) === othersOf(before, name)
    );
  } catch (error) {
    if (error instanceof EnvFileError) return false;
    throw error;
  }
}

function othersOf({ assignments, inherited }: EnvFile, name: string): string {
  const others = assignments.filter((assignment) => assignment.name !== name);
  return JSON.stringify([
    others.map(({ name, quote, written }) => [name, quote, written]),
    inherited.map(({ name }) => name),
  ]);
}

/** What is asked here is how the file is written: whatever its values refer to, counts as set. */
const anything = () => 'set';

function parsed(text: string): EnvFile {
  try {
    return parseEnvFile(text, anything);
  } catch (error) {
    if (error instanceof EnvFileError) throw notReadable('.env', error);
    throw error;
  }
}
