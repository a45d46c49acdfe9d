import type { MetricGate } from '../../metrics/gates.ts';
import { formatOf, type ReadFile, readMetrics } from '../../metrics/read.ts';
import type { Value } from '../../metrics/value.ts';
import { compareData } from '../compare/data.ts';
import { compareMetrics, unmetPatterns } from '../compare/metrics.ts';
import { compareParams } from '../compare/params.ts';
import type { PlotData } from '../plots/read.ts';
import { summarisePlots } from '../plots/summarise.ts';
import { type LockFacts, readLockFacts } from '../read/lock-facts.ts';
import { lockFault } from '../read/lock-fault.ts';
import type { Report } from '../report.ts';
import { type AbsentFile, absentAlike } from './same-content.ts';

/** A file of a revision; the path is relative to the project root. */
export interface TextFile {
  readonly path: string;
  /** Empty where there is a problem. */
  readonly text: string;
  /** Why its content is not here, though the revision has something at its path. */
  readonly problem?: string;
  /** Its content is only not here: what has the same hash stands for it. */
  readonly elsewhere?: true;
}

/** The results of one revision, as they stand in git or travel between jobs. */
export interface RevisionResults {
  /** Its dvc.lock files. */
  readonly locks: readonly TextFile[];
  readonly metrics: readonly TextFile[];
  /** Metrics files that it has, and whose content cannot be had here. */
  readonly absent?: readonly AbsentFile[];
}

export interface ReportInput {
  readonly pipeline: string;
  readonly base: Report['base'];
  readonly head: Report['head'];
  readonly outcome: Report['outcome'];
  readonly failure?: string;
  /** The results at the base; undefined when there are none to compare with. */
  readonly before?: RevisionResults;
  readonly after: RevisionResults;
  readonly gates: readonly MetricGate[];
  /** A stage's working directory, relative to the project root, by the lock's path and its name. */
  readonly folderOf?: (lockPath: string, stage: string) => string;
  /** The plots of both revisions, as `readPlots` gives them. */
  readonly plots?: readonly PlotData[];
  /** The params that differ, where they are not those of dvc.lock. */
  readonly params?: Report['params'];
  readonly stages?: Report['stages'];
  readonly trends?: Report['trends'];
  readonly links?: Report['links'];
  readonly notes?: readonly string[];
  /** Plot files of which one revision's content is not here, though they differ. */
  readonly uncomparedPlots?: readonly string[];
  /** What of either revision could not be read, one sentence each. */
  readonly unread?: readonly string[];
}

/**
 * The report on one revision, compared with its base. Parameters are those that stages ran with, from
 * dvc.lock, unless they are given. What cannot be read becomes a row (metrics) or a note (dvc.lock).
 */
export function assembleReport(input: ReportInput): Report {
  const {
    pipeline,
    base,
    head,
    outcome,
    failure,
    stages,
    trends,
    links,
    uncomparedPlots = [],
  } = input;
  const notes = [...(input.notes ?? [])];
  const unread = [...(input.unread ?? [])];
  const locks = readLocks(input, unread);
  const before = locks.before && joined(locks.before);
  const after = joined(locks.after);
  notes.push(...unread);
  const alike = absentAlike(input.before?.absent ?? [], input.after.absent ?? []);
  if (alike.size > 0) {
    const paths = [...alike].slice(0, 5).join(', ');
    notes.push(`By its hash the same as in the base, and not read here: ${paths}`);
  }
  const metrics = compareMetrics(
    input.before && filesOf(input.before, alike),
    filesOf(input.after, alike),
    input.gates,
    base.found ? 'known' : base.missing === 'unavailable' ? 'unknown' : 'none',
    alike,
  );
  const unmet = unmetPatterns(metrics, input.gates, alike);
  if (unmet.length > 0) {
    const names = unmet.slice(0, 5).map(({ pattern }) => pattern);
    notes.push(`No metric of either revision is one of ${names.join(', ')}, which has a gate`);
  }
  return {
    version: 1,
    pipeline,
    base,
    ...(unread.length > 0 && { unread: unread.join('; ').slice(0, 1_000) }),
    head,
    outcome,
    ...(failure !== undefined && { failure: failure.slice(0, 2_000) }),
    metrics,
    ...(alike.size > 0 && { alike: [...alike].slice(0, 500).map((path) => path.slice(0, 1_000)) }),
    params: input.params ?? compareParams(before?.params, after.params),
    data: compareData(before, after),
    stages: [...(stages ?? [])],
    plots: summarisePlots(input.plots ?? []),
    ...(uncomparedPlots.length > 0 && {
      uncomparedPlots: uncomparedPlots.slice(0, 500).map((path) => path.slice(0, 1_000)),
    }),
    trends: [...(trends ?? [])],
    links: [...(links ?? [])],
    notes: notes.slice(0, 50).map((note) => note.slice(0, 1_000)),
  };
}

