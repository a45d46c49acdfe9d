/**
 * A value of a YAML, JSON, TOML or Python file as DVC's Python sees it. Python's `5` and `5.0` are
 * equal but print differently, so an int is a `bigint` and a float is a `number`. A mapping keeps
 * the order of its keys, which decides the order of generated stages.
 */
export type Value = null | boolean | string | bigint | number | Value[] | ValueMap | Opaque;

export type ValueMap = Map<Value, Value>;

/**
 * A value of a kind that is not worked with here: a date, bytes, a set, the result of a Python
 * expression. Nothing may be decided from it.
 */
export class Opaque {
  /** What it is, for a person: `a date`. */
  readonly what: string;
  /** As written. */
  readonly text: string;
  /** Of a Python tuple: DVC takes one that is a param's whole value for a list. */
  readonly items: Value[] | undefined;

  constructor(what: string, text: string, items?: Value[]) {
    this.what = what;
    this.text = text;
    this.items = items;
  }
}

export function isMap(value: Value | undefined): value is ValueMap {
  return value instanceof Map;
}

export function isList(value: Value | undefined): value is Value[] {
  return Array.isArray(value);
}

/** Whether Python's `==` holds; undefined when a value in the way is opaque. */
export function equal(left: Value, right: Value): boolean | undefined {
  if (left instanceof Opaque || right instanceof Opaque) return undefined;
  if (isList(left) && isList(right)) return equalLists(left, right);
  if (isMap(left) && isMap(right)) return equalMaps(left, right);
  if (isNumeric(left) && isNumeric(right)) {
    // A bool is an int in Python; `==` compares a bigint with a double exactly, as Python does.
    // biome-ignore lint/suspicious/noDoubleEquals: 5 and 5.0 are equal
    return numeric(left) == numeric(right);
  }
  return left === right;
}

function equalLists(left: Value[], right: Value[]): boolean | undefined {
  if (left.length !== right.length) return false;
  return all(left.map((item, index) => () => equal(item, right[index] as Value)));
}

function equalMaps(left: ValueMap, right: ValueMap): boolean | undefined {
  if (left.size !== right.size) return false;
  return all(
    [...left].map(([key, value]) => () => {
      const other = right.get(key);
      return other === undefined ? false : equal(value, other);
    }),
  );
}

/** False if one is false, else undefined if one is undefined. */
function all(checks: readonly (() => boolean | undefined)[]): boolean | undefined {
  let result: boolean | undefined = true;
  for (const check of checks) {
    const holds = check();
    if (holds === false) return false;
    if (holds === undefined) result = undefined;
  }
  return result;
}

function isNumeric(value: Value): value is boolean | bigint | number {
  return typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number';
}

function numeric(value: boolean | bigint | number): bigint | number {
  return typeof value === 'boolean' ? BigInt(value) : value;
}

/** What Python's `str` gives for a scalar; undefined for an opaque value. */
export function pythonText(value: null | boolean | string | bigint | number): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? floatText(value) : String(value);
}

/** Python's `repr` of a float: the shortest digits, with an exponent below 1e-4 and from 1e16. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', power = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** The name of a value's Python type, as DVC's messages have it. */
export function typeName(value: Value): string {
  if (value === null) return 'null';
  if (isList(value)) return 'list';
  if (isMap(value)) return 'map';
  if (value instanceof Opaque) return value.what;
  const names = { boolean: 'bool', string: 'string', bigint: 'int', number: 'float' } as const;
  return names[typeof value as keyof typeof names];
}

/**
 * The value as plain JavaScript: a map as an object, an int as a number (as text beyond 2^53), an
 * opaque value as its text.
 */
export function toPlain(value: Value): unknown {
  if (typeof value === 'bigint') {
    const size = Number(value);
    return Number.isSafeInteger(size) ? size : String(value);
  }
  if (isList(value)) return value.map(toPlain);
  if (isMap(value)) {
    return Object.fromEntries([...value].map(([key, child]) => [keyText(key), toPlain(child)]));
  }
  return value instanceof Opaque ? value.text : value;
}

/**
 * The value as JSON would have it, but nothing is lost: all digits of an int, a float as Python prints
 * it (`1.0`, `1e-07`, `nan`). Two values have the same text only if they are the same.
 */
export function exactText(value: Value): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatText(value);
  if (isList(value)) return `[${value.map(exactText).join(',')}]`;
  if (isMap(value)) {
    const entries = [...value].map(([key, child]) => `${exactText(key)}:${exactText(child)}`);
    return `{${entries.join(',')}}`;
  }
  return value instanceof Opaque ? `${value.what} ${value.text}` : JSON.stringify(value);
}

/** A map's key as text. */
export function keyText(key: Value): string {
  if (key === null || typeof key !== 'object') return pythonText(key);
  return key instanceof Opaque ? key.text : JSON.stringify(toPlain(key));
}
