import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Base, type BaseRevision, isFound, type NoBase, unavailableBy } from '../base/base.ts';
import { readDvcConfig } from '../dvc/dvc-config.ts';
import type { Pipeline } from '../dvc/pipeline.ts';
import { preparePython } from '../dvc/python-values.ts';
import { git } from '../git.ts';
import { stageJobId } from '../github/stage-job-id.ts';
import type { NeededStage } from '../github/stage-results.ts';
import { assembleReport, readTextFile } from '../report/assemble-report.ts';
import { type CollectedResults, collectResults } from '../report/collect-results.ts';
import { compareParams } from '../report/compare-params.ts';
import { readPlotSpecs } from '../report/plots/plot-spec.ts';
import { type PlotData, readPlots } from '../report/plots/read-plots.ts';
import { readTrends } from '../report/read-trends.ts';
import type { Report, StageRow } from '../report/report.ts';
import { folderOfStage, resultFiles, stageGates } from '../report/result-files.ts';
import { firstOf, textReader } from '../report/revision-reader.ts';
import { workspaceFiles } from '../revision/workspace-files.ts';
import type { ConfiguredStage } from '../stage-options.ts';

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
  const options = { folderOf, objects: [cacheFolder(pipeline.root), ...(request.objects ?? [])] };
  const shown = Object.assign({}, ...(needs ?? []).map(({ results }) => results?.shown ?? {}));
  const here = firstOf(textReader(shown), workspaceFiles(pipeline.root));
  const [after, before] = await Promise.all([
    collectResults(files, here, options),
    baseResults(base, (revision) => collectResults(files, revision, options)),
  ]);
  const old = 'missing' in before ? undefined : before;
  const paths = [...(old?.plots ?? []), ...after.plots].map(({ path }) => path);
  const plots = readPlots(readPlotSpecs(files.plots, paths), old?.plots, after.plots);
  const rows = needs ? stages.map(({ stage }) => stageRow(stage.address, needs)) : [];
  const failure = failureOf(rows);
  const report = assembleReport({
    pipeline: `${(await git(pipeline.root, 'rev-parse', '--show-prefix')) ?? ''}dvc.yaml`.slice(
      -200,
    ),
    base: foundBase(base, 'missing' in before ? before : undefined),
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
    notes: plotNotes(old, after),
  });
  return { report, plots };
}

/** What keeps the run from being whole: of a stage that did not run, nothing was compared. */
function failureOf(rows: readonly StageRow[]): string | undefined {
  const named = (wanted: StageRow['outcome']) =>
    rows.filter(({ outcome }) => outcome === wanted).map(({ name }) => name);
  const [failed, skipped] = [named('failed'), named('skipped')];
  if (failed.length > 0) return `${failed.join(', ')} failed`.slice(0, 2_000);
  return skipped.length > 0 ? `${skipped.join(', ')} did not run`.slice(0, 2_000) : undefined;
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

function foundBase(base: Base, without: NoBase | undefined): Report['base'] {
  if (without !== undefined) return noBase(without);
  if (!isFound(base)) return noBase(base);
  const { commit, ref, self } = base;
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

/** Says when a picture shows one revision only because the other's file is in a remote. */
function plotNotes(before: CollectedResults | undefined, after: CollectedResults): string[] {
  if (!before) return [];
  const held = new Set(before.plots.map(({ path }) => path));
  const missing = after.plots.map(({ path }) => path).filter((path) => !held.has(path));
  const absent = missing.filter((path) => before.locks.some(({ text }) => text.includes(path)));
  return absent.length === 0
    ? []
    : [`Of the base, ${absent.slice(0, 5).join(', ')} is only in the DVC remote: not compared`];
}

/** Of a configuration that cannot be read here, DVC's standard place. */
function cacheFolder(root: string): string {
  try {
    return readDvcConfig(root).cacheFolder;
  } catch {
    return join(root, '.dvc/cache');
  }
}

/** Texts of the project's own plot templates by name, without `.json`. */
export async function plotTemplates(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, '.dvc/plots');
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const templates = names.filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(templates.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(templates.map((name, at) => [name.replace(/\.json$/, ''), texts[at] ?? '']));
}

function stageRow(address: string, needs: readonly NeededStage[]): StageRow {
  const job = needs.find(
    (need) => need.results?.stage === address || need.job === stageJobId(address),
  );
  const { results } = job ?? {};
  // A later step of the job may have failed: what it found is not handed on whole then.
  if (results && results.outcome !== 'failed' && job?.result === 'failure') {
    const reason = 'its job failed after the stage; the log tells why';
    return { name: address, outcome: 'failed', reason };
  }
  if (results) {
    return {
      name: address,
      outcome: results.outcome,
      seconds: results.seconds,
      ...(results.image && { image: results.image.reference }),
      reason: results.reason,
    };
  }
  switch (job?.result) {
    case 'failure':
      return { name: address, outcome: 'failed', reason: 'its job failed; the log tells why' };
    case 'success':
      return { name: address, outcome: 'failed', reason: 'its job left no baton' };
    case 'cancelled':
      return { name: address, outcome: 'skipped', reason: 'its job was cancelled' };
    case undefined:
      return { name: address, outcome: 'skipped', reason: 'no job of it is among needs' };
    default:
      return { name: address, outcome: 'skipped', reason: 'a job before it did not end well' };
  }
}
