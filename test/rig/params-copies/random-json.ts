import type { Dice } from '../differential/dice.ts';
import type { RandomParams } from './random-params.ts';

const scalars = [
  ...['1.0e-7', '1e5', '1.0', '-0', '-0.0', '12345678901234567890', '1E400', 'NaN', 'Infinity'],
  ...['-Infinity', 'true', 'false', 'null', '"NO"', '""', '"a\\"b"', '"\\ud800"', '"\\u0000"'],
  ...['"é😀"', '"{\\"a\\": 1}"', '"a,b]"', '0.1', '-1', '"\\\\"', '"\u2028"'],
];
const names = ['a', 'b', 'c', 'd', 'lr', 'x.y', '0', '1', 'é', '\\u0061', '__proto__', 'a b'];

/** A random JSON params file, as Python's json module reads them. */
export function randomJson(dice: Dice): RandomParams {
  const paths: string[] = [];
  const gap = () => dice.pick(['', '', ' ', '\n', '\r\n  ', '\t']);
  const value = (above: readonly string[], depth: number): string => {
    const kind = dice.int(0, 9);
    if (kind < 3 && depth < 3) return map(above, depth + 1);
    if (kind < 5 && depth < 3) {
      const items = Array.from({ length: dice.int(0, 3) }, (_, at) => {
        paths.push([...above, String(at)].join('.'));
        return gap() + value([...above, String(at)], depth + 1) + gap();
      });
      return `[${items.join(',') || gap()}]`;
    }
    return dice.pick(scalars);
  };
  const map = (above: readonly string[], depth: number): string => {
    const keys = dice.some(names, 5);
    if (dice.chance(0.03) && keys[0] !== undefined) keys.push(keys[0]);
    if (dice.chance(0.003)) keys.push('');
    const entries = keys.map((name) => {
      const path = [...above, JSON.parse(`"${name}"`) as string];
      paths.push(path.join('.'));
      return `${gap()}"${name}"${gap()}:${gap()}${value(path, depth)}${gap()}`;
    });
    return `{${entries.join(',') || gap()}}`;
  };
  let text = dice.chance(0.01) ? dice.pick(['', '[]', '[1]', 'null', '1', '{', '{}}']) : map([], 0);
  if (dice.chance(0.005)) text = `\uFEFF${text}`;
  return { file: 'params.json', text: text + gap(), paths };
}
