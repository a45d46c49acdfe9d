import type { FlatValues } from '../../metrics/flatten.ts';
import { gateOf, type MetricGate } from '../../metrics/gates.ts';
import { isGlob } from '../../metrics/glob.ts';
import { type Judgement, judge, type Past } from '../../metrics/judge.ts';
import type { ReadFile, ReadProblem } from '../../metrics/read.ts';
import type { Value } from '../../metrics/value.ts';
import type { MetricRow } from '../report.ts';
import { findRenamed, type Keyed } from './renamed.ts';

/**
 * Compares the metrics files of two revisions. `before` is undefined when there is nothing to
 * compare with, and `past` then says whether there may be. `alike` are files of neither list: both
 * revisions have the same content of them, which is not here. Gives a row for every metric of either
 * side, one for each file that cannot be read, one for each limit that a file of `alike` cannot be held
 * against, and one (`missing`) for each gate whose metric is nowhere: a mistyped name must not pass. In
 * the order of importance, equals in the order of the files.
 */
export function compareMetrics(
  before: readonly ReadFile[] | undefined,
  after: readonly ReadFile[],
  gates: readonly MetricGate[],
  past: Past = before ? 'known' : 'none',
  alike: ReadonlySet<string> = new Set(),
): MetricRow[] {
  const pastOf = pastByFile(past, before ?? []);
  const [old, current] = [valuesOf(before ?? []), valuesOf(after)];
  const renamed = findRenamed(without(old, current), without(current, old));
  const unread = unreadPaths(after);
  const oldNames = new Set([...renamed.values()].map(idOf));
  const rows: MetricRow[] = [];
  for (const { file, key, value } of current.values()) {
    const from = renamed.get(idOf({ file, key }));
    const previous = old.get(idOf(from ?? { file, key }))?.value;
    // A new name is no way out of a gate that holds for the old one.
    const gate = gateOf(gates, file, key) ?? (from && gateOf(gates, from.file, from.key));
    const row = metricRow(file, key, previous, value, gate, pastOf(file));
    rows.push(from ? { ...row, renamedFrom: { file: from.file, key: from.key } } : row);
  }
  for (const { file, key, value } of without(old, current)) {
    if (oldNames.has(idOf({ file, key }))) continue;
    const gate = gateOf(gates, file, key);
    rows.push(metricRow(file, key, value, undefined, gate, 'known', !unread.has(file)));
  }
  rows.push(...unreadable(before ?? [], 'before', gates), ...unreadable(after, 'after', gates));
  rows.push(...unheld(rows, gates, alike), ...missing(rows, gates, alike, pastOf));
  return rows.sort((left, right) => right.importance - left.importance);
}

/**
 * A row with what follows from its values and gate: verdict, differences, importance. `isRead` says
 * whether the file after could be read, so that a value that it lacks is gone.
 */
export function metricRow(
  file: string,
  key: string,
  before: Value | undefined,
  after: Value | undefined,
  gate: MetricGate | undefined,
  past: Past = 'known',
  isRead = true,
): MetricRow {
  const { files: _, ...declared } = gate ?? {};
  const judgement = judge(before, after, gate, past, isRead);
  return {
    file,
    key,
    ...(before && { before }),
    ...(after && { after }),
    ...judgement,
    ...(gate && { gate: declared as NonNullable<MetricRow['gate']> }),
    importance: importanceOf(judgement, gate?.level),
  };
}

/** A file of the base that cannot be read hides what its metrics were. */
function pastByFile(past: Past, before: readonly ReadFile[]): (file: string) => Past {
  const unread = unreadPaths(before);
  return (file) => (unread.has(file) ? 'unknown' : past);
}

function unreadPaths(files: readonly ReadFile[]): ReadonlySet<string> {
  return new Set(files.flatMap(({ path, reading }) => ('problem' in reading ? path : [])));
}

const ranks: Readonly<Record<Judgement['verdict'], number>> = {
  'below-floor': 7,
  'above-ceiling': 7,
  worse: 7,
  unreadable: 7,
  missing: 6,
  'not-comparable': 6,
  'not-compared': 3,
  removed: 5,
  improved: 5,
  changed: 4,
  added: 3,
  within: 2,
  same: 0,
};

/**
 * Broken gates first, then by verdict; within one rank, the larger relative change first. A file that
 * cannot be read comes before the metrics that are gone for that reason.
 */
function importanceOf(judgement: Judgement, level: 'fail' | 'warn' | 'off' | undefined): number {
  const rank = judgement.broken ? (level === 'warn' ? 8 : 9) : ranks[judgement.verdict];
  if (judgement.verdict === 'unreadable') return rank + 0.99;
  const gated = level !== undefined && level !== 'off' ? 0.5 : 0;
  const size = Math.abs(judgement.relative ?? judgement.absolute ?? 0);
  return rank + gated + (0.49 * size) / (1 + size);
}

