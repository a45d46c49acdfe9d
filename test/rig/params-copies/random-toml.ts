import type { Dice } from '../differential/dice.ts';
import type { RandomParams } from './random-params.ts';

const scalars = [
  ...[
    '1.0e-7',
    '1e5',
    '1.0',
    '-0.0',
    '1234567890123456789',
    '0x1F',
    '0o17',
    '0b11',
    '1_000',
    'inf',
  ],
  ...['-inf', 'nan', 'true', '"NO"', "'a\\b'", '""', '"a # b"', '1979-05-27', '12:30:00'],
  ...['1979-05-27T07:32:00Z', '1979-05-27 07:32:00.5', '"""a\nb = 1\n[c]\n"""', "'''\nx\\\n'''"],
  ...['"\\u00e9😀"', '+1', '[1, 2.0]', '[\n  1, # one\n  2,\n]', '[]', '{}', '["a", {b = 1.0}]'],
];
const names = ['a', 'b', 'c', 'd', 'lr', 'x-y', '1', '007', 'true'];
const quotedNames = ['"x.y"', "'q r'", '"é"', '"\\u0061\\u0061"', '""'];

/** A random TOML params file. */
export function randomToml(dice: Dice): RandomParams {
  const paths: string[] = [];
  const lines: string[] = [];
  const comment = () => (dice.chance(0.1) ? ' # why' : '');
  const key = () => {
    const count = dice.chance(0.15) ? 2 : 1;
    const dot = dice.pick(['.', ' . ']);
    return Array.from({ length: count }, () =>
      dice.chance(0.06) ? dice.pick(quotedNames) : dice.pick(names),
    ).join(dot);
  };
  const path = (above: string, name: string) => {
    const bare = name.replace(/["']/g, '').replaceAll(' . ', '.');
    const whole = above === '' ? bare : `${above}.${bare}`;
    paths.push(whole);
    return whole;
  };
  const inline = (above: string, depth: number): string => {
    if (dice.chance(0.8) || depth > 2) return dice.pick(scalars);
    const keys = dice.some(names, 4);
    const entries = keys.map((name) => {
      const at = path(above, name);
      return `${name} = ${inline(at, depth + 1).replaceAll('\n', '')}`;
    });
    return `{ ${entries.join(', ')} }`;
  };
  const entries = (above: string) => {
    const seen = new Set<string>();
    for (let many = dice.int(0, 4); many > 0; many--) {
      const name = key();
      const first = name.split(/[ .]/)[0] ?? '';
      if (seen.has(first) && !dice.chance(0.05)) continue;
      seen.add(first);
      if (dice.chance(0.12)) lines.push(`# about ${first}`);
      if (dice.chance(0.05)) lines.push('');
      const indent = dice.chance(0.1) ? '  ' : '';
      lines.push(`${indent}${name} = ${inline(path(above, name), 0)}${comment()}`);
    }
  };
  entries('');
  const opened = new Set<string>();
  for (let many = dice.int(0, 4); many > 0; many--) {
    const header = `t${dice.int(0, 2)}${dice.chance(0.5) ? `.${key()}` : ''}`;
    const isList = dice.chance(0.2);
    if (opened.has(header) && !isList) continue;
    opened.add(header);
    if (dice.chance(0.3)) lines.push('');
    if (dice.chance(0.1)) lines.push('# a table');
    const spaced = dice.chance(0.1) ? ` ${header} ` : header;
    lines.push((isList ? `[[${spaced}]]` : `[${spaced}]`) + comment());
    const at = path('', header);
    if (isList) paths.push(`${at}.0`);
    entries(at);
  }
  const end = dice.chance(0.1) ? '\r\n' : '\n';
  const text = lines.join('\n').replaceAll('\n', end) + dice.pick(['', end]);
  return { file: 'params.toml', text, paths };
}
