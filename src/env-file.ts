import { parseEnv } from 'node:util';
import { ExpectedFailure } from './errors.ts';

/**
 * The text of a `.env` with these variables set. A line that sets one, or would if it were no
 * comment, is replaced where it stands; all else stays as it is. Throws 'configuration' where that
 * would not give just these values.
 */
export function setVariables(text: string, values: Readonly<Record<string, string>>): string {
  const changed = Object.entries(values).reduce(setVariable, text);
  const expected = { ...parseEnv(text), ...values };
  const found = parseEnv(changed);
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    if (expected[name] !== found[name]) throw notReadable(name);
  }
  return changed;
}

function setVariable(text: string, [name, value]: [string, string]): string {
  const line = `${name}=${quoted(name, value)}`;
  const set = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*$`, 'm');
  const commented = new RegExp(`^# ?${name}=.*$`, 'm');
  for (const pattern of [set, commented]) {
    if (!pattern.test(text)) continue;
    let isFirst = true;
    // Of several lines the last one counts: none but ours may be left.
    return text.replace(new RegExp(pattern, 'gm'), (old) => {
      if (!isFirst) return pattern === set ? `# ${old.trim()}` : old;
      isFirst = false;
      return line;
    });
  }
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** In the quotes, if any, with which Node reads it back as it is. */
function quoted(name: string, value: string): string {
  const ways = [value, ...["'", '"', '`'].map((quote) => `${quote}${value}${quote}`)];
  const way = ways.find((text) => parseEnv(`A=${text}\nB=1\n`).A === value);
  if (way === undefined) throw notReadable(name);
  return way;
}

function notReadable(name: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `${name} cannot be set in .env without changing another line of it`,
    hint: 'Look for a quote that is not closed in .env: sibling doctor names the line. Nothing was written.',
  });
}
