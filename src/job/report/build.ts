import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Base,
  type BaseRevision,
  isFound,
  type NoBase,
  unavailableBy,
} from '../../base/base.ts';
import { stageMetrics } from '../../dvc/metric-paths.ts';
import { preparePython } from '../../dvc/params/python-values.ts';
import type { Pipeline } from '../../dvc/pipeline.ts';
import { git } from '../../git/git.ts';
import type { NeededStage } from '../../github/baton/stage-results.ts';
import { assembleReport, readTextFile } from '../../report/assemble/assemble.ts';
import { type CollectedResults, collectResults } from '../../report/assemble/collect-results.ts';
import { readTrends } from '../../report/assemble/read-trends.ts';
import { absentAlike, withContentsOf } from '../../report/assemble/same-content.ts';
import { explainUncached } from '../../report/assemble/uncached-absence.ts';
import { compareParams } from '../../report/compare/params.ts';
import { hiddenPlot, hiddenReport } from '../../report/file/hidden.ts';
import { pipelineName } from '../../report/pipeline-name.ts';
import { type PlotData, readPlots } from '../../report/plots/read.ts';
import { readPlotSpecs } from '../../report/plots/spec.ts';
import { folderOfStage, resultFiles, stageGates } from '../../report/read/result-files.ts';
import { firstOf, textReader } from '../../report/read/revision-reader.ts';
import type { Report, StageRow } from '../../report/report.ts';
import { workspaceFiles } from '../../revision/workspace-files.ts';
import type { ConfiguredStage } from '../../stage/options/options.ts';
import { cacheFolderOf } from '../cache-folder.ts';
import { leftReader } from '../results/uncached-files.ts';
import { failureOf, stageRow } from './stage-rows.ts';

export interface ReportRequest {
  readonly pipeline: Pipeline;
  readonly stages: readonly ConfiguredStage[];
  /** The jobs that ran the stages; undefined for a workspace, of which nobody knows what ran. */
  readonly needs?: readonly NeededStage[];
  readonly base: Base;
  readonly head: string | undefined;
  readonly links: Report['links'];
  /** Folders laid out as DVC's cache, beside the cache itself. */
  readonly objects?: readonly string[];
}

export interface BuiltReport {
  readonly report: Report;
  /** What the report page draws. */
  readonly plots: readonly PlotData[];
}

/** Compares the workspace, into which the batons have gone, with the base revision. */
export async function buildReport(request: ReportRequest): Promise<BuiltReport> {
  const { pipeline, stages, needs, base, head, links } = request;
  const files = resultFiles(pipeline);
  if (files.params.some((path) => path.endsWith('.py'))) await preparePython();
  const folderOf = folderOfStage(pipeline);
  const options = { folderOf, objects: [cacheFolderOf(pipeline.root), ...(request.objects ?? [])] };
  const shown = Object.assign({}, ...(needs ?? []).map(({ results }) => results?.shown ?? {}));
  const left = (needs ?? []).flatMap(({ results }) => results?.left ?? []);
  const here = firstOf(leftReader(left), textReader(shown), workspaceFiles(pipeline.root));
  const [now, before] = await Promise.all([
    collectResults(files, here, options),
    baseResults(base, (revision) => collectResults(files, revision, options)),
  ]);
  const rows = needs ? stages.map(({ stage }) => stageRow(stage.address, needs)) : [];
  const made = explainUncached(
    withUnmade(now, stages, rows),
    pipeline.stages,
    (maker) => whyUnmade(rows, maker) ?? `it is not here; sibling run ${maker} makes it`,
  );
  const notCommitted = () => 'it is neither in the commit nor, with cache: false, in a cache';
  const then =
    'missing' in before ? undefined : explainUncached(before, pipeline.stages, notCommitted);
  const after = then ? withContentsOf(made, then) : made;
  const old = then && withContentsOf(then, made);
  const paths = [...(old?.plots ?? []), ...after.plots].map(({ path }) => path);
  const alike = absentAlike(old?.absentPlots ?? [], after.absentPlots);
  const specs = readPlotSpecs(files.plots, paths).filter(
    ({ sources }) => !sources.every(({ xFile, yFile }) => alike.has(xFile) && alike.has(yFile)),
  );
  const plots = readPlots(specs, old?.plots, after.plots);
  const uncompared = uncomparedPlots(old, after, alike);
  const failure = failureOf(rows);
  const report = assembleReport({
    pipeline: pipelineName((await git(pipeline.root, 'rev-parse', '--show-prefix')) ?? ''),
    base: foundBase(base, 'missing' in before ? before : undefined, hasNews(needs)),
    head: head === undefined ? {} : { commit: head },
    outcome: failure === undefined ? 'succeeded' : 'failed',
    ...(failure !== undefined && { failure }),
    ...(old && { before: old }),
    after,
    gates: stages.flatMap(stageGates),
    folderOf,
    params: compareParams(old?.params.map(readTextFile), after.params.map(readTextFile)),
    stages: rows,
    plots,
    trends: isFound(base) && old ? await trendsOf(base, after) : [],
    links: [...links, ...linksOf(needs ?? [])],
    notes: plotNotes(uncompared),
    uncomparedPlots: [...new Set([...uncompared.base, ...uncompared.run])],
    unread: [...(old ? unreadPlots(old, 'base: ') : []), ...unreadPlots(after, '')],
  });
  return { report: hiddenReport(report), plots: plots.map(hiddenPlot) };
}

