import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installationRoot } from '../../system/installation.ts';
import { drawInWorker } from '../plots/draw-in-worker.ts';
import type { DrawnPlot } from '../plots/drawn.ts';
import type { PlotData } from '../plots/read.ts';
import { renderHtml } from '../render/html/render.ts';
import type { Report } from '../report.ts';

/** What the report page is made of. */
export interface ReportPage {
  readonly report: Report;
  readonly plots: readonly PlotData[];
  /** The project's own plot templates by name. */
  readonly templates: ReadonlyMap<string, string>;
}

/** From so many plots on, a second worker is worth the time in which it loads Vega. */
const fewPlots = 12;

/** Draws all plots; Vega is loaded by workers alone, and only if there is one to draw. */
export async function drawPlots({
  plots,
  templates,
}: Omit<ReportPage, 'report'>): Promise<DrawnPlot[]> {
  const size = plots.length > fewPlots ? Math.ceil(plots.length / 2) : plots.length;
  const drawn = await Promise.all(
    [plots.slice(0, size), plots.slice(size)].map((part) =>
      drawInWorker(workerFile(), { plots: part, templates }),
    ),
  );
  return drawn.flat();
}

/**
 * Writes report.html, which opens offline, report.json, and each drawn plot as a file in plots/. Gives
 * the path of the page.
 */
export async function writeReportFolder(folder: string, page: ReportPage): Promise<string> {
  const drawn = await drawPlots(page);
  await mkdir(join(folder, 'plots'), { recursive: true });
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(page.report)}\n`);
  for (const [index, { id, images }] of drawn.entries()) {
    for (const { side, type, content } of images) {
      const name = [index + 1, fileName(id), ...(side ? [side] : [])].join('-');
      await writeFile(join(folder, 'plots', `${name}.${extensionOf(type)}`), content);
    }
  }
  const path = join(folder, 'report.html');
  await writeFile(path, renderHtml(page.report, drawn));
  return path;
}

/** A plot's name comes from dvc.yaml, perhaps a stranger's. */
function fileName(id: string): string {
  return id
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 80);
}

function extensionOf(type: string): string {
  return /^image\/(\w+)/.exec(type)?.[1] ?? 'bin';
}

/** Compiled, the worker stands beside its caller; for the bundles it is a bundle of its own. */
function workerFile(): URL {
  const compiled = join(dirname(fileURLToPath(import.meta.url)), '../plots/worker.js');
  return pathToFileURL(
    existsSync(compiled) ? compiled : join(installationRoot(), 'dist/plots-worker.js'),
  );
}
