import * as v from 'valibot';
import { gateSchema } from '../metrics/gates.ts';
import { verdicts } from '../metrics/judge.ts';
import { maxValueLength, valueSchema } from '../metrics/value.ts';

const text = (length: number) => v.pipe(v.string(), v.maxLength(length));
const list = <Item extends v.GenericSchema>(item: Item, length: number) =>
  v.pipe(v.array(item), v.maxLength(length));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const finite = v.pipe(v.number(), v.finite());
const commit = v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/, 'not a full commit hash'));
const path = text(1_000);
const key = text(maxValueLength + 10);
export const longestAddress = 2_000;
const httpsUrl = v.pipe(
  text(longestAddress),
  v.regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i, 'not an http or https address'),
);

const problemSchema = v.strictObject({
  side: v.picklist(['before', 'after']),
  cause: text(500),
  line: v.optional(count),
  column: v.optional(count),
});

export const metricRowSchema = v.strictObject({
  file: path,
  /** Dotted; empty where the file is one value, and in the row of one that cannot be read. */
  key,
  /** What the metric was called before, when its value shows that it was only renamed. */
  renamedFrom: v.optional(v.strictObject({ file: path, key })),
  before: v.optional(valueSchema),
  after: v.optional(valueSchema),
  /** After minus before, and as a fraction of the value before. */
  absolute: v.optional(finite),
  relative: v.optional(finite),
  verdict: v.picklist(verdicts),
  gate: v.optional(gateSchema),
  /** Whether the gate does not let the metric pass. */
  broken: v.boolean(),
  problem: v.optional(problemSchema),
  /** From 0 to 10: what a reader must see first. */
  importance: v.pipe(finite, v.minValue(0), v.maxValue(10)),
});

export const paramRowSchema = v.strictObject({
  file: path,
  key,
  before: v.optional(valueSchema),
  after: v.optional(valueSchema),
  change: v.picklist(['changed', 'added', 'removed', 'unreadable']),
});

const dataSideSchema = v.strictObject({
  /** The hash that dvc.lock holds (MD5, or an ETag of external data); of a directory, with `.dir`. */
  hash: v.optional(text(200)),
  /** Bytes. */
  size: v.optional(count),
  /** The number of files in a directory. */
  files: v.optional(count),
});

export const dataRowSchema = v.strictObject({
  path,
  /** `out` is made by a stage, `source` is what stages read and none makes: code and raw data. */
  kind: v.picklist(['out', 'source']),
  before: v.optional(dataSideSchema),
  after: v.optional(dataSideSchema),
  change: v.picklist(['changed', 'added', 'removed', 'moved']),
  /** Where the same content was before, when it only moved. */
  movedFrom: v.optional(path),
});

export const stageRowSchema = v.strictObject({
  name: text(300),
  /** `cached` was restored from the run-cache; `unchanged` was up to date; `skipped` never started. */
  outcome: v.picklist(['ran', 'cached', 'unchanged', 'failed', 'skipped']),
  seconds: v.optional(v.pipe(finite, v.minValue(0))),
  /** Reference or digest of the image that the stage ran in. */
  image: v.optional(text(500)),
  /** Why it ran, was skipped or failed, one line. */
  reason: v.optional(text(2_000)),
});

/** Null: a gap, where a row has no number to draw. */
const pointSchema = v.tuple([finite, v.nullable(finite)]);

export const curveSchema = v.strictObject({
  kind: v.literal('curve'),
  title: text(300),
  path,
  x: text(200),
  y: text(200),
  series: list(
    v.strictObject({
      name: text(200),
      side: v.picklist(['before', 'after']),
      points: list(pointSchema, 2_000),
    }),
    50,
  ),
});

export const confusionSchema = v.strictObject({
  kind: v.literal('confusion'),
  title: text(300),
  path,
  x: text(200),
  y: text(200),
  labels: list(text(200), 50),
  /** Counts by actual (outer) and predicted (inner) label. */
  before: v.optional(list(list(count, 50), 50)),
  after: v.optional(list(list(count, 50), 50)),
});