/** All metrics of one revision by file and key. */
function valuesOf(files: readonly ReadFile[]): Map<string, Keyed> {
  const all = new Map<string, Keyed>();
  for (const { path: file, reading } of files) {
    const values: FlatValues = 'values' in reading ? reading.values : new Map();
    for (const [key, value] of values) all.set(idOf({ file, key }), { file, key, value });
  }
  return all;
}

function without(left: ReadonlyMap<string, Keyed>, right: ReadonlyMap<string, Keyed>): Keyed[] {
  return [...left].filter(([id]) => !right.has(id)).map(([, keyed]) => keyed);
}

function idOf({ file, key }: { file: string; key: string }): string {
  return JSON.stringify([file, key]);
}

function unreadable(
  files: readonly ReadFile[],
  side: 'before' | 'after',
  gates: readonly MetricGate[],
): MetricRow[] {
  return files.flatMap(({ path: file, reading }) => {
    if (!('problem' in reading)) return [];
    const level = side === 'after' ? strictest(gates, file) : undefined;
    const judgement: Judgement = { verdict: 'unreadable', broken: level !== undefined };
    const problem = { side, ...bounded(reading.problem) };
    const gate = level && { gate: { pattern: '*', level } };
    return [
      { file, key: '', ...judgement, ...gate, problem, importance: importanceOf(judgement, level) },
    ];
  });
}

function bounded(problem: ReadProblem): ReadProblem {
  return { ...problem, cause: problem.cause.slice(0, 500) };
}

/** What the gates that hold in an unreadable file ask for. */
function strictest(gates: readonly MetricGate[], file: string): 'fail' | 'warn' | undefined {
  const here = gates.filter((gate) => isFor(gate, file));
  if (here.some((gate) => gate.level === 'fail')) return 'fail';
  return here.some((gate) => gate.level === 'warn') ? 'warn' : undefined;
}

/** The limits that need a value of a file that is as before, and whose content is not here. */
function unheld(
  rows: readonly MetricRow[],
  gates: readonly MetricGate[],
  alike: ReadonlySet<string>,
): MetricRow[] {
  return [...alike].flatMap((file) =>
    gates
      .filter((gate) => isFor(gate, file) && gate.level !== 'off' && limitsOf(gate) !== '')
      // One that names a metric has met it in another of its files.
      .filter((gate) => isGlob(gate.pattern) || !isUsed(gate, rows))
      .map(({ files: _, ...gate }): MetricRow => {
        const cause = `as in the base, and its content is not here: ${gate.pattern} cannot be held against ${limitsOf(gate)}`;
        const judgement: Judgement = { verdict: 'unreadable', broken: true };
        const importance = importanceOf(judgement, gate.level);
        const problem = { side: 'after' as const, ...bounded({ cause }) };
        return { file, key: gate.pattern, ...judgement, gate, problem, importance };
      }),
  );
}

function limitsOf({ min, max }: MetricGate): string {
  return [
    ...(min === undefined ? [] : [`min ${min}`]),
    ...(max === undefined ? [] : [`max ${max}`]),
  ].join(' and ');
}

function missing(
  rows: readonly MetricRow[],
  gates: readonly MetricGate[],
  alike: ReadonlySet<string>,
  pastOf: (file: string) => Past,
): MetricRow[] {
  return gates.flatMap((gate) => {
    // A gate that is off asks for nothing.
    if (isUsed(gate, rows) || gate.level === 'off') return [];
    // What a file that did not change holds, it held before.
    if ([...alike].some((file) => isFor(gate, file))) return [];
    const file = gate.files?.[0] ?? '';
    // A pattern that never met a metric asks for nothing: what it met before is only known with a past.
    if (isGlob(gate.pattern) && (gate.files ?? ['']).every((one) => pastOf(one) !== 'unknown')) {
      return [];
    }
    return [metricRow(file, gate.pattern, undefined, undefined, gate)];
  });
}

/** The gates by pattern that no row tells of: perhaps they are misspelt. */
export function unmetPatterns(
  rows: readonly MetricRow[],
  gates: readonly MetricGate[],
  alike: ReadonlySet<string>,
): MetricGate[] {
  return gates.filter(
    (gate) =>
      isGlob(gate.pattern) &&
      gate.level !== 'off' &&
      ![...alike].some((file) => isFor(gate, file)) &&
      !isUsed(gate, rows) &&
      !rows.some(({ file, verdict }) => verdict === 'unreadable' && isFor(gate, file)) &&
      !rows.some(({ key }) => key === gate.pattern),
  );
}

/** Whether a metric has met the gate: the same name in another stage's file is another metric. */
function isUsed(gate: MetricGate, rows: readonly MetricRow[]): boolean {
  return rows.some(({ gate: own, file }) => own?.pattern === gate.pattern && isFor(gate, file));
}

function isFor({ files }: MetricGate, file: string): boolean {
  return files === undefined || files.includes(file);
}
