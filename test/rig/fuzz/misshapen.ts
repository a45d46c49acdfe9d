import { parse, stringify } from 'yaml';
import type { Dice } from '../differential/dice.ts';

/** Values of every kind, to stand where another is expected. */
const strangers: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 1e300, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
  ...['', ' ', 'a', '..', '/', '../../x', '-x', '*', '\n', 'é😀', '\u0000', '9'.repeat(400)],
  ...['x'.repeat(70_000), `\${a}`, `\${item}`, '__proto__', 'constructor', '1e5', '2020-01-01'],
  ...[[], {}, [[]], [{}], [null], { '': '' }, { a: null }, { a: { b: [1] } }, ['a', 1, null]],
  ...[{ toString: 1 }, { length: 3 }, { next: 1 }, [['a', 'b'], 'a'], [1, [2, [3, [4]]]]],
];

/** The text's structure with one to three of its parts replaced by, or joined with, others. */
export function misshapen(dice: Dice, text: string): string | undefined {
  let root: unknown;
  try {
    root = parse(text);
  } catch {
    return undefined;
  }
  if (typeof root !== 'object' || root === null) return undefined;
  for (let many = dice.int(1, 3); many > 0; many--) {
    if (dice.chance(0.02)) root = dice.pick(strangers);
    else if (typeof root === 'object' && root !== null) misshapeOne(dice, root);
  }
  return /^\s*[[{]/.test(text) || dice.chance(0.1)
    ? (JSON.stringify(root) ?? '')
    : stringify(root, { aliasDuplicateObjects: dice.chance(0.5) });
}

function misshapeOne(dice: Dice, root: object): void {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (parent: object) => {
    for (const [key, value] of Object.entries(parent)) {
      places.push([parent as Record<string, unknown>, key]);
      if (typeof value === 'object' && value !== null && places.length < 2000) walk(value);
    }
  };
  walk(root);
  if (places.length === 0) return;
  const [parent, key] = dice.pick(places);
  switch (dice.int(0, 5)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case 1: {
      // What stands elsewhere in it is of a plausible shape.
      const [other, its] = dice.pick(places);
      parent[key] = structuredClone(other[its]);
      return;
    }
    case 2:
      parent[key] = [parent[key], structuredClone(dice.pick(strangers))];
      return;
    default:
      parent[key] = structuredClone(dice.pick(strangers));
  }
}
