import { LineCounter, parseDocument } from 'yaml';
import { isUrl, joinPath } from '../../dvc/paths.ts';
import type { Value as ExactValue } from '../../dvc/value.ts';
import { exactValues } from '../../metrics/exact-values.ts';
import { flatten, TooMuch } from '../../metrics/flatten.ts';
import type { ReadFile, ReadProblem } from '../../metrics/read.ts';
import type { Value } from '../../metrics/value.ts';
import type { DataSide } from '../report.ts';

/** What one dvc.lock says of data and parameters. */
export interface LockFacts {
  readonly stages: readonly string[];
  /** What stages made, by path. */
  readonly outs: ReadonlyMap<string, DataSide>;
  /** What stages read and none made, by path. */
  readonly sources: ReadonlyMap<string, DataSide>;
  /** The parameters that stages ran with, by params file. */
  readonly params: readonly ReadFile[];
}

/**
 * Reads a dvc.lock (schema 2.0, or the older form without `stages:`). Its paths are relative to each
 * stage's working directory; `folderOf` gives that, relative to the project root. Where deciding
 * needs the strict reader (src/dvc/lock/lock.ts), this only shows what changed, and also for a revision
 * that DVC would refuse: an entry of an unknown shape is left out, an ETag is a hash like any other.
 */
export function readLockFacts(
  text: string,
  folderOf: (stage: string) => string = () => '.',
): { readonly facts: LockFacts } | { readonly problem: ReadProblem } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const cause = error.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? '';
    return { problem: { cause: `not valid YAML: ${cause}`, line, column: col } };
  }
  const exact = exactValues('dvc.lock', text);
  try {
    return {
      facts: factsOf(
        document.toJS(),
        folderOf,
        exact && 'value' in exact ? exact.value : undefined,
      ),
    };
  } catch (error) {
    if (error instanceof TooMuch || error instanceof ReferenceError) {
      return { problem: { cause: error.message } };
    }
    throw error;
  }
}

/** `exact` are the same values with all that numbers and keys of params have. */
function factsOf(
  root: unknown,
  folderOf: (stage: string) => string,
  exact: ExactValue | undefined,
): LockFacts {
  const stages = isMap(root) ? (isMap(root.stages) ? root.stages : withoutSchema(root)) : {};
  const outs = new Map<string, DataSide>();
  const read = new Map<string, DataSide>();
  const params = new Map<string, Map<string, Value>>();
  for (const [name, stage] of Object.entries(stages)) {
    if (!isMap(stage)) continue;
    const folder = folderOf(name);
    const prefix = (path: string) => (isUrl(path) ? path : joinPath(folder, path));
    for (const [path, side] of entriesOf(stage.outs)) outs.set(prefix(path), side);
    for (const [path, side] of entriesOf(stage.deps)) read.set(prefix(path), side);
    for (const [file, values] of Object.entries(isMap(stage.params) ? stage.params : {})) {
      const known = params.get(prefix(file)) ?? new Map<string, Value>();
      const found = exactParams(exact, name, file) ?? values;
      if (isMap(found)) for (const [key, value] of flatten(found)) known.set(key, value);
      params.set(prefix(file), known);
    }
  }
  const sources = new Map([...read].filter(([path]) => !isMade(path, outs)));
  return {
    stages: Object.keys(stages),
    outs,
    sources,
    params: [...params].map(([path, values]) => ({ path, reading: { values } })),
  };
}

function exactParams(
  root: ExactValue | undefined,
  stage: string,
  file: string,
): ExactValue | undefined {
  const child = (map: ExactValue | undefined, key: string) =>
    map instanceof Map ? map.get(key) : undefined;
  const stages = child(root, 'stages') ?? root;
  return child(child(child(stages, stage), 'params'), file);
}

/** A dep may lie within a directory out, or be a directory around one. */
function isMade(path: string, outs: ReadonlyMap<string, DataSide>): boolean {
  return [...outs.keys()].some((out) => path === out || path.startsWith(`${out}/`));
}

function entriesOf(list: unknown): [string, DataSide][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry): [string, DataSide][] => {
    if (!isMap(entry) || typeof entry.path !== 'string') return [];
    const hash = [entry.md5, entry.etag, entry.checksum].find((value) => typeof value === 'string');
    const side = { hash, size: count(entry.size), files: count(entry.nfiles) };
    return [[entry.path, JSON.parse(JSON.stringify(side)) as DataSide]];
  });
}

function count(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

function withoutSchema(root: Record<string, unknown>): Record<string, unknown> {
  const { schema: _, ...stages } = root;
  return stages;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
