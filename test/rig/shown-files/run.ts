import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import type { Value } from '../../../src/metrics/value.ts';
import { readTextFile } from '../../../src/report/assemble/assemble.ts';
import { collectResults } from '../../../src/report/assemble/collect-results.ts';
import { type PlotData, readPlots } from '../../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../../src/report/plots/spec.ts';
import { folderOfStage, resultFiles } from '../../../src/report/read/result-files.ts';
import { workspaceFiles } from '../../../src/revision/workspace-files.ts';
import { Dice } from '../differential/dice.ts';
import { Dvc } from '../differential/dvc.ts';
import { randomFiles, type ShownProject } from './random-files.ts';

export interface ShownResult {
  plots: number;
  /** Plots of which DVC draws anything. */
  drawn: number;
  metrics: number;
  /** Metrics files of which DVC shows a value. */
  valued: number;
  readonly faults: string[];
}

interface Shown {
  readonly plots: Readonly<Record<string, readonly unknown[]>>;
  readonly metrics: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Plots and metrics files of one project. */
const perProject = 20;

/**
 * Compares what DVC and a report show of random plots and metrics files, `count` of each: the rows of
 * plots, the bytes of images, the values of metrics. One process of DVC for all.
 */
export async function runShownFiles({
  seed,
  count,
}: {
  readonly seed: number;
  readonly count: number;
}): Promise<ShownResult> {
  const result: ShownResult = { plots: 0, drawn: 0, metrics: 0, valued: 0, faults: [] };
  const dvc = new Dvc();
  try {
    for (let index = 0; index * perProject < count; index++) {
      const dice = new Dice(seed * 1_000_000 + index);
      const project = randomFiles(dice, Math.min(perProject, count - index * perProject));
      const root = mkdtempSync(join(tmpdir(), 'sibling-shown-'));
      try {
        write(root, project);
        const theirs = await dvc.demand<Shown>('shown_files', { root });
        compare(await ours(root), theirs, project, result);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    }
  } finally {
    dvc.end();
  }
  return result;
}

function write(root: string, { plots, outs, metrics, files }: ShownProject): void {
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = true\n    analytics = false\n');
  writeFileSync(
    join(root, 'dvc.yaml'),
    stringify({ metrics, plots, stages: { s: { cmd: 'true', plots: outs } } }),
  );
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

async function ours(root: string): Promise<Shown> {
  const pipeline = readPipeline(root);
  const files = resultFiles(pipeline);
  const options = { folderOf: folderOfStage(pipeline), objects: [] };
  const found = await collectResults(files, workspaceFiles(root), options);
  const paths = found.plots.map(({ path }) => path);
  const plots = readPlots(readPlotSpecs(files.plots, paths), undefined, found.plots);
  const metrics = found.metrics
    .map(readTextFile)
    .flatMap(({ path, reading }) =>
      'values' in reading
        ? [[path, Object.fromEntries([...reading.values].flatMap(shownValue))] as const]
        : [],
    );
  return {
    plots: Object.fromEntries(plots.map((plot) => [plot.spec.id, rowsOf(plot)])),
    metrics: Object.fromEntries(metrics),
  };
}

function rowsOf({ imageAfter, after = [] }: PlotData): readonly unknown[] {
  if (imageAfter) {
    const address = `data:image;base64,${Buffer.from(imageAfter).toString('base64')}`;
    return [createHash('sha256').update(address).digest('hex')];
  }
  return after.map(({ x, y, source }) => [x, y, source.yField]);
}

/** DVC leaves out what is in lists, and nothing; a date is no metric to it. */
function shownValue([key, value]: readonly [string, Value]): [string, unknown][] {
  if (/\[\d+\]/.test(key) || value.type === 'list' || value.type === 'null') return [];
  return [[key, value.type === 'number' && value.exact ? value.exact : value.value]];
}

function compare(found: Shown, theirs: Shown, project: ShownProject, result: ShownResult): void {
  const fault = (name: string, one: unknown, other: unknown) => {
    const plots = [...project.plots, ...project.outs].map((plot) => JSON.stringify(plot));
    const entry = plots.find((plot) => plot.includes(`"${name}"`)) ?? name;
    const texts = [...project.files].filter(([path]) => entry.includes(path));
    result.faults.push(
      JSON.stringify({ name, entry, ours: one, dvc: other, texts }).slice(0, 1_500),
    );
  };
  for (const name of new Set([...Object.keys(found.plots), ...Object.keys(theirs.plots)])) {
    const [one, other] = [found.plots[name] ?? [], theirs.plots[name] ?? []].map(plain);
    result.plots++;
    if (other?.length > 0) result.drawn++;
    if (JSON.stringify(one) !== JSON.stringify(other)) fault(name, one, other);
  }
  for (const name of new Set([...Object.keys(found.metrics), ...Object.keys(theirs.metrics)])) {
    const [one, other] = [found.metrics[name], theirs.metrics[name]].map(
      (values) => values && plainValues(values),
    );
    result.metrics++;
    if (other && other !== '[]') result.valued++;
    if (one !== other) fault(name, one, other);
  }
}

function plain(rows: readonly unknown[]) {
  return JSON.parse(
    JSON.stringify(rows, (_, one) =>
      typeof one === 'number' && !Number.isFinite(one) ? null : (one ?? null),
    ),
  );
}

/** In any order; DVC does not tell an empty file from one that holds 0, false or an empty text. */
function plainValues(values: Readonly<Record<string, unknown>>): string {
  const isFalse = [0, false, ''].includes(values[''] as number) && Object.keys(values).length === 1;
  return JSON.stringify(
    isFalse ? [] : Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
