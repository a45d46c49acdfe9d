import type { Dice } from '../differential/dice.ts';
import type { RandomParams } from './random-params.ts';

const literals = [
  ...['1.0e-7', '1_000', '0x1F', '-1', '+0.0', '12345678901234567890', "'NO'", '"a" "b"', 'None'],
  ...['True', '(1, 2.0)', '[1, 2]', "{'u': 1, 'v': 2.0}", '{1, 2}', "r'\\d'", "b'x'", '1 + 2j'],
  ...['"""a\nb = 1\n"""', '[\n    1,\n    # two\n    2,\n]', '(\n    3\n)', "{'n': {'m': [1]}}"],
  ...['-(2)', '"# no"', '()', '{}', '1 \\\n    + 2j'],
];
const names = ['alpha', 'beta', 'gamma', 'delta', 'lr', 'depth', 'epochs', 'size'];

/** A random Python params file: literals, and code that may use them. */
export function randomPython(dice: Dice): RandomParams {
  const paths: string[] = [];
  const blanks = (indent: number) => ' '.repeat(indent);
  const assign = (above: string, indent: number, prefix: string): string => {
    const name = dice.chance(0.01) ? '__version__' : dice.pick(names);
    paths.push(above + name);
    const type = prefix === '' && dice.chance(0.15) ? ': object' : '';
    const value = dice.pick(literals);
    const more = dice.chance(0.04) ? `; ${prefix}other = 2` : '';
    const comment = dice.chance(0.1) ? '  # why' : '';
    const head = dice.chance(0.1) ? `${blanks(indent)}# about ${name}\n` : '';
    return `${head}${blanks(indent)}${prefix}${name}${type} = ${value}${more}${comment}\n`;
  };
  const code = (): string => {
    const [name, other] = [dice.pick(names), dice.pick(names)];
    return dice.pick([
      'import os\n',
      'import math\n',
      `try:\n    total = ${name} * 2\nexcept Exception:\n    total = 0\n`,
      `def make():\n    return ${name}\n`,
      `if True:\n    ${name} = 3\n`,
      `${name} = ${other} = 4\n`,
      `ALL = ['${name}']\n`,
      `try:\n    got = globals()['${name}']\nexcept KeyError:\n    got = None\n`,
      `"""About ${name}."""\n`,
      `print_${name} = len('${other}')\n`,
      'for i in range(2):\n    last = i\n',
    ]);
  };
  const group = (name: string): string => {
    const base = dice.pick(['', '', '()', '(object)', '(dict)']);
    const body = Array.from({ length: dice.int(0, 4) }, () => assign(`${name}.`, 4, ''));
    if (dice.chance(0.3)) body.unshift('    """Of the class."""\n');
    if (dice.chance(0.3)) {
      const inner = Array.from({ length: dice.int(1, 3) }, () => assign(`${name}.`, 8, 'self.'));
      body.push(`    def __init__(self):\n${inner.join('')}`);
    }
    if (dice.chance(0.15))
      body.push(`    def ask(self):\n        return self.${dice.pick(names)}\n`);
    paths.push(name);
    return `class ${name}${base}:\n${body.join('') || '    pass\n'}`;
  };
  const hasCode = dice.chance(0.5);
  const parts = Array.from({ length: dice.int(2, 9) }, (_, at) => {
    const kind = dice.int(0, 9);
    const gap = dice.chance(0.2) ? '\n' : '';
    if (kind < 6) return gap + assign('', 0, '');
    return gap + (kind < 8 || !hasCode ? group(`Group${at}`) : code());
  });
  let text = parts.join('');
  if (dice.chance(0.1)) text = text.replaceAll('\n', '\r\n');
  return { file: 'params.py', text, paths };
}
