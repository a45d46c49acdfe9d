import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFileOf } from '../dvc/lock.ts';
import type { Pipeline } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import type { BaseRevision } from '../github/base-revision.ts';
import type { NeededJob } from '../github/baton.ts';
import { stageJobId } from '../github/stage-job-id.ts';
import { compareData } from '../report/compare-data.ts';
import { compareMetrics } from '../report/compare-metrics.ts';
import { compareParams } from '../report/compare-params.ts';
import { type MetricGate, readGates } from '../report/gates.ts';
import { emptyLock, readLockFacts } from '../report/lock-facts.ts';
import { formatOf, type ReadFile, readMetrics } from '../report/read-metrics.ts';
import type { Report, StageRow } from '../report/report.ts';
import type { ConfiguredStage } from '../stage-options.ts';

export interface ReportRequest {
  readonly pipeline: Pipeline;
  readonly stages: readonly ConfiguredStage[];
  readonly needs: readonly NeededJob[];
  readonly base: BaseRevision | undefined;
  readonly head: string | undefined;
  readonly links: Report['links'];
}

/** Compares the workspace, into which the batons have gone, with the base revision. */
export async function buildReport(request: ReportRequest): Promise<Report> {
  const { pipeline, stages, needs, base, head, links } = request;
  const { root } = pipeline;
  const here = (path: string) =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
  const metricsFiles = pathsOf(pipeline, 'metric');
  const paramsFiles = unique(
    pipeline.stages.flatMap((stage) => stage.params.map(({ path }) => path)),
  );
  const lockFiles = unique(pipeline.stages.map((stage) => lockFileOf(stage.file)));
  const [lockFile = 'dvc.lock'] = lockFiles;
  const before = base && {
    metrics: await readAll(metricsFiles, base.read),
    params: await readAll(paramsFiles, base.read),
    lock: lockFacts(pipeline, await base.read(lockFile)),
  };
  const ran = before !== undefined && (before.metrics.length > 0 || before.lock !== emptyLock);
  const rows = stages.map(({ stage }) => stageRow(stage.address, needs));
  const failed = rows.filter(({ outcome }) => outcome === 'failed');
  return {
    version: 1,
    pipeline: 'dvc.yaml',
    base:
      base && ran
        ? { found: true, commit: base.commit, ...(base.ref !== undefined && { ref: base.ref }) }
        : {
            found: false,
            reason: base ? 'the pipeline never ran there' : 'there is no earlier commit',
          },
    head: head === undefined ? {} : { commit: head },
    outcome: failed.length > 0 ? 'failed' : 'succeeded',
    ...(failed.length > 0 && { failure: `${failed.map(({ name }) => name).join(', ')} failed` }),
    metrics: compareMetrics(
      ran ? before.metrics : undefined,
      await readAll(metricsFiles, async (path) => here(path)),
      stages.flatMap(gatesOf),
    ),
    params: compareParams(before?.params, await readAll(paramsFiles, async (path) => here(path))),
    data: compareData(ran ? before.lock : undefined, lockFacts(pipeline, here(lockFile))),
    stages: rows,
    plots: [],
    trends: [],
    links,
    notes: [],
  };
}

function gatesOf({ stage, options }: ConfiguredStage): readonly MetricGate[] {
  const files = stage.outs.filter((out) => out.kind === 'metric').map((out) => out.path);
  const { gates, problems } = readGates(options.metrics, files);
  const [problem] = problems;
  if (!problem) return gates;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name}: meta.sibling.metrics.${problem.path.join('.')}: ${problem.cause}`,
    hint: problem.hint,
    place: { file: stage.file, line: stage.line },
  });
}

function stageRow(address: string, needs: readonly NeededJob[]): StageRow {
  const job = needs.find(
    (need) => need.baton?.stage === address || need.job === stageJobId(address),
  );
  const { baton } = job ?? {};
  if (baton) {
    return {
      name: address,
      outcome: baton.outcome,
      seconds: baton.seconds,
      ...(baton.image && { image: baton.image.reference }),
      reason: baton.reason,
    };
  }
  const outcome = job?.result === 'failure' ? 'failed' : 'skipped';
  const reason =
    outcome === 'failed' ? 'its job failed; the log tells why' : 'a job before it did not end well';
  return { name: address, outcome, reason };
}

async function readAll(
  paths: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  for (const path of paths) {
    const text = await read(path);
    if (text !== undefined) files.push({ path, reading: readMetrics(text, formatOf(path)) });
  }
  return files;
}

function lockFacts(pipeline: Pipeline, text: string | undefined) {
  if (text === undefined) return emptyLock;
  const folders = new Map(pipeline.stages.map((stage) => [stage.name, stage.wdir]));
  const read = readLockFacts(text, (name) => folders.get(name) ?? '.');
  return 'facts' in read ? read.facts : emptyLock;
}

function pathsOf(pipeline: Pipeline, kind: 'metric' | 'plot'): string[] {
  return pipeline.stages.flatMap((stage) =>
    stage.outs.filter((out) => out.kind === kind).map((out) => out.path),
  );
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
