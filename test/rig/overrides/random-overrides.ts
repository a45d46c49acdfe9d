import type { Dice } from '../differential/dice.ts';

const values = [
  ...['1', '1.0', '1.0e-7', '1e5', '-0', '-0.0', '12345678901234567890', '0x1F', '1_000', '017'],
  ...[
    'nan',
    'inf',
    '-inf',
    'true',
    'True',
    'no',
    'NO',
    'null',
    'NULL',
    '~',
    '',
    'a-b_c.d',
    '2024-01-31',
  ],
  ...['12:30:00', 'http://x/y', '[]', '[128,64]', '[1, 2.0, "a, b"]', '[[1],{a: 1}]', '{}'],
  ...['{a:1}', '{a: {b: 1.0}, c: [x, "y}"]}', '"a,b"', "'it\\'s'", '"a b"', '""', '"NO"', '"1"'],
  ...['"\\\\"', 'a\\,b', 'a\\ b', '"é 😀"', '"{"', "'['", 'a/b@c', '"# x"', '*'],
];
/** What is refused: sweeps, and what is not closed or no value. */
const refused = [
  'é😀',
  '#x',
  '$(x)',
  'http://x/y?z=1',
  'choice(1, 2)',
  'range(1,4)',
  'glob(*)',
  '[1',
  'a]',
  '"a"b',
  'a:{',
  '$'.concat('{a}'),
  'int("x")',
];
const casts = ['int(3.5)', 'str(1.0)', 'float(1)', 'bool(0)', 'json_str({a:1})', 'sort(3,1)'];

/** Some overrides of a file's keys, as a person may write them; `file` is absent for params.yaml. */
export function randomOverrides(dice: Dice, file: string, paths: readonly string[]): string[] {
  return Array.from({ length: dice.pick([1, 1, 1, 2, 2, 4]) }, () => {
    const known = paths.filter((path) => /^[\w.\-/]+$/.test(path));
    let key =
      known.length > 0 && !dice.chance(0.08) ? dice.pick(known) : dice.pick(['new', 'a.new']);
    if (dice.chance(0.03)) key = `${key}.below`;
    const sign = key.includes('new')
      ? '+'
      : dice.pick(['', '', '', '', '', '', '+', '++', '++', '~']);
    const prefix = file === 'params.yaml' && dice.chance(0.7) ? '' : `${file}:`;
    if (sign === '~' && dice.chance(0.8)) return `${prefix}~${key}`;
    const kind = dice.int(0, 99);
    const value = kind < 4 ? dice.pick(refused) : kind < 8 ? dice.pick(casts) : dice.pick(values);
    return `${prefix}${sign}${key}=${value}`;
  });
}

/** The overrides as one text of an input. */
export function joined(dice: Dice, overrides: readonly string[]): string {
  const between = () => dice.pick([',', ', ', ' ', '\n', ' ,\r\n ', ',,', '\t']);
  return overrides.reduce((text, override) => `${text}${between()}${override}`, between().trim());
}
