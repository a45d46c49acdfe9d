import type { AnswerFields } from '../../../scripts/github-fields.ts';
import type { Dice } from '../differential/dice.ts';

/** A value that is not what its reader expects, and what was done to it. */
export interface OddJson {
  readonly value: unknown;
  readonly told: string;
}

type Key = string | number;

/** Changes one thing of a JSON value; where its published `fields` are known, mostly one of those. */
export function oddJson(dice: Dice, value: unknown, fields?: AnswerFields): OddJson {
  if (fields && dice.chance(0.6)) {
    const odd = ofPublished(dice, value, fields);
    if (odd) return odd;
  }
  return dice.chance(0.15) ? instead(dice, value) : somewhere(dice, value);
}

/** Null where that is allowed, nothing where that is, a word that is none of the known ones. */
function ofPublished(dice: Dice, value: unknown, fields: AnswerFields): OddJson | undefined {
  const [kind, places] = dice.pick([
    ['null', fields.nullable],
    ['null', fields.optional],
    ['absent', fields.optional],
    ['another word', fields.words],
  ] as const);
  const known = new Set(pathsIn(value).map((path) => path.map(generic).join('/')));
  // What the answer has matters most; what it lacks may be there as null too.
  const there = places.filter((place) => known.has(place));
  const place = there.length > 0 && dice.chance(0.9) ? dice.pick(there) : dice.pick(places);
  if (place === undefined) return undefined;
  const changed = changeAt(dice, value, place.split('/'), () =>
    kind === 'null' ? null : kind === 'absent' ? undefined : dice.pick(words),
  );
  return { value: changed, told: `${place} ${kind}` };
}

const words = ['sibling-unknown', '', 'NULL', 'queued2'];

/** `*` in a place means one item of a list, or all of them. */
function changeAt(
  dice: Dice,
  value: unknown,
  [first, ...rest]: readonly string[],
  change: () => unknown,
): unknown {
  if (first === undefined) return change();
  if (first === '*') {
    if (!Array.isArray(value) || value.length === 0) return value;
    const only = dice.chance(0.5) ? dice.int(0, value.length - 1) : undefined;
    return value.map((item, index) =>
      only === undefined || only === index ? changeAt(dice, item, rest, change) : item,
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const before = (value as Record<string, unknown>)[first];
  if (before === undefined && rest.length > 0) return value;
  return { ...value, [first]: changeAt(dice, before, rest, change) };
}

function instead(dice: Dice, value: unknown): OddJson {
  const [told, odd] = dice.pick([
    ['null', null],
    ['an empty list', []],
    ['an empty object', {}],
    ['a number', 3],
    ['a text', 'text'],
    ['true', true],
    ['itself in a list', [value]],
    ['itself in data', { data: value }],
    ['a message', { message: 'Not today', documentation_url: 'https://docs.github.com' }],
  ] as const);
  return { value: odd, told: `instead: ${told}` };
}

function somewhere(dice: Dice, value: unknown): OddJson {
  const paths = pathsIn(value);
  const path = dice.pick(paths);
  const before = valueAt(value, path);
  const [told, odd] = oddValue(dice, before);
  return { value: setAt(value, path, odd), told: `/${path.join('/')}: ${told}` };
}

function oddValue(dice: Dice, before: unknown): readonly [string, unknown] {
  const others: (readonly [string, unknown])[] = [
    ['null', null],
    ['absent', undefined],
    ['an empty list', []],
    ['an object', { a: 1 }],
    ['a text', 'text'],
    ['a number', 7],
    ['true', true],
    ['a huge text', 'x'.repeat(1_000_000)],
  ];
  if (typeof before === 'number') {
    others.push(
      ['as text', String(before)],
      ['negative', -1],
      ['a fraction', 1.5],
      ['huge', 1e300],
    );
  }
  if (typeof before === 'string') {
    others.push(
      ['empty', ''],
      ['with lines', `${before}\n::error::x\n\0`],
      ['a path', '../../etc'],
    );
  }
  if (Array.isArray(before)) {
    others.push(
      ['every item twice', [...before, ...before]],
      ['its first item 3,000 times', Array.from({ length: 3_000 }, () => before[0])],
      ['backwards', [...before].reverse()],
      ['with null', [null, ...before]],
      ['with a text', [...before, 'text']],
    );
  }
  return dice.pick(others);
}

function pathsIn(value: unknown, path: readonly Key[] = []): (readonly Key[])[] {
  if (typeof value !== 'object' || value === null || path.length > 5) return [path];
  const keys: Key[] = Array.isArray(value)
    ? [...value.keys()].slice(0, 20)
    : Object.keys(value).slice(0, 60);
  return [
    path,
    ...keys.flatMap((key) => pathsIn((value as Record<Key, unknown>)[key], [...path, key])),
  ];
}

function generic(key: Key): string {
  return typeof key === 'number' ? '*' : key;
}

function valueAt(value: unknown, path: readonly Key[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<Key, unknown>)[key], value);
}

function setAt(value: unknown, [first, ...rest]: readonly Key[], odd: unknown): unknown {
  if (first === undefined) return odd;
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === first ? setAt(item, rest, odd) : item));
  }
  const object = value as Record<Key, unknown>;
  return { ...object, [first]: setAt(object[first], rest, odd) };
}
