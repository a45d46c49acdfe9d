import { hidden } from './known.ts';

/** Fields by name whose text is our own word, as a schema has it, and never somebody else's. */
export type OwnFields = ReadonlySet<string>;

/**
 * The same data with `***` for what is known to be secret in its texts. Done before data are cut, or
 * become JSON, Markdown or HTML: there a secret has other forms, and `***` in the place of a number's
 * digits or of a field's name breaks the file. Numbers, bytes and names of fields stay as they are.
 */
export function hiddenWithin<T>(value: T, own: OwnFields = new Set(), hide = hidden): T {
  const shown = (each: unknown): unknown => {
    if (typeof each === 'string') return hide(each);
    if (Array.isArray(each)) return each.map(shown);
    if (!isRecord(each)) return each;
    const entries = Object.entries(each);
    return Object.fromEntries(entries.map(([key, one]) => [key, own.has(key) ? one : shown(one)]));
  };
  return shown(value) as T;
}

/** The same for a record whose names are somebody else's too, such as the columns of a table. */
export function hiddenRecord<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const entries = Object.entries(record);
  return Object.fromEntries(entries.map(([key, value]) => [hidden(key), hiddenWithin(value)]));
}

/** Bytes, dates and the like are none. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