/** The results with the metrics files that are not there because their stage did not come to its end. */
function withUnmade(
  results: CollectedResults,
  stages: readonly ConfiguredStage[],
  rows: readonly StageRow[],
): CollectedResults {
  const known = new Set([...results.metrics, ...results.absent].map(({ path }) => path));
  const unmade = rows.flatMap(({ name }) => {
    const why = whyUnmade(rows, name);
    if (why === undefined) return [];
    const made = stages.find(({ stage }) => stage.address === name);
    const paths = made ? stageMetrics(made.stage) : [];
    return paths.filter((path) => !known.has(path)).map((path) => ({ path, why }));
  });
  return { ...results, absent: [...results.absent, ...unmade] };
}

/** Why a stage's outs are not there; undefined for one that came to its end, or of which nobody knows. */
function whyUnmade(rows: readonly StageRow[], stage: string): string | undefined {
  const outcome = rows.find(({ name }) => name === stage)?.outcome;
  if (outcome !== 'failed' && outcome !== 'skipped') return undefined;
  return `${stage}, which makes it, ${outcome === 'failed' ? 'failed' : 'did not run'}`;
}

/** What the stages' jobs link to, each page once. */
function linksOf(needs: readonly NeededStage[]): Report['links'] {
  const found = needs.flatMap(({ results }) =>
    (results?.links ?? []).map(({ kind, url }) =>
      kind === 'mlflow-run' ? { kind, url, name: results?.stage ?? '' } : { kind, url },
    ),
  );
  return [...new Map(found.map((one) => [one.url, one])).values()];
}

/** The results of the base, or why there are none. What cannot be read makes all of it unavailable. */
async function baseResults(
  base: Base,
  collect: (revision: BaseRevision) => Promise<CollectedResults>,
): Promise<CollectedResults | NoBase> {
  if (!isFound(base)) return base;
  try {
    const results = await collect(base);
    if (results.metrics.length > 0 || results.locks.length > 0) return results;
    const { commit, ref } = base;
    const of = ref === undefined ? '' : ` of ${ref}`;
    const reason = `the pipeline never ran at ${commit.slice(0, 7)}${of}`;
    return { missing: 'never-ran', reason, commit, ...(ref !== undefined && { ref }) };
  } catch (error) {
    return unavailableBy(error, base);
  }
}

/** Values of earlier commits adorn a report: without them it is whole. */
async function trendsOf(base: BaseRevision, { metrics }: CollectedResults) {
  try {
    return await readTrends(base, metrics);
  } catch (error) {
    unavailableBy(error, base);
    return [];
  }
}

/** Whether a stage's job made results: these differ from the commit's, also where that is the base. */
function hasNews(needs: readonly NeededStage[] = []): boolean {
  return needs.some(({ results }) => results?.outcome === 'ran' || results?.outcome === 'cached');
}

function foundBase(base: Base, without: NoBase | undefined, isNews: boolean): Report['base'] {
  if (without !== undefined) return noBase(without);
  if (!isFound(base)) return noBase(base);
  const { commit, ref } = base;
  const self = isNews ? undefined : base.self;
  return { found: true, commit, ...(ref !== undefined && { ref }), ...(self && { self }) };
}

function noBase({ missing, reason, remedy, commit, ref }: NoBase): Report['base'] {
  return {
    ...{ found: false, missing, reason: reason.slice(0, 1_000) },
    ...(remedy !== undefined && { remedy: remedy.slice(0, 1_000) }),
    ...(commit !== undefined && { commit }),
    ...(ref !== undefined && { ref: ref.slice(0, 300) }),
  };
}

/** Plot files that are there and cannot be read, one sentence each. */
function unreadPlots({ plots }: CollectedResults, prefix: string): string[] {
  return plots.flatMap(({ path, problem, elsewhere }) =>
    problem === undefined || elsewhere ? [] : [`${prefix}${path}: ${problem}`],
  );
}

interface UncomparedPlots {
  readonly base: readonly string[];
  readonly run: readonly string[];
}

/** The plot files of which either revision's content is not here. */
function uncomparedPlots(
  before: CollectedResults | undefined,
  after: CollectedResults,
  alike: ReadonlySet<string>,
): UncomparedPlots {
  if (!before) return { base: [], run: [] };
  const pathsOf = ({ absentPlots, plots }: CollectedResults) =>
    [...absentPlots, ...plots.filter(({ elsewhere }) => elsewhere)]
      .map(({ path }) => path)
      .filter((path) => !alike.has(path));
  return { base: pathsOf(before), run: pathsOf(after) };
}

/** Says when a picture shows one revision only because the other's file is in a remote. */
function plotNotes({ base, run }: UncomparedPlots): string[] {
  const note = (whose: string, paths: readonly string[]) =>
    paths.length === 0
      ? []
      : [
          `Of ${whose}, ${paths.slice(0, 5).join(', ')} ${paths.length === 1 ? 'is' : 'are'} only in the DVC remote: not compared`,
        ];
  return [...note('the base', base), ...note('this run', run)];
}

/** Texts of the project's own plot templates by name, without `.json`. */
export async function plotTemplates(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, '.dvc/plots');
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const templates = names.filter((name) => name.endsWith('.json'));
  // One that is a folder, or a link that leads nowhere, is for the plots that name it: they have none.
  const texts = await Promise.all(
    templates.map((name) => readFile(join(folder, name), 'utf8').catch(() => undefined)),
  );
  return new Map(
    templates.flatMap((name, at) => {
      const text = texts[at];
      return text === undefined ? [] : [[name.replace(/\.json$/, ''), text] as const];
    }),
  );
}
