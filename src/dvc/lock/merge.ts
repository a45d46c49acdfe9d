import { isMap, isScalar } from 'yaml';
import type { ExpectedFailure } from '../../errors.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { failureAt, parseSource } from '../yaml/source.ts';
import { type LockEntry, readEntry, takeEntry } from './entry.ts';
import { exactText, layoutOf, mapLayout, type TextLayout } from './layout.ts';
import { spliced } from './splice.ts';

/**
 * The entries of a dvc.lock as DVC wrote them, by stage name. Of a text that is no dvc.lock of DVC 2
 * or 3 there are none.
 */
export function lockEntries(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  const layout = layoutOf(text);
  const stages = layout?.top.entries.find(({ name }) => name === 'stages')?.pair.value;
  const map = isMap(stages) ? mapLayout(stages) : undefined;
  if (!layout || !map) return entries;
  for (const entry of map.entries) {
    entries.set(entry.name, takeEntry(text, layout.document, entry));
  }
  return entries;
}

/**
 * A dvc.lock with some entries replaced or added; new ones go last, as DVC puts them. All else stays
 * as it is, to the byte, and so does an entry that says the same already. Throws 'configuration', with
 * the place, for an entry that is not one stage's, and for a file into which none can be put for sure.
 */
export function mergeLock(
  file: string,
  text: string | undefined,
  changes: ReadonlyMap<string, string>,
): string {
  const given = [...changes].map(([name, entry]) => readEntry(file, name, entry));
  if (text === undefined) {
    return `schema: '2.0'\nstages:\n${given.map((entry) => entry.text).join('')}`;
  }
  const before = readable(file, text);
  const changed = given.filter(({ name, value }) => before.stages.get(name) !== value);
  if (changed.length === 0) return text;
  const result = spliced(text, changed);
  if (result !== undefined && holds(before, result, changed)) return result;
  const old = changed.map(({ name }) => before.starts.get(name)).find((at) => at !== undefined);
  throw cannotPut({ file, text }, old ?? before.starts.get('') ?? 0, notAsDvc);
}

const notAsDvc = 'it is not written as DVC writes it';

/** What a dvc.lock says, each part as exact text. */
interface LockSays {
  /** By stage name. */
  readonly stages: ReadonlyMap<string, string>;
  /** By section, but for `stages`, which is always there. */
  readonly sections: ReadonlyMap<string, string>;
  /** Where in the file each stage begins; `stages` itself is the empty name. */
  readonly starts: ReadonlyMap<string, number>;
}

/** Reads the file that entries are put into. */
function readable(file: string, text: string): LockSays {
  const source = { file, text };
  const conflict = text.search(/^(?:<{7}|>{7})(?: |\r?$)/m);
  if (conflict !== -1) {
    const remedy = `Resolve it: git checkout --theirs ${file} takes one side whole, and a run makes what is missing there.`;
    throw failureAt(source, conflict, `${file} has a merge conflict`, remedy);
  }
  const oddBreak = text.search(/\r(?!\n)/);
  if (oddBreak !== -1) throw cannotPut(source, oddBreak, 'a line ends with CR alone');
  refuseFaults(file, text);
  const layout = layoutOf(text);
  if (layout === undefined) throw cannotPut(source, 0, notAsDvc);
  const schema = layout.top.entries.find(({ name }) => name === 'schema');
  if (schema === undefined) {
    const remedy = `DVC 3 does not read it. Remove ${file} and run the pipeline again, or let DVC 2 rewrite it with dvc commit.`;
    throw failureAt(source, layout.top.from, `${file} is of DVC 1: it names no schema`, remedy);
  }
  const version = isScalar(schema.pair.value) ? schema.pair.value.value : undefined;
  if (version !== '2.0') {
    throw failureAt(source, schema.from, `${file} has an unknown schema`, restore);
  }
  const stages = layout.top.entries.find(({ name }) => name === 'stages');
  if (stages && !isMap(stages.pair.value) && !isNull(stages.pair.value)) {
    throw failureAt(source, stages.from, `stages of ${file} is not a map`, restore);
  }
  return says(layout);
}

/** What is no YAML to DVC either, with the place. What only DVC can judge is not touched. */
function refuseFaults(file: string, text: string): void {
  try {
    parseSource(file, text);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
  }
}

function isNull(node: unknown): boolean {
  return node === null || (isScalar(node) && /^(?:null|Null|NULL|~|)$/.test(`${node.value ?? ''}`));
}

function says({ document, top }: TextLayout): LockSays {
  const stages = new Map<string, string>();
  const sections = new Map([['stages', '']]);
  const starts = new Map<string, number>();
  for (const { name, from, pair } of top.entries) {
    if (name !== 'stages') sections.set(name, exactText(document, pair.value));
    else starts.set('', from);
  }
  const map = top.entries.find(({ name }) => name === 'stages')?.pair.value;
  for (const { name, from, pair } of (isMap(map) && mapLayout(map)?.entries) || []) {
    stages.set(name, exactText(document, pair.value));
    starts.set(name, from);
  }
  return { stages, sections, starts };
}

/** Whether the result says all that the file said, in its order, but for what was changed. */
function holds(before: LockSays, result: string, changed: readonly LockEntry[]): boolean {
  const layout = layoutOf(result);
  if (layout === undefined) return false;
  const after = says(layout);
  const expected = new Map(before.stages);
  for (const { name, value } of changed) expected.set(name, value);
  return isSame(after.stages, expected) && isSame(after.sections, before.sections);
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return JSON.stringify([...one]) === JSON.stringify([...other]);
}

const restore = 'Restore it from git, or remove it and run the pipeline again.';

function cannotPut(
  source: { readonly file: string; readonly text: string },
  at: number,
  why: string,
): ExpectedFailure {
  const { file } = source;
  return failureAt(
    source,
    at,
    `no results can be put into ${file} without a doubt: ${why}`,
    `Let DVC write it: remove ${file}, run the pipeline (what ran before comes from the run-cache) and commit what DVC wrote. Nothing was written.`,
  );
}
