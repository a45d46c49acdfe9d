import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { parse as parseToml, TomlError } from 'smol-toml';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { parseLenientJson } from '../lenient-json.ts';

/** A row of a plot file: column to value. Values of CSV files are texts. */
export type Datapoint = Readonly<Record<string, unknown>>;

export type Datapoints =
  | {
      readonly rows: readonly Datapoint[];
      /** The last column, which is drawn where dvc.yaml names none. */
      readonly lastField?: string;
    }
  /** Why there are none, in words for a person. */
  | { readonly problem: string };

/** Characters and rows of a plot file that are read. */
const maxLength = 16 * 2 ** 20;
const maxRows = 200_000;

const unevenRows = 'it has no rows whose first one has all the columns, and DVC draws no others';

/** Reads a plot file as DVC does: CSV and TSV by column, the others by the lists of maps in it. */
export function readDatapoints(path: string, text: string, header: boolean): Datapoints {
  if (text.length > maxLength) return { problem: 'it is too large to be drawn' };
  try {
    const table = tableOf(path, text.replace(/^\ufeff/, ''), header);
    if (table === undefined) return { problem: 'its format is not one that can be drawn' };
    const { rows, lastField } = table;
    if (rows.length > maxRows) return { problem: `it has more than ${maxRows} rows` };
    const named = lastField === undefined || lastField === beyondHeader ? {} : { lastField };
    if (rows.length > 0) return { rows, ...named };
    return { problem: lastField === undefined ? 'it has no rows' : unevenRows };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function tableOf(path: string, text: string, header: boolean): Table | undefined {
  const extension = /\.[^./]+$/.exec(path.toLowerCase())?.[0];
  switch (extension) {
    case '.csv':
    case '.tsv':
      return listedTable(csvRows(text, extension === '.csv' ? ',' : '\t', header));
    case '.json': {
      const parsed = parseLenientJson(text);
      if ('error' in parsed) throw new SyntaxError(parsed.error.cause);
      return listedTable(parsed.value);
    }
    case '.yaml':
    case '.yml':
      return listedTable(parseYaml(text));
    case '.toml':
      return listedTable(parseToml(text));
    default:
      return undefined;
  }
}

/** As csv.DictReader does: a cell that a line lacks is null, and what it has too much is kept apart. */
function csvRows(text: string, delimiter: string, header: boolean): Datapoint[] {
  const lines: string[][] = parseCsv(text, {
    ...{ delimiter, skip_empty_lines: true, relax_column_count: true, relax_quotes: true },
    ...{ record_delimiter: ['\r\n', '\n', '\r'], to: maxRows + 2 },
  });
  const [first = []] = lines;
  const names = header ? first : first.map((_, index) => String(index));
  return (header ? lines.slice(1) : lines).map((cells) => ({
    ...Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null])),
    ...(cells.length > names.length && { [beyondHeader]: cells.slice(names.length) }),
  }));
}

/** No name of a column. */
const beyondHeader = '\u0000';

interface Table {
  readonly rows: readonly Datapoint[];
  readonly lastField: string | undefined;
}

/**
 * The rows in a file, as dvc/render/converter/vega.py finds them: every list of maps counts whose first
 * map has all the keys that there are in it, wherever the list is below maps, and lists that stand side
 * by side are joined row by row. A key that a row lacks is a gap.
 */
function listedTable(blob: unknown): Table {
  const rows: Record<string, unknown>[] = [];
  let lastField: string | undefined;
  for (const list of listsIn(blob)) {
    const [first] = list;
    if (first === undefined) throw new EmptyList();
    if (!list.every(isMap) || !isMap(first)) continue;
    lastField ??= Object.keys(first).at(-1);
    if (!list.every((item) => Object.keys(item).every((key) => Object.hasOwn(first, key))))
      continue;
    for (const [index, item] of list.entries()) rows[index] = { ...rows[index], ...plain(item) };
  }
  return { rows, lastField };
}

/** Numbers that are drawn need no more digits than a double has. */
function plain(item: Datapoint): Datapoint {
  const entries = Object.entries(item);
  if (!entries.some(([, value]) => typeof value === 'bigint')) return item;
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
  );
}

class EmptyList extends Error {}

function* listsIn(blob: unknown): Iterable<readonly unknown[]> {
  if (Array.isArray(blob)) yield blob;
  else if (isMap(blob)) {
    for (const value of Object.values(blob)) {
      if (isMap(value) || Array.isArray(value)) yield* listsIn(value);
    }
  }
}

function isMap(value: unknown): value is Datapoint {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problemOf(error: unknown): string {
  if (error instanceof EmptyList) return 'it has no rows in one of its lists: DVC draws none then';
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
