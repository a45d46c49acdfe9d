import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { parse as parseToml, TomlError } from 'smol-toml';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { keyText, Opaque, toPlain, type Value } from '../../dvc/value.ts';
import { exactValues } from '../../metrics/exact-values.ts';
import { parseLenientJson } from '../../metrics/lenient-json.ts';

/** A row of a plot file: column to value. Values of CSV files are texts. */
export type Datapoint = Readonly<Record<string, unknown>>;

export type Datapoints =
  | {
      readonly rows: readonly Datapoint[];
      /** The last column, which is drawn where dvc.yaml names none. */
      readonly lastField?: string;
    }
  /** Why there are none, in words for a person. */
  | {
      readonly problem: string;
      /** Whether DVC then draws nothing of any plot that the file has a part in. */
      readonly spoils: boolean;
    };

/** Characters and rows of a plot file that are read. */
const maxLength = 16 * 2 ** 20;
const maxRows = 200_000;

const unevenRows = 'a later row has a column that the first one lacks, and DVC draws no such rows';

/** Reads a plot file as DVC does: CSV and TSV by column, the others by the lists of maps in it. */
export function readDatapoints(path: string, text: string, header: boolean): Datapoints {
  if (text.length > maxLength) return { problem: 'it is too large to be drawn', spoils: false };
  try {
    const table = tableOf(path, text.replace(/^\ufeff/, ''), header);
    if (table === undefined)
      return { problem: 'its format is not one that can be drawn', spoils: false };
    const { rows, lastField, isEmpty } = table;
    if (rows.length > maxRows)
      return { problem: `it has more than ${maxRows} rows`, spoils: false };
    const named = lastField === undefined || lastField === beyondHeader ? {} : { lastField };
    if (rows.length > 0) return { rows, ...named };
    return { problem: lastField === undefined ? 'it has no rows' : unevenRows, spoils: !isEmpty };
  } catch (error) {
    return { problem: problemOf(error), spoils: error instanceof EmptyList };
  }
}

function tableOf(path: string, text: string, header: boolean): Table | undefined {
  const extension = /\.[^./]+$/.exec(path.toLowerCase())?.[0];
  switch (extension) {
    case '.csv':
    case '.tsv':
      return listedTable(csvRows(text, extension === '.csv' ? ',' : '\t', header));
    case '.json':
      return listedTable(exactOr(path, text, () => lenientJson(text)));
    case '.yaml':
    case '.yml':
      return listedTable(
        exactOr(path, text, () => parseYaml(text, { mapAsMap: true, logLevel: 'error' })),
      );
    case '.toml':
      return listedTable(exactOr(path, text, () => parseToml(text)));
    default:
      return undefined;
  }
}

/** What DVC refuses is refused, in the words of the reader that is used without DVC's if it has any. */
function exactOr(path: string, text: string, lenient: () => unknown): unknown {
  const exact = exactValues(path, text);
  if (exact && 'value' in exact) return exact.value;
  const value = lenient();
  if (exact) throw new Refused(exact.refused.cause);
  return value;
}

class Refused extends Error {}

function lenientJson(text: string): unknown {
  const parsed = parseLenientJson(text);
  if ('error' in parsed) throw new SyntaxError(parsed.error.cause);
  return parsed.value;
}

/** As csv.DictReader does: a cell that a line lacks is null, and what it has too much is kept apart. */
function csvRows(text: string, delimiter: string, header: boolean): Row[] {
  const lines: string[][] = parseCsv(text, {
    ...{ delimiter, skip_empty_lines: true, relax_column_count: true, relax_quotes: true },
    ...{ record_delimiter: ['\r\n', '\n', '\r'], to: maxRows + 2 },
  });
  const [first = []] = lines;
  const names = header ? first : first.map((_, index) => String(index));
  return (header ? lines.slice(1) : lines).map((cells) => {
    const row: Row = new Map(names.map((name, index) => [name, cells[index] ?? null]));
    if (cells.length > names.length) row.set(beyondHeader, cells.slice(names.length));
    return row;
  });
}

/** No name of a column. */
const beyondHeader = '\u0000';

/** A row with its columns in the order of the file: an object would put `10` before `loss`. */
type Row = Map<unknown, unknown>;

interface Table {
  readonly rows: readonly Datapoint[];
  readonly lastField: string | undefined;
  /** Whether there is nothing in the file, which is as if there were no file. */
  readonly isEmpty: boolean;
}

/**
 * The rows in a file, as dvc/render/converter/vega.py finds them: every list of maps counts whose first
 * map has all the keys that there are in it, wherever the list is below maps, and lists that stand side
 * by side are joined row by row. A key that a row lacks is a gap.
 */
function listedTable(blob: unknown): Table {
  if (isNothing(blob)) return { rows: [], lastField: undefined, isEmpty: true };
  const rows: Record<string, unknown>[] = [];
  let lastField: string | undefined;
  for (const list of listsIn(blob)) {
    if (list.length === 0) throw new EmptyList();
    const maps = list.map(rowOf);
    const [first] = maps;
    if (first === undefined || !maps.every((map) => map !== undefined)) continue;
    const last = [...first.keys()].at(-1);
    lastField ??= last === undefined ? undefined : columnOf(last);
    if (!maps.every((map) => [...map.keys()].every((key) => first.has(key)))) continue;
    for (const [index, map] of maps.entries()) {
      const cells = [...map].map(([key, value]) => [columnOf(key), plain(value)] as const);
      rows[index] = { ...rows[index], ...Object.fromEntries(cells) };
    }
  }
  return { rows, lastField, isEmpty: false };
}

/** What Python calls false. */
function isNothing(blob: unknown): boolean {
  if (Array.isArray(blob)) return blob.length === 0;
  const map = rowOf(blob);
  return map ? map.size === 0 : !blob;
}

/** A map of a file, which is an object where the text was read leniently. */
function rowOf(value: unknown): Row | undefined {
  if (value instanceof Map) return value as Row;
  const isOther = Array.isArray(value) || value instanceof Opaque || value instanceof Date;
  if (typeof value !== 'object' || value === null || isOther) return undefined;
  return new Map(Object.entries(value));
}

function columnOf(key: unknown): string {
  return typeof key === 'string' ? key : keyText(key as Value);
}

/** Numbers that are drawn need no more digits than a double has. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' && value !== null ? toPlain(value as Value) : value;
}

class EmptyList extends Error {}

function* listsIn(blob: unknown): Iterable<readonly unknown[]> {
  if (Array.isArray(blob)) yield blob;
  for (const value of rowOf(blob)?.values() ?? []) {
    if (Array.isArray(value) || rowOf(value)) yield* listsIn(value);
  }
}

function problemOf(error: unknown): string {
  if (error instanceof EmptyList) return 'it has no rows in one of its lists: DVC draws none then';
  if (error instanceof Refused) return error.message;
  if (error instanceof TomlError) return `not valid TOML: ${firstLine(error)}`;
  if (error instanceof CsvError) return `not valid CSV: ${firstLine(error)}`;
  if (error instanceof YAMLParseError) return `not valid YAML: ${firstLine(error)}`;
  if (error instanceof SyntaxError) return `not valid JSON: ${firstLine(error)}`;
  if (error instanceof RangeError || error instanceof ReferenceError)
    return 'it is nested too deeply';
  throw error;
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0]?.slice(0, 200) ?? '';
}
