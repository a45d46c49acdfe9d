import type { Datapoint } from './datapoints.ts';
import type { PlotData, PlotRow } from './read.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const rev = 'rev';

/**
 * A Vega-Lite template of a project with its anchors filled, as dvc_render/vega.py does: an anchor
 * that is a whole value is replaced by any value, one within a text by text, and optional anchors that
 * say nothing here by an empty map.
 */
export function fillTemplate(template: Json, plot: PlotData): Json {
  const { spec, xField, yField, xLabel, yLabel } = plot;
  const rows = (['before', 'after'] as const).flatMap((side) =>
    (plot[side] ?? []).map((row) => datapointOf(row, side, xField, yField)),
  );
  const anchors: Readonly<Record<string, Json>> = {
    data: rows as unknown as Json,
    title: spec.title,
    x: escapedField(xField),
    y: escapedField(yField),
    x_label: xLabel,
    y_label: yLabel,
    plot_width: 360,
    plot_height: 280,
    color: { field: rev, scale: { domain: ['before', 'after'], range: ['#8c959f', '#0969da'] } },
    group_by: [rev],
    group_by_x: [rev, xField],
    group_by_y: [rev, yField],
    pivot_field: 'datum.rev',
    tooltip: [{ field: rev }, { field: xField }, { field: yField }],
    zoom_and_pan: { name: 'grid', select: 'interval', bind: 'scales' },
    ...{ row: {}, column: {}, shape: {}, stroke_dash: {} },
  };
  return filled(template, anchors);
}

function datapointOf(row: PlotRow, side: string, xField: string, yField: string): Datapoint {
  return {
    ...row.point,
    [xField]: row.x,
    [yField]: row.y,
    [rev]: side,
    filename: row.source.yFile,
    field: row.source.yField,
  };
}

/** Vega reads dots and brackets in a field's name as a path. */
function escapedField(field: string): string {
  return field.replace(/[.[\]]/g, '\\$&');
}

function filled(value: Json, anchors: Readonly<Record<string, Json>>): Json {
  if (typeof value === 'string') return filledText(value, anchors);
  if (Array.isArray(value)) return value.map((item) => filled(item, anchors));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, filled(child, anchors)]),
  );
}

const anchorPattern = /<DVC_METRIC_([A-Z_]+)>/g;

function filledText(text: string, anchors: Readonly<Record<string, Json>>): Json {
  const whole = /^<DVC_METRIC_([A-Z_]+)>$/.exec(text)?.[1]?.toLowerCase();
  if (whole !== undefined && Object.hasOwn(anchors, whole)) return anchors[whole] ?? null;
  return text.replace(anchorPattern, (anchor: string, name: string) => {
    const value = anchors[name.toLowerCase()];
    return typeof value === 'string' ? value : anchor;
  });
}
