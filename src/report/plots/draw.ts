import * as vega from 'vega';
import { type Loader, parse, type Spec, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { DrawnPlot, PlotImage } from './drawn.ts';
import { fillTemplate } from './fill-template.ts';
import { isImage, numberOf, type PlotData, type PlotRow } from './read.ts';
import { builtInSpec, dataName, isBuiltIn, isNumberAxis, words } from './vega-lite-specs.ts';

/** Vega's result of compiling a template, by template: it takes longer than drawing. */
const compiled = new Map<string, string>();

/**
 * Draws one plot as SVG with Vega, without a browser. `templates` are the texts of the project's own
 * templates (`.dvc/plots/NAME.json`) by name. One that cannot be drawn says why, but for a template
 * that makes Vega loop or throw where nobody can catch it: so this runs in a worker.
 */
export async function drawPlot(
  plot: PlotData,
  templates: ReadonlyMap<string, string>,
): Promise<DrawnPlot> {
  const { id, title, template } = plot.spec;
  if (isImage(id)) return { id, title, images: imagesOf(plot) };
  const rows = [...taggedRows(plot, 'before'), ...taggedRows(plot, 'after')];
  const notes = plot.problems.length > 0 ? { problem: plot.problems.join('; ') } : {};
  if (rows.length === 0) return { id, title, images: [], problem: 'it has no data', ...notes };
  try {
    const own = templates.get(template.replace(/\.json$/, ''));
    if (own === undefined && !isBuiltIn(template)) {
      return { id, title, images: [], problem: `there is no template ${template}` };
    }
    const svg =
      own === undefined
        ? await toSvg(builtIn(plot, rows), rows)
        : await toSvg(vegaSpec(fillTemplate(JSON.parse(own), plot) as object));
    const content = new TextEncoder().encode(svg);
    return { id, title, images: [{ type: 'image/svg+xml', content }] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { id, title, images: [], problem: `Vega cannot draw it: ${reason.slice(0, 300)}` };
  }
}

interface TaggedRow {
  readonly x: unknown;
  readonly y: unknown;
  readonly series: string;
  readonly rev: string;
  readonly row: number;
  /** Between two gaps: no line leads to it, so that it is drawn as a point. */
  readonly isAlone: boolean;
}

/**
 * Cells of CSV files are texts: numbers among them become numbers, which Vega orders as such. On an axis
 * of numbers all else is a gap, which Vega would draw as 0.
 */
function taggedRows(plot: PlotData, rev: 'before' | 'after'): TaggedRow[] {
  const { template } = plot.spec;
  const cell = (axis: 'x' | 'y', value: unknown) => {
    if (template.startsWith('confusion')) return String(value);
    return numberOf(value) ?? (isNumberAxis(template, axis) ? null : value);
  };
  const rows = (plot[rev] ?? []).map(({ x, y, series }: PlotRow, row) => {
    return { x: cell('x', x), y: cell('y', y), series, rev, row };
  });
  const isValue = (row: (typeof rows)[number] | undefined) =>
    row !== undefined && row.x !== null && row.y !== null;
  return [...new Set(rows.map(({ series }) => series))].flatMap((name) => {
    const line = rows.filter(({ series }) => series === name);
    return line.map((row, at) => ({
      ...row,
      isAlone: isValue(row) && !isValue(line[at - 1]) && !isValue(line[at + 1]),
    }));
  });
}

function builtIn(plot: PlotData, rows: readonly TaggedRow[]): Spec {
  const { template, title } = plot.spec;
  if (!isBuiltIn(template)) throw new Error(`there is no template ${template}`);
  const faceted = new Set(rows.map(({ series }) => series)).size > 1;
  const key = `${template} ${faceted}`;
  const text =
    compiled.get(key) ?? JSON.stringify(compile(builtInSpec(template, faceted), { logger }).spec);
  compiled.set(key, text);
  const given = new Map<unknown, string>([
    [words.title, title],
    [words.x, plot.xLabel],
    [words.y, plot.yLabel],
  ]);
  return JSON.parse(text, (_, value) => given.get(value) ?? value);
}

function vegaSpec(spec: { readonly $schema?: unknown }): Spec {
  const isVega = /\/schema\/vega\//.test(String(spec.$schema));
  return isVega ? (spec as Spec) : compile(spec as TopLevelSpec, { logger }).spec;
}

async function toSvg(spec: Spec, rows?: readonly TaggedRow[]): Promise<string> {
  random.setRandom(random.randomLCG(1)); // the same picture each time
  const view = new View(parse(spec), { renderer: 'none', loader: noLoader, logger });
  if (rows)
    view.data(
      dataName,
      rows.map((row) => ({ ...row })),
    );
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Exported by Vega, and left out of its types. */
const random = vega as unknown as {
  setRandom(source: () => number): void;
  randomLCG(seed: number): () => number;
};

/** A template comes from a pull request: it reads no file and no address, and links nowhere. */
const noLoader = {
  load: () => Promise.reject(new Error('a template may not load anything')),
  // Vega expects an address, and dies of a rejection.
  sanitize: () => Promise.resolve({ href: '#' }),
} as unknown as Loader;

/** Vega's warnings are about a template's style, not its data. */
const logger = {
  level(): typeof logger | number {
    return logger;
  },
  error: () => logger,
  warn: () => logger,
  info: () => logger,
  debug: () => logger,
} as never;

function imagesOf({ spec, imageBefore, imageAfter }: PlotData): PlotImage[] {
  const extension = spec.id.replace(/^.*\./, '').toLowerCase();
  const types: Readonly<Record<string, string>> = { jpg: 'image/jpeg', svg: 'image/svg+xml' };
  const type = types[extension] ?? `image/${extension}`;
  return [
    ...(imageBefore ? [{ side: 'before' as const, type, content: imageBefore }] : []),
    ...(imageAfter ? [{ side: 'after' as const, type, content: imageAfter }] : []),
  ];
}
