import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { Opaque } from '../dvc/value.ts';
import { cutBefore } from '../secrets/known.ts';

/** Characters of a string value, and of a key, that a report keeps. */
export const maxValueLength = 200;

/** A short list keeps its values by index; a longer one becomes a `list`, its figures alone. */
export const listSchema = v.strictObject({
  type: v.literal('list'),
  length: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Tells two lists apart that have the same figures. */
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  first: v.optional(v.pipe(v.number(), v.finite())),
  last: v.optional(v.pipe(v.number(), v.finite())),
  min: v.optional(v.pipe(v.number(), v.finite())),
  max: v.optional(v.pipe(v.number(), v.finite())),
});

/**
 * The value of a metric or a parameter. Unlike a bare JavaScript value it survives JSON: NaN and
 * the infinities are words, and an integer that a double cannot hold keeps its digits (`exact`).
 */
export const valueSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('number'),
    value: v.pipe(v.number(), v.finite()),
    exact: v.optional(v.pipe(v.string(), v.regex(/^-?\d{1,200}$/))),
  }),
  v.strictObject({
    type: v.literal('non-finite'),
    value: v.picklist(['NaN', 'Infinity', '-Infinity']),
  }),
  v.strictObject({ type: v.literal('boolean'), value: v.boolean() }),
  v.strictObject({
    type: v.literal('string'),
    value: v.pipe(v.string(), v.maxLength(maxValueLength + 1)),
    /** Of the whole text, when `value` is only its beginning. */
    digest: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/))),
  }),
  v.strictObject({ type: v.literal('null') }),
  listSchema,
]);

export type Value = v.InferOutput<typeof valueSchema>;
export type ListSummary = v.InferOutput<typeof listSchema>;

/** A parsed YAML, JSON or TOML scalar as a value. Dates become their ISO text. */
export function scalarValue(scalar: unknown): Value {
  switch (typeof scalar) {
    case 'number':
      if (Number.isFinite(scalar)) return { type: 'number', value: scalar };
      return { type: 'non-finite', value: String(scalar) as 'NaN' | 'Infinity' | '-Infinity' };
    case 'bigint':
      return integerValue(scalar);
    case 'boolean':
      return { type: 'boolean', value: scalar };
    case 'undefined':
      return { type: 'null' };
    default:
      return scalar === null ? { type: 'null' } : stringValue(textOf(scalar));
  }
}

function textOf(scalar: unknown): string {
  if (scalar instanceof Opaque) return scalar.text;
  return scalar instanceof Date ? scalar.toISOString() : String(scalar);
}

function integerValue(integer: bigint): Value {
  const value = Number(integer);
  if (Number.isSafeInteger(value)) return { type: 'number', value };
  const exact = String(integer);
  // Two that differ behind the digits that are kept must not look the same.
  return exact.length > maxValueLength ? stringValue(exact) : { type: 'number', value, exact };
}

function stringValue(text: string): Value {
  if (text.length <= maxValueLength) return { type: 'string', value: text };
  return { type: 'string', value: `${cut(text)}…`, digest: digestOf(text) };
}

/** Whether two values are the same. NaN is never the same as anything, itself included. */
export function sameValue(left: Value, right: Value): boolean {
  if (left.type === 'non-finite' || right.type === 'non-finite') return false;
  if (left.type === 'list') return right.type === 'list' && left.digest === right.digest;
  return JSON.stringify(left) === JSON.stringify(right);
}

/** A key no longer than a report keeps; a longer one ends in a digest, so that it stays unique. */
export function boundedKey(key: string): string {
  return key.length <= maxValueLength ? key : `${cut(key, 17)}…${digestOf(key)}`;
}

/**
 * The first characters, never half of a surrogate pair, nor a part of a secret: of that nobody could tell
 * what it is. Secrets that are whole stay, to be compared, until the report is made.
 */
function cut(text: string, spare = 0): string {
  const end = cutBefore(text, maxValueLength - spare);
  return text.slice(0, end).replace(/[\ud800-\udbff]$/, '');
}

/** 16 hexadecimal digits of the text's SHA-256. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