/** A metrics or params file, read by its format. */
export function readTextFile({ path, text, problem }: TextFile): ReadFile {
  if (problem !== undefined) return { path, reading: { problem: { cause: problem } } };
  return { path, reading: readMetrics(text, formatOf(path)) };
}

/** The metrics files of a revision, but those of which it is known that they did not change. */
function filesOf(
  { metrics, absent = [] }: RevisionResults,
  alike: ReadonlySet<string>,
): readonly ReadFile[] {
  return [
    ...metrics.map(readTextFile),
    ...absent.filter(({ path }) => !alike.has(path)).map(absentFile),
  ];
}

function absentFile({ path, why }: AbsentFile): ReadFile {
  const cause = why ?? 'its content is not here; dvc fetch, or cache: false in dvc.yaml, brings it';
  return { path, reading: { problem: { cause } } };
}

interface ReadLock {
  readonly path: string;
  readonly facts: LockFacts;
}

/**
 * The dvc.lock files of both revisions, without those that one of them has in a form that cannot be
 * read: against nothing, all that the other one names would seem new or gone.
 */
function readLocks(
  { before, after, folderOf = folderOfLock }: ReportInput,
  notes: string[],
): { readonly before: ReadLock[] | undefined; readonly after: ReadLock[] } {
  const unread = new Set<string>();
  const read = ({ locks }: RevisionResults, prefix: string) =>
    locks.flatMap(({ path, text, problem }): ReadLock[] => {
      if (problem !== undefined) {
        unread.add(path);
        notes.push(`${prefix}${path} cannot be read: ${problem}`);
        return [];
      }
      const read = readLockFacts(text, (stage) => folderOf(path, stage));
      if ('facts' in read) {
        const fault = lockFault(path, text);
        if (fault !== undefined) notes.push(`${prefix}${fault}`);
        return [{ path, facts: read.facts }];
      }
      unread.add(path);
      const place = [path, read.problem.line].filter((part) => part !== undefined).join(':');
      notes.push(`${prefix}${place} cannot be read: ${read.problem.cause}`);
      return [];
    });
  const [old, current] = [before && read(before, 'base: '), read(after, '')];
  const readable = (locks: readonly ReadLock[]) => locks.filter(({ path }) => !unread.has(path));
  return { before: old && readable(old), after: readable(current) };
}

/** All dvc.lock files of a revision as one. */
function joined(locks: readonly ReadLock[]): LockFacts {
  const all = locks.map(({ facts }) => facts);
  const outs = new Map(all.flatMap((lock) => [...lock.outs]));
  return {
    stages: all.flatMap((lock) => lock.stages),
    outs,
    // What one dvc.yaml reads, another's stage may make.
    sources: new Map(all.flatMap((lock) => [...lock.sources]).filter(([path]) => !outs.has(path))),
    params: merged(all.flatMap((lock) => lock.params)),
  };
}

/** One params file may be used from several dvc.yaml. */
function merged(files: readonly ReadFile[]): ReadFile[] {
  const byPath = new Map<string, Map<string, Value>>();
  for (const { path, reading } of files) {
    const values = byPath.get(path) ?? new Map<string, Value>();
    if ('values' in reading) for (const [key, value] of reading.values) values.set(key, value);
    byPath.set(path, values);
  }
  return [...byPath].map(([path, values]) => ({ path, reading: { values } }));
}

function folderOfLock(lockPath: string): string {
  return lockPath.includes('/') ? lockPath.replace(/\/[^/]*$/, '') : '.';
}
