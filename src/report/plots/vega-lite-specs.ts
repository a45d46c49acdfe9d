import type { TopLevelSpec } from 'vega-lite';

/**
 * Vega-Lite specs for the templates that DVC has built in, over rows of `x`, `y`, `series` and `rev`.
 * Where a plot has several series, each gets a facet of its own: DVC draws them into one another.
 */

/** What stands for a plot's words until they are filled in: a spec is compiled once per template. */
export const words = { title: '\ue000title', x: '\ue000x', y: '\ue000y' } as const;
/** The name of the data that a view is given. */
export const dataName = 'rows';

export const builtInTemplates = [
  'linear',
  'simple',
  'smooth',
  'default',
  'scatter',
  'scatter_jitter',
  'confusion',
  'confusion_normalized',
  'bar_horizontal',
  'bar_horizontal_sorted',
] as const;

export type BuiltInTemplate = (typeof builtInTemplates)[number];

export function isBuiltIn(template: string): template is BuiltInTemplate {
  return (builtInTemplates as readonly string[]).includes(template);
}

const quantitative = { type: 'quantitative' } as const;
const x = { field: 'x', ...quantitative, title: words.x } as const;
const y = { field: 'y', ...quantitative, title: words.y, scale: { zero: false } } as const;
const color = {
  field: 'rev',
  type: 'nominal',
  title: null,
  scale: { domain: ['before', 'after'], range: ['#8c959f', '#0969da'] },
} as const;
/** The default would be an identifier of Vega-Lite's own making for nested fields. */
const category = { type: 'nominal', sort: 'ascending' } as const;

/** Whether a template draws an axis by numbers, rather than by names. */
export function isNumberAxis(template: string, axis: 'x' | 'y'): boolean {
  if (template.startsWith('bar_')) return axis === 'x';
  return template === 'scatter_jitter' ? axis === 'y' : isBuiltIn(template);
}

type Unit = Record<string, unknown>;

const alone: Unit = {
  transform: [{ filter: 'datum.isAlone' }],
  mark: { type: 'point', filled: true, size: 16 },
  encoding: { x, y, color },
};
const line: Unit = { layer: [lines({}), alone] };

const units: Readonly<Record<BuiltInTemplate, Unit>> = {
  ...{ linear: line, simple: line, default: line },
  smooth: {
    layer: [
      lines({ opacity: 0.25 }),
      { transform: [{ loess: 'y', on: 'x', groupby: ['rev'], bandwidth: 0.3 }], ...lines({}) },
    ],
  },
  scatter: { mark: 'point', encoding: { x, y, color } },
  scatter_jitter: {
    transform: [{ calculate: 'random()', as: 'jitterX' }],
    mark: 'point',
    encoding: {
      x: { field: 'x', ...category, title: words.x },
      y: { field: 'y', type: 'quantitative', title: words.y },
      xOffset: { field: 'jitterX', ...quantitative },
      color,
    },
  },
  confusion: confusion(false),
  confusion_normalized: confusion(true),
  bar_horizontal: bars('ascending'),
  bar_horizontal_sorted: bars('-x'),
};

function lines(mark: Unit): Unit {
  return { mark: { type: 'line', ...mark }, encoding: { x, y, color, order: { field: 'row' } } };
}

function bars(sort: string): Unit {
  return {
    mark: 'bar',
    encoding: {
      x: { field: 'x', ...quantitative, title: words.x },
      y: { field: 'y', type: 'nominal', sort, title: words.y },
      yOffset: { field: 'rev', sort: ['before', 'after'] },
      color,
    },
  };
}

/** Counts, or shares of the rows with the same y as DVC's normalised one has them. */
function confusion(normalised: boolean): Unit {
  const value = normalised ? 'share' : 'count';
  return {
    transform: [
      { aggregate: [{ op: 'count', as: 'count' }], groupby: ['x', 'y', 'rev'] },
      { impute: 'count', key: 'x', groupby: ['y', 'rev'], value: 0 },
      { impute: 'count', key: 'y', groupby: ['x', 'rev'], value: 0 },
      { joinaggregate: [{ op: 'sum', field: 'count', as: 'sum' }], groupby: ['y', 'rev'] },
      { joinaggregate: [{ op: 'max', field: 'count', as: 'max' }], groupby: ['rev'] },
      { calculate: 'datum.sum > 0 ? datum.count / datum.sum : 0', as: 'share' },
      { calculate: normalised ? 'datum.share > 0.5' : 'datum.count > datum.max / 2', as: 'dark' },
    ],
    encoding: {
      x: { field: 'x', ...category, title: words.x },
      y: { field: 'y', ...category, title: words.y },
    },
    layer: [
      {
        mark: 'rect',
        encoding: {
          color: { field: value, ...quantitative, legend: null, scale: { scheme: 'blues' } },
        },
      },
      {
        mark: 'text',
        encoding: {
          text: { field: value, ...quantitative, format: normalised ? '.2f' : 'd' },
          color: { condition: { test: 'datum.dark', value: 'white' }, value: 'black' },
        },
      },
    ],
  };
}

/** The spec of a template; `faceted` by series, or for a confusion matrix always by revision. */
export function builtInSpec(template: BuiltInTemplate, faceted: boolean): TopLevelSpec {
  const unit = units[template];
  const field = template.startsWith('confusion') ? 'rev' : faceted ? 'series' : undefined;
  const size = field === undefined ? { width: 360, height: 280 } : { width: 240, height: 220 };
  const title = { text: words.title, anchor: 'middle' };
  const spec =
    field === undefined
      ? { ...size, ...unit }
      : {
          facet: {
            field,
            type: 'nominal',
            title: null,
            sort: field === 'rev' ? 'descending' : null,
          },
          columns: 3,
          spec: { ...size, ...unit },
        };
  // Descriptions for screen readers would quote every row; the page has the title beside it.
  const common = { title, data: { name: dataName }, background: 'white', config: { aria: false } };
  return { ...common, ...spec } as unknown as TopLevelSpec;
}
