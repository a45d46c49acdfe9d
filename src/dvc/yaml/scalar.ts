import { Opaque, type Value } from '../value.ts';

/**
 * A plain scalar as ruamel.yaml's safe loader resolves it in its default version, YAML 1.2
 * (ruamel/yaml/resolver.py, implicit_resolvers): `yes` is a string, `010` is ten, `1e5` a float,
 * `1_000` an int, and an unquoted date a date.
 */
export function plainScalar(text: string): Value {
  const first = text.charCodeAt(0);
  if (text === '') return null;
  // Most scalars are words: only these first characters can start anything else.
  if (!(first >= 0x30 && first <= 0x39) && !'+-.tTfFnN~=<'.includes(text[0] ?? '')) return text;
  const word = words.get(text);
  if (word !== undefined) return word;
  if (floatPattern.test(text)) return floatScalar(text);
  if (intPattern.test(text)) return intScalar(text);
  if (timestampPattern.test(text)) return new Opaque('a date', text);
  return text;
}

const words = new Map<string, Value>([
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
  // ruamel refuses both as values.
  ['=', new Opaque('the value key "="', '=')],
  ['<<', new Opaque('a merge key as a value', '<<')],
]);

const floatPattern =
  /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?)$/;
const intPattern = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)$/;
const timestampPattern =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;

function floatScalar(text: string): Value {
  const digits = text.replaceAll('_', '');
  return /\d/.test(digits.split(/[eE]/)[0] ?? '') ? Number(digits) : new Opaque('a float', text);
}

function intScalar(text: string): Value {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  // Without a digit Python's int() fails: `+_`, `0x_`.
  if (!/^(?:0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+)$/.test(digits)) {
    return new Opaque('an int', text);
  }
  const size = BigInt(digits);
  return text.startsWith('-') ? -size : size;
}
