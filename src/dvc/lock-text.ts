import { isMap, isScalar, parseDocument } from 'yaml';
import { ExpectedFailure } from '../errors.ts';

/**
 * The entries of a dvc.lock as DVC wrote them, by stage name: text from the line of the name to the
 * next name. Keeping DVC's own text keeps a merged file byte for byte as DVC would have it.
 */
export function lockEntries(text: string): Map<string, string> {
  const stages = parseDocument(text).get('stages', true);
  const entries = new Map<string, string>();
  if (!isMap(stages)) return entries;
  const starts = stages.items.map(({ key }) => ({
    name: String(isScalar(key) ? key.value : key),
    at: text.lastIndexOf('\n', (isScalar(key) && key.range?.[0]) || 0) + 1,
  }));
  starts.forEach(({ name, at }, index) => {
    const end = starts[index + 1]?.at ?? endOfStages(text, at);
    entries.set(name, text.slice(at, end).replace(/\n*$/, '\n'));
  });
  return entries;
}

/** Where the indented lines of the last entry end. */
function endOfStages(text: string, from: number): number {
  const next = /^[^\s#]/m.exec(text.slice(from));
  return next ? from + next.index : text.length;
}

/**
 * A dvc.lock with some entries replaced or added; new ones go last, as DVC puts them. Throws
 * 'configuration' for an entry that is not one stage's.
 */
export function mergeLock(
  file: string,
  text: string | undefined,
  changes: ReadonlyMap<string, string>,
): string {
  const entries = text === undefined ? new Map<string, string>() : lockEntries(text);
  for (const [name, entry] of changes) {
    requireEntry(file, name, entry);
    entries.set(name, entry);
  }
  return `schema: '2.0'\nstages:\n${[...entries.values()].join('')}`;
}

/** An entry comes from another job: it must be this stage's, and nothing beside it. */
function requireEntry(file: string, name: string, entry: string): void {
  const document = parseDocument(`stages:\n${entry}`);
  const stages = document.get('stages', true);
  const top = isMap(document.contents) ? document.contents.items.length : 0;
  const single = isMap(stages) && stages.items.length === 1 && stages.has(name);
  if (document.errors.length === 0 && top === 1 && single && /^ {2}\S/.test(entry)) return;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `the entry that another job gave for stage ${name} of ${file} is not one stage's entry`,
    hint: 'Run the whole workflow again; if it happens again, the baton between the jobs was changed.',
  });
}
