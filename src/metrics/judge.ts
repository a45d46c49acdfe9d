import type { Gate } from './gates.ts';
import { sameValue, type Value } from './value.ts';

export const verdicts = [
  'below-floor',
  'above-ceiling',
  'worse',
  'unreadable',
  'missing',
  'not-comparable',
  'not-compared',
  'removed',
  'improved',
  'changed',
  'added',
  'within',
  'same',
] as const;

/**
 * What became of one metric; `missing` is a gate whose metric neither revision has, `not-compared` a
 * metric of which one value nobody can tell here.
 */
export type Verdict = (typeof verdicts)[number];

export interface Judgement {
  readonly verdict: Verdict;
  /** After minus before. */
  readonly absolute?: number;
  /** The difference as a fraction of the value before; undefined when that is 0. */
  readonly relative?: number;
  /** Whether the metric's gate does not let it pass. */
  readonly broken: boolean;
}

/**
 * Whether there is a value before: `known`, be it that there is none; `none` where there is no earlier
 * run; `unknown` where there may be one that cannot be had.
 */
export type Past = 'known' | 'none' | 'unknown';

/**
 * Judges one metric. A gated metric that is gone, or is no finite number any more, breaks its gate:
 * what cannot be compared must not pass for unchanged. So does one whose gate has a direction, when
 * its past is unknown. Where there was no earlier run, such a gate is not compared and lets it pass,
 * else no gate could ever be added. `isRead` says whether the file after could be read: what one lacks
 * that could not is not gone.
 */
export function judge(
  before: Value | undefined,
  after: Value | undefined,
  gate?: Gate,
  past: Past = 'known',
  isRead = true,
): Judgement {
  const gated = gate !== undefined && gate.level !== 'off';
  if (after === undefined) {
    const gone = isRead ? 'removed' : 'not-compared';
    return { verdict: before === undefined ? 'missing' : gone, broken: gated };
  }
  if (after.type !== 'number') {
    const isUnknown = before === undefined && past === 'unknown' && after.type !== 'non-finite';
    return { verdict: isUnknown ? 'not-compared' : verdictOnOther(before, after), broken: gated };
  }
  const change = before?.type === 'number' ? changeOf(before, after) : {};
  if (gate?.min !== undefined && exceeds(gate.min, after.value)) {
    return { verdict: 'below-floor', ...change, broken: gated };
  }
  if (gate?.max !== undefined && exceeds(after.value, gate.max)) {
    return { verdict: 'above-ceiling', ...change, broken: gated };
  }
  if (before === undefined) {
    const needsPast = gated && gate.better !== undefined;
    if (past === 'unknown') return { verdict: 'not-compared', broken: needsPast };
    return { verdict: past === 'none' && needsPast ? 'not-compared' : 'added', broken: false };
  }
  if (before.type !== 'number') return { verdict: 'not-comparable', broken: false };
  if (sameValue(before, after)) return { verdict: 'same', ...change, broken: false };
  if (gate?.better === undefined) return { verdict: 'changed', ...change, broken: false };
  const verdict = directed(before.value, after.value, gate);
  return { verdict, ...change, broken: gated && verdict === 'worse' };
}

function verdictOnOther(before: Value | undefined, after: Value): Verdict {
  if (after.type === 'non-finite') return 'not-comparable';
  if (before === undefined) return 'added';
  if (before.type !== after.type) return 'not-comparable';
  return sameValue(before, after) ? 'same' : 'changed';
}

function directed(before: number, after: number, gate: Gate): Verdict {
  const { absolute = 0, relative = 0 } = gate.tolerance ?? {};
  const allowed = Math.max(absolute, relative * Math.abs(before));
  const [worst, best] = [before - allowed, before + allowed];
  if (exceeds(after, best)) return gate.better === 'higher' ? 'improved' : 'worse';
  if (exceeds(worst, after)) return gate.better === 'higher' ? 'worse' : 'improved';
  return 'within';
}

/**
 * Whether `left` is larger than `right` by more than rounding: 0.96 - 0.95 is 0.010000000000000009
 * in doubles and must be within a tolerance of 0.01.
 */
function exceeds(left: number, right: number): boolean {
  return left - right > 4 * Number.EPSILON * Math.max(Math.abs(left), Math.abs(right));
}

type NumberValue = Extract<Value, { type: 'number' }>;

function changeOf(before: NumberValue, after: NumberValue): Partial<Judgement> {
  const absolute = differenceOf(before, after);
  const relative = absolute / Math.abs(before.value);
  return {
    ...(Number.isFinite(absolute) && { absolute }),
    ...(Number.isFinite(relative) && { relative }),
  };
}

function differenceOf(before: NumberValue, after: NumberValue): number {
  const [from, to] = [before, after].map(({ value, exact }) =>
    exact !== undefined || Number.isSafeInteger(value) ? BigInt(exact ?? value) : undefined,
  );
  return from !== undefined && to !== undefined ? Number(to - from) : after.value - before.value;
}
