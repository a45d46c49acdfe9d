import * as v from 'valibot';
import { closest } from '../text/closest.ts';
import { isGlob, matchesGlob } from './glob.ts';
import { metricName } from './name.ts';

const finite = v.pipe(v.number(), v.finite());

/** What a metric must hold, from `meta.sibling.metrics` in dvc.yaml. */
export const gateSchema = v.strictObject({
  /** The metric's dotted key (its file, where that holds one value alone), or a pattern with `*` and `?`. */
  pattern: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** The direction; without one, only the floor and the ceiling are checked. */
  better: v.optional(v.picklist(['higher', 'lower'])),
  /** A change within either of them is noise; `relative` is a fraction of the value before. */
  tolerance: v.optional(
    v.strictObject({ absolute: v.optional(finite), relative: v.optional(finite) }),
  ),
  min: v.optional(finite),
  max: v.optional(finite),
  /** What a broken gate does: fails the check, warns, or nothing. */
  level: v.picklist(['fail', 'warn', 'off']),
});

/** A gate as a report carries it. */
export type Gate = v.InferOutput<typeof gateSchema>;

/** A gate with where it holds: the metrics files of the stage that declares it; all if undefined. */
export interface MetricGate extends Gate {
  readonly files?: readonly string[];
}

/** What is wrong with a gate: `path` leads to it below `meta.sibling.metrics`. */
export interface GateProblem {
  readonly path: readonly string[];
  readonly cause: string;
  readonly hint: string;
}

/** The gate of a metric: the one with its exact name, else the first pattern that matches. */
export function gateOf(
  gates: readonly MetricGate[],
  file: string,
  key: string,
): MetricGate | undefined {
  const name = metricName(file, key);
  const here = gates.filter((gate) => gate.files === undefined || gate.files.includes(file));
  return (
    here.find((gate) => gate.pattern === name) ??
    here.find((gate) => isGlob(gate.pattern) && matchesGlob(gate.pattern, name))
  );
}

type Draft = { -readonly [Key in keyof Gate]?: Gate[Key] };
type Reader = (value: unknown) => Draft | string;

/** Each key of a gate: gives its part, or says in words what it should have been. */
const readers: Readonly<Record<string, Reader>> = {
  better: (value) =>
    value === 'higher' || value === 'lower' ? { better: value } : 'higher or lower',
  tolerance: (value) => {
    const parts = (Array.isArray(value) ? value : [value]).map(readTolerance);
    const known = parts.filter((part) => part !== undefined);
    return known.length === parts.length && known.length > 0
      ? { tolerance: Object.assign({}, ...known) }
      : 'a number such as 0.01, a share such as 1%, or both in a list: [0.01, 1%]';
  },
  min: (value) => (isNumber(value) ? { min: value } : 'a number'),
  max: (value) => (isNumber(value) ? { max: value } : 'a number'),
  gate: (value) =>
    // YAML 1.1 reads a bare `off` as false.
    value === false || value === 'off'
      ? { level: 'off' }
      : value === 'fail' || value === 'warn'
        ? { level: value }
        : 'fail, warn or off',
};

/**
 * Reads `meta.sibling.metrics`: a map from metric names, or patterns with `*` and `?`, to gates such
 * as `{better: higher, tolerance: 0.01, min: 0.9, gate: warn}`. `files` are the metrics files that
 * the stage declares. Every problem is reported, and a gate with one is left out.
 */
export function readGates(
  metrics: unknown,
  files?: readonly string[],
): { readonly gates: readonly MetricGate[]; readonly problems: readonly GateProblem[] } {
  const problems: GateProblem[] = [];
  const gates: MetricGate[] = [];
  if (!isMap(metrics)) {
    const hint = 'It takes a map from metric names to gates.';
    return { gates, problems: [{ path: [], cause: 'it is not a map', hint }] };
  }
  for (const [pattern, declared] of Object.entries(metrics)) {
    const read = readGate(pattern, declared);
    if (Array.isArray(read)) problems.push(...read);
    else gates.push(files ? { ...read, files } : read);
  }
  return { gates, problems };
}

function readGate(pattern: string, declared: unknown): Gate | GateProblem[] {
  const example = 'It takes a map such as {better: higher, tolerance: 0.01}.';
  if (!isMap(declared)) {
    return [{ path: [pattern], cause: `it is ${text(declared)}`, hint: example }];
  }
  const problems: GateProblem[] = [];
  let draft: Draft = { level: 'fail' };
  for (const [key, value] of Object.entries(declared)) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    const path = [pattern, key];
    if (!reader) {
      const guess = closest(key, Object.keys(readers));
      const keys = `The keys of a gate are ${Object.keys(readers).join(', ')}.`;
      problems.push({
        path,
        cause: `unknown key ${key}`,
        hint: guess ? `Did you mean ${guess}?` : keys,
      });
      continue;
    }
    const part = reader(value);
    if (typeof part === 'string') {
      problems.push({ path, cause: `it is ${text(value)}`, hint: `It takes ${part}.` });
    } else {
      draft = { ...draft, ...part };
    }
  }
  if (problems.length > 0) return problems;
  const gate = { pattern, level: 'fail', ...draft } as const;
  const contradiction = contradictionOf(gate);
  if (contradiction) return [{ path: [pattern], ...contradiction }];
  const checked = v.safeParse(gateSchema, gate);
  if (checked.success) return checked.output;
  return [{ path: [pattern], cause: 'its name is empty or too long', hint: 'Name one metric.' }];
}

function contradictionOf(gate: Gate): { cause: string; hint: string } | undefined {
  const { better, min, max, tolerance } = gate;
  if (better === undefined && tolerance !== undefined) {
    return { cause: 'a tolerance needs a direction', hint: 'Add better: higher or better: lower.' };
  }
  if (min !== undefined && max !== undefined && min > max) {
    return { cause: `min ${min} is above max ${max}`, hint: 'No value can pass; swap them.' };
  }
  if (better === undefined && min === undefined && max === undefined && gate.level !== 'off') {
    return { cause: 'it checks nothing', hint: 'Add better: higher or lower, min or max.' };
  }
  return undefined;
}

function readTolerance(value: unknown): { absolute: number } | { relative: number } | undefined {
  if (isNumber(value)) return value >= 0 ? { absolute: value } : undefined;
  const percent = /^(\d+(?:\.\d+)?|\.\d+)\s*%$/.exec(String(value))?.[1];
  return percent === undefined ? undefined : { relative: Number(percent) / 100 };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 100) ?? String(value);
}
