import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { parseLenientJson } from '../lenient-json.ts';

/** A row of a plot file: column to value. Values of CSV files are texts. */
export type Datapoint = Readonly<Record<string, unknown>>;

export type Datapoints =
  | { readonly rows: readonly Datapoint[] }
  /** Why there are none, in words for a person. */
  | { readonly problem: string };

/** Characters and rows of a plot file that are read. */
const maxLength = 16 * 2 ** 20;
const maxRows = 200_000;

/** Reads a plot file as DVC does: CSV and TSV by column, JSON and YAML by the lists of maps in it. */
export function readDatapoints(path: string, text: string, header: boolean): Datapoints {
  if (text.length > maxLength) return { problem: 'it is too large to be drawn' };
  try {
    const rows = rowsOf(path, text.replace(/^\ufeff/, ''), header);
    if (rows === undefined) return { problem: 'its format is not one that can be drawn' };
    if (rows.length > maxRows) return { problem: `it has more than ${maxRows} rows` };
    return rows.length === 0 ? { problem: 'it has no rows' } : { rows };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function rowsOf(path: string, text: string, header: boolean): Datapoint[] | undefined {
  const extension = /\.[^./]+$/.exec(path.toLowerCase())?.[0];
  switch (extension) {
    case '.csv':
    case '.tsv':
      return csvRows(text, extension === '.csv' ? ',' : '\t', header);
    case '.json': {
      const parsed = parseLenientJson(text);
      if ('error' in parsed) throw new SyntaxError(parsed.error.cause);
      return listedRows(parsed.value);
    }
    case '.yaml':
    case '.yml':
      return listedRows(parseYaml(text));
    default:
      return undefined;
  }
}

function csvRows(text: string, delimiter: string, header: boolean): Datapoint[] {
  const options = { delimiter, skip_empty_lines: true, relax_column_count: true, to: maxRows + 1 };
  if (header) return parseCsv(text, { ...options, columns: true });
  const lines: string[][] = parseCsv(text, options);
  return lines.map((cells) => Object.fromEntries(cells.map((cell, index) => [index, cell])));
}

/**
 * The rows in a JSON or YAML file: every list of maps with equal keys counts, wherever it is below
 * maps, and lists that stand side by side are joined row by row.
 */
function listedRows(blob: unknown): Datapoint[] {
  const rows: Record<string, unknown>[] = [];
  for (const list of listsIn(blob)) {
    if (!isTable(list)) continue;
    for (const [index, item] of list.entries()) rows[index] = { ...rows[index], ...item };
  }
  return rows;
}

function* listsIn(blob: unknown): Iterable<readonly unknown[]> {
  if (Array.isArray(blob)) yield blob;
  else if (isMap(blob)) {
    for (const value of Object.values(blob)) {
      if (isMap(value) || Array.isArray(value)) yield* listsIn(value);
    }
  }
}

function isTable(list: readonly unknown[]): list is readonly Datapoint[] {
  const [first] = list;
  if (!isMap(first)) return false;
  const keys = Object.keys(first);
  return list.every(
    (item) =>
      isMap(item) &&
      Object.keys(item).length === keys.length &&
      keys.every((key) => Object.hasOwn(item, key)),
  );
}

function isMap(value: unknown): value is Datapoint {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problemOf(error: unknown): string {
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
