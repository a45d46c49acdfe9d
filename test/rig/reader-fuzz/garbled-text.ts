import type { Dice } from '../differential/dice.ts';

/** What stands between the parts of a YAML file, and values that are read in odd ways. */
const tokens: readonly string[] = [
  ...[
    '\t',
    ': ',
    ':',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '- ',
    '\n- ',
    '? ',
    '\n',
    '\r\n',
    '#',
    ' #',
    ',',
  ],
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '!!str ',
    '!tag ',
    '|\n',
    '>-\n',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '@',
  ],
  ...[
    `\${x}`,
    `\${`,
    `\\\${`,
    `\${item}`,
    `\${a.b[0]}`,
    `\${train.lr}`,
    `\${train}`,
    `\${a b}`,
    `\${.}`,
  ],
  ...['null', '~', '1e5', '0x1F', '.nan', '2020-01-01', '1_000', '9'.repeat(400), 'true', '""'],
  ...['stages:\n', 'foreach: ', 'do: ', 'matrix: ', 'vars: ', 'wdir: ', 'frozen: ', 'params: '],
  ...[
    'cmd: ',
    'deps: ',
    'outs: ',
    'md5: ',
    'schema: ',
    "'2.0'",
    '../',
    '/',
    '\\',
    '\u0000',
    '\ufeff',
  ],
  ...[
    '\u2028',
    '\u0085',
    'é',
    '😀',
    '\ud83d',
    '  ',
    '\n  ',
    '\n    ',
    '__proto__: ',
    'constructor: ',
  ],
];

/** One of the texts, changed in some places, as bytes: they need not be UTF-8. */
export function garbledText(dice: Dice, texts: readonly string[]): Buffer {
  let text = dice.pick(texts);
  for (let many = dice.int(0, 4); many > 0; many--) text = garble(dice, text, texts);
  const bytes = Buffer.from(text);
  if (bytes.length > 0 && dice.chance(0.03)) {
    bytes[dice.int(0, bytes.length - 1)] = dice.int(0, 255);
  }
  return bytes;
}

function garble(dice: Dice, text: string, texts: readonly string[]): string {
  const start = dice.int(0, text.length);
  const end = Math.min(text.length, start + dice.int(0, 40));
  const [before, part, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  switch (dice.int(0, 7)) {
    case 0:
      return before + after;
    case 1:
      return before + part.repeat(dice.int(2, 30)) + after;
    case 2: {
      const other = dice.pick(texts);
      const from = dice.int(0, other.length);
      return before + other.slice(from, from + dice.int(0, 200)) + after;
    }
    case 3:
      return before + swappedLines(dice, part + after);
    case 4:
      return before + dice.pick(tokens).repeat(dice.chance(0.02) ? 300 : 1) + part + after;
    default:
      return before + dice.pick(tokens) + part + after;
  }
}

function swappedLines(dice: Dice, text: string): string {
  const lines = text.split('\n');
  const at = dice.int(0, lines.length - 1);
  const [line = ''] = lines.splice(at, 1);
  lines.splice(dice.int(0, lines.length), 0, line);
  return lines.join('\n');
}