/** A plot that only the report page can draw, or that cannot be read. */
export const otherPlotSchema = v.strictObject({
  kind: v.literal('other'),
  title: text(300),
  path,
  note: text(500),
});

export const plotSchema = v.variant('kind', [curveSchema, confusionSchema, otherPlotSchema]);

const trendSchema = v.strictObject({
  file: path,
  key,
  /** Oldest first; a commit in which the metric is no number is left out. */
  values: list(v.strictObject({ commit, value: finite }), 100),
});

const linkSchema = v.strictObject({
  kind: v.picklist(['run', 'mlflow-run', 'mlflow-model', 'dagshub', 'artifact', 'files', 'plots']),
  url: httpsUrl,
  /** Tells links of one kind apart, for example a stage's name. */
  name: v.optional(text(200)),
});

export const reportSchema = v.strictObject({
  version: v.literal(1),
  /** The pipeline's name: the path of its dvc.yaml, or what the workflow calls it. */
  pipeline: v.pipe(text(200), v.minLength(1)),
  /** What the results are compared with; `reason` says why there is nothing to compare with. */
  base: v.variant('found', [
    v.strictObject({
      found: v.literal(true),
      commit,
      ref: v.optional(text(300)),
      /** Said where the base is the commit that is checked out, with how to look further back. */
      self: v.optional(v.strictObject({ words: text(500), remedy: v.optional(text(500)) })),
    }),
    v.strictObject({
      found: v.literal(false),
      ref: v.optional(text(300)),
      commit: v.optional(commit),
      /** `unavailable` where there is a base, or may be, and it cannot be had; gates then break. */
      missing: v.picklist(['nothing', 'never-ran', 'unavailable']),
      reason: text(1_000),
      remedy: v.optional(text(1_000)),
    }),
  ]),
  /** What of either revision could not be read beside metrics, so that its changes are not told. */
  unread: v.optional(text(1_000)),
  /** Undefined for a working tree. */
  head: v.strictObject({ commit: v.optional(commit), ref: v.optional(text(300)) }),
  /** The pipeline's own outcome, gates aside; `failure` is the first line of what went wrong. */
  outcome: v.picklist(['succeeded', 'failed']),
  failure: v.optional(text(2_000)),
  metrics: list(metricRowSchema, 20_100),
  /** Metrics files that are alike in both revisions by their hashes, and whose content is not here. */
  alike: v.optional(list(path, 500)),
  params: list(paramRowSchema, 20_100),
  data: list(dataRowSchema, 20_000),
  stages: list(stageRowSchema, 2_000),
  plots: list(plotSchema, 500),
  /** Plot files that differ, and of which one revision's content is not here. */
  uncomparedPlots: v.optional(list(path, 500)),
  trends: list(trendSchema, 500),
  links: list(linkSchema, 100),
  /** What the reader should know besides: what was left out and why. */
  notes: list(text(1_000), 50),
});

/** Everything that a pull request comment, a summary or a terminal shows of one run. */
export type Report = v.InferOutput<typeof reportSchema>;
export type MetricRow = v.InferOutput<typeof metricRowSchema>;
export type ParamRow = v.InferOutput<typeof paramRowSchema>;
export type DataRow = v.InferOutput<typeof dataRowSchema>;
export type DataSide = v.InferOutput<typeof dataSideSchema>;
export type StageRow = v.InferOutput<typeof stageRowSchema>;
export type Link = v.InferOutput<typeof linkSchema>;
export type Plot = v.InferOutput<typeof plotSchema>;
export type Curve = v.InferOutput<typeof curveSchema>;
export type Confusion = v.InferOutput<typeof confusionSchema>;
export type Trend = v.InferOutput<typeof trendSchema>;
