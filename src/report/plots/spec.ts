import { joinPath } from '../../dvc/paths.ts';

/** Where one series of a plot comes from. */
export interface SeriesSource {
  readonly yFile: string;
  /** Undefined: the last column. */
  readonly yField?: string;
  /** Undefined: the row's number, which DVC calls `step`. */
  readonly xField?: string;
  readonly xFile: string;
}

/** One plot of a dvc.yaml, with paths relative to the project root. */
export interface PlotSpec {
  /** The path of its file, or the name that dvc.yaml gives it. */
  readonly id: string;
  readonly title: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** A template of DVC's, or the name of a Vega-Lite file in `.dvc/plots`. */
  readonly template: string;
  readonly sources: readonly SeriesSource[];
  /** Why DVC draws none of it, whatever its files hold. */
  readonly problem?: string;
  /** Whether the first line of a CSV file names its columns. */
  readonly header: boolean;
}

/** An entry of a `plots` list in dvc.yaml, templates resolved. */
export interface PlotEntry {
  /** What its paths are relative to: the folder of the dvc.yaml, or the stage's working directory. */
  readonly folder: string;
  readonly entry: unknown;
}

type Properties = Readonly<Record<string, unknown>>;

/**
 * The plots of a project (dvc/repo/plots and dvc/render/converter/vega.py say what entries mean).
 * `paths` are the plot files that there are: an entry that is a folder stands for the files in it. Of
 * two entries for one file the first counts, so give top-level ones before those of stages.
 */
export function readPlotSpecs(
  entries: readonly PlotEntry[],
  paths: readonly string[],
): readonly PlotSpec[] {
  const specs = new Map<string, PlotSpec>();
  const add = (spec: PlotSpec) => specs.has(spec.id) || specs.set(spec.id, spec);
  for (const { folder, entry } of entries) {
    for (const [name, value] of namedEntries(entry)) {
      for (const properties of Array.isArray(value) ? value : [value]) {
        const given: Properties = isMap(properties) ? properties : {};
        if (isMap(given.y)) {
          const sources = severalFiles(folder, given.x, given.y);
          add({ ...specOf(name, given, sources), ...unpaired(given.x, sources) });
          continue;
        }
        const path = joinPath(folder, name);
        const inside = paths.filter((file) => file.startsWith(`${path}/`));
        for (const file of inside.length > 0 ? inside : [path]) {
          add(specOf(file, given, oneFile(file, given.x, given.y)));
        }
      }
    }
  }
  return [...specs.values()];
}

function namedEntries(entry: unknown): readonly (readonly [string, unknown])[] {
  if (typeof entry === 'string') return [[entry, {}]];
  return isMap(entry) ? Object.entries(entry) : [];
}

function specOf(id: string, given: Properties, sources: readonly SeriesSource[]): PlotSpec {
  const text = (key: string) => (typeof given[key] === 'string' ? given[key] : undefined);
  const [xLabel, yLabel] = [text('x_label'), text('y_label')];
  return {
    id,
    title: text('title') ?? id,
    ...(xLabel !== undefined && { xLabel }),
    ...(yLabel !== undefined && { yLabel }),
    template: text('template') ?? 'linear',
    sources,
    header: given.header !== false,
  };
}

function oneFile(file: string, x: unknown, y: unknown): SeriesSource[] {
  const fields = texts(y);
  const xField = typeof x === 'string' ? { xField: x } : {};
  if (fields.length === 0) return [{ yFile: file, xFile: file, ...xField }];
  return fields.map((yField) => ({ yFile: file, yField, xFile: file, ...xField }));
}

/** `y: {file: field or fields}`; `x` is one field for all, or `{file: field}` for one or for each. */
function severalFiles(folder: string, x: unknown, y: Properties): SeriesSource[] {
  const ys = pairs(folder, y);
  const xs = isMap(x) ? pairs(folder, x) : [];
  return ys.map(([yFile, yField], index) => {
    if (typeof x === 'string') return { yFile, yField, xFile: yFile, xField: x };
    const [xFile, xField] = (xs.length > 1 ? xs[index] : xs[0]) ?? [];
    if (xFile === undefined || xField === undefined) return { yFile, yField, xFile: yFile };
    return { yFile, yField, xFile, xField };
  });
}

/** Several columns for x go with as many for y. */
function unpaired(x: unknown, ys: readonly SeriesSource[]): Pick<PlotSpec, 'problem'> {
  const xs = isMap(x) ? pairs('.', x).length : 0;
  if (xs < 2 || xs === ys.length) return {};
  return { problem: `it has ${xs} columns for x, and ${ys.length} for y` };
}

function pairs(folder: string, axis: Properties): [file: string, field: string][] {
  return Object.entries(axis).flatMap(([file, fields]) =>
    texts(fields).map((field): [string, string] => [joinPath(folder, file), field]),
  );
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

function isMap(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
