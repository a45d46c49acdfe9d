import type { Dice } from '../differential/dice.ts';
import type { RandomParams } from './random-params.ts';

const plains = [
  ...['1.0e-7', '1e5', '1.0', '-0.0', '12345678901234567890', '0o17', '017', '0x1F', '0b11'],
  ...['1_000', '.inf', '-.INF', '.nan', 'NO', 'yes', 'on', 'null', '~', '', 'true', 'True'],
  ...['2024-01-31', '2024-01-31 10:00:00Z', '12:30:00', '190:20:30', 'a b', 'x#y', 'a:b', '=x'],
  ...['http://x/y?z', '-1', '+1', '1e400', '.5', '5.', 'é', '😀', '=', '- ', 'a, b'].slice(0, 8),
];
const quoted = [
  ...['"NO"', "'NO'", '"2024-01-31"', '"12:30:00"', "'it''s'", '"a\\tb\\u00e9\\x41"', '"# no"'],
  ...['""', "''", '"1"', '"{a: 1}"', `'a: b'`, '"😀"', `"a\\\\"`],
];
const tagged = [
  '!!str 1',
  '!!int "3"',
  '!!float 3',
  '!!str NO',
  '!!bool "yes"',
  '! x',
  '!!null ""',
];
const names = ['a', 'b', 'c', 'd', 'e', 'lr', 'long_name', 'x-y', 'é'];
const oddKeys = [
  ...['0', '1', '0x10', '1.5', 'NO', 'yes', 'null', '"x.y"', "'q'", '"a b"', '2024-01-31', '07'],
  ...['!!str 1', '"\\x62"', 'a b', 'on', 'true', '~', '"1"'],
];

const oddLines = [
  ...['w: !!set {x, y}', 'w: !!omap [x: 1]', 'w: !!binary aGk=', 'w: !own 1', 'w: [a: 1, b]'],
  ...['w: "a\u2028b"', 'w: {u, v: }', 'w: - 1', '!!str w: 1', 'w: &w', 'w: !!seq [1]', ': no key'],
  ...[
    `w${'w'.repeat(1100)}: 1`,
    'w: "a\\\n\\  b"',
    'w: [1,\n2]',
    'w: # c',
    "w: 'a\n\n b'",
    'w:\t1',
  ],
];

/** A random YAML params file with what YAML has to offer, and keys that it may have. */
export function randomYaml(dice: Dice): RandomParams {
  const writer = new YamlWriter(dice);
  let text = writer.document();
  if (dice.chance(0.15)) text = text.replaceAll('\n', '\r\n');
  if (dice.chance(0.04)) text = `\uFEFF${text}`;
  if (dice.chance(0.1)) text = text.replace(/\r?\n$/, '');
  return { file: 'params.yaml', text, paths: writer.paths };
}

interface Anchor {
  readonly name: string;
  readonly isMap: boolean;
  readonly below: readonly string[];
}

class YamlWriter {
  /** Dotted names. */
  readonly paths: string[] = [];
  private readonly dice: Dice;
  private readonly anchors: Anchor[] = [];
  private readonly hasAnchors: boolean;
  private readonly oddity: number;

  constructor(dice: Dice) {
    this.dice = dice;
    this.hasAnchors = dice.chance(0.5);
    this.oddity = dice.pick([0, 0.03, 0.15]);
  }

  document(): string {
    const { dice } = this;
    const head = dice.chance(0.06) ? `%YAML 1.${dice.int(1, 2)}\n---\n` : '';
    const mark = head === '' && dice.chance(0.15) ? `---${dice.pick(['', ' # start'])}\n` : '';
    const comment = dice.chance(0.2) ? '# of the file\n\n' : '';
    if (dice.chance(0.08)) return `${head}${comment}${mark}${this.flowMap([], 0, 0)}\n`;
    if (dice.chance(0.01))
      return dice.pick(['', '- a\n', '1\n', '{}\n', '# only\n', 'a: 1\n---\nb: 2\n']);
    const body = this.blockMap([], 0, 0);
    return `${head}${comment}${mark}${body}${dice.chance(0.04) ? '...\n' : ''}`;
  }

  private blockMap(above: readonly string[], indent: number, depth: number): string {
    const { dice } = this;
    const blanks = ' '.repeat(indent);
    const lines: string[] = [];
    for (const { key, path } of this.keys(above, depth)) {
      if (dice.chance(0.12)) lines.push(`${blanks}# about ${key}\n`);
      if (dice.chance(0.03)) lines.push(`${blanks}${' '.repeat(dice.int(0, 3))}# odd\n`);
      if (dice.chance(0.08)) lines.push('\n');
      const isExplicit = dice.chance(0.03);
      const anchor = this.hasAnchors && dice.chance(0.03) ? `&k${this.anchors.length} ` : '';
      const start = isExplicit ? `${blanks}? ${key}\n${blanks}:` : `${blanks}${anchor}${key}:`;
      lines.push(start + this.blockValue(path, indent, depth));
    }
    if (dice.chance(this.oddity)) lines.push(`${blanks}? [x, y]\n${blanks}: 1\n`);
    if (dice.chance(this.oddity / 2)) lines.push(`${blanks}${dice.pick(oddLines)}\n`);
    if (dice.chance(this.oddity / 4) && this.anchors.length > 0) {
      lines.push(`${blanks}${this.alias()} : 1\n`);
    }
    const merge = this.merge();
    if (merge !== undefined && dice.chance(0.5)) {
      lines.splice(dice.int(0, lines.length), 0, `${blanks}<<: ${merge.text}\n`);
      for (const name of merge.below) this.paths.push([...above, name].join('.'));
    }
    return lines.join('');
  }

  /** What follows a key's colon, with the line's end. */
  private blockValue(path: readonly string[], indent: number, depth: number): string {
    const { dice } = this;
    const before = this.paths.length;
    const anchor = this.hasAnchors && dice.chance(0.25) ? `&n${dice.int(0, 3)}` : undefined;
    const property = anchor === undefined ? '' : ` ${anchor}`;
    const trailing = dice.chance(0.1) ? ' # why\n' : '\n';
    const kind = dice.int(0, 99);
    let text: string;
    let isMap = false;
    if (kind < 25 && depth < 3) {
      isMap = true;
      const tag = dice.chance(0.03) ? ' !!map' : '';
      const inner = indent + dice.int(1, 4);
      text = `${property}${tag}${trailing}${this.blockMap(path, inner, depth + 1)}`;
    } else if (kind < 35 && depth < 3) {
      isMap = true;
      text = `${property} ${this.flowMap(path, depth + 1, indent + 1)}${trailing}`;
    } else if (kind < 42 && depth < 3) {
      text = `${property}${trailing}${this.blockList(path, indent + dice.int(0, 3), depth + 1)}`;
    } else if (kind < 47) text = `${property} ${this.flowList(path)}${trailing}`;
    else if (kind < 57) text = `${property} ${this.blockScalar(indent)}`;
    else if (kind < 61) {
      const far = ' '.repeat(indent + dice.int(1, 3));
      text = `${property} ${dice.pick(['one', '"one', "'one"])}\n${far}two # 2`;
      const quote = /["'](?=one)/.exec(text)?.[0] ?? '';
      text = `${text.replace(quote === '' ? ' # 2' : '', '')}${quote}${trailing}`;
    } else if (kind < 68) return ` ${this.alias() ?? '1'}${trailing}`;
    else text = `${property}${dice.chance(0.02) ? '\t' : ' '}${this.scalar()}${trailing}`;
    if (anchor !== undefined) this.remember(anchor, isMap, path, before);
    return text;
  }

  private remember(anchor: string, isMap: boolean, path: readonly string[], before: number): void {
    const prefix = `${path.join('.')}.`;
    const below = this.paths.slice(before).filter((each) => each.startsWith(prefix));
    const name = anchor.slice(1);
    const known = this.anchors.findIndex((each) => each.name === name);
    if (known !== -1) this.anchors.splice(known, 1);
    this.anchors.push({ name, isMap, below: below.map((each) => each.slice(prefix.length)) });
  }

  private alias(): string | undefined {
    if (this.anchors.length === 0) return undefined;
    return `*${this.dice.pick(this.anchors).name}`;
  }

  private merge(): { text: string; below: readonly string[] } | undefined {
    const maps = this.anchors.filter(({ isMap }) => isMap);
    if (maps.length === 0) return undefined;
    const [first, second] = [this.dice.pick(maps), this.dice.pick(maps)];
    if (this.dice.chance(0.7)) return { text: `*${first.name}`, below: first.below };
    const inline = this.dice.chance(0.2) ? ', {extra: 1}' : '';
    return {
      text: `[*${first.name}, *${second.name}${inline}]`,
      below: [...first.below, ...second.below],
    };
  }

  private blockList(path: readonly string[], indent: number, depth: number): string {
    const blanks = ' '.repeat(indent);
    const items = Array.from({ length: this.dice.int(1, 3) }, (_, at) => {
      this.paths.push([...path, String(at)].join('.'));
      if (this.dice.chance(0.2) && depth < 3) {
        return `${blanks}- ${this.blockMap([...path, String(at)], indent + 2, depth + 1).trimStart()}`;
      }
      return `${blanks}- ${this.dice.chance(0.1) ? (this.alias() ?? 'x') : this.scalar()}\n`;
    });
    return items.join('');
  }

  private flowMap(above: readonly string[], depth: number, indent: number): string {
    const { dice } = this;
    const isWide = dice.chance(0.3);
    const gap = isWide ? `\n${' '.repeat(indent + 2)}` : dice.pick(['', ' ']);
    const entries = this.keys(above, depth).map(({ key, path }) => {
      const value = this.flowValue(path, depth);
      const comment = isWide && dice.chance(0.2) ? ' # here' : '';
      return { text: value === '' ? key : `${key}: ${value}`, comment };
    });
    const last = entries.length - 1;
    const body = entries.map(({ text, comment }, at) => {
      const comma = at < last || dice.chance(0.1) ? ',' : '';
      return `${gap}${text}${comma}${comment}`;
    });
    return `{${body.join('')}${isWide ? `\n${' '.repeat(indent + 1)}` : ''}}`;
  }

  private flowValue(path: readonly string[], depth: number): string {
    const kind = this.dice.int(0, 9);
    if (kind === 0 && depth < 3) return this.flowMap(path, depth + 1, 8);
    if (kind === 1) return this.flowList(path);
    if (kind === 2 && this.alias() !== undefined) return `${this.alias()} `;
    const text = this.scalar();
    return text.includes(', ') ? `"${text}"` : text;
  }

  private flowList(path: readonly string[]): string {
    const items = Array.from({ length: this.dice.int(0, 3) }, (_, at) => {
      this.paths.push([...path, String(at)].join('.'));
      return this.dice.pick(['1', '1.0', 'NO', '"x"', '1e3', '{u: 1.0}', '[2]']);
    });
    return `[${items.join(', ')}]`;
  }

  private blockScalar(indent: number): string {
    const { dice } = this;
    const extra = dice.int(1, 3);
    const pad = ' '.repeat(indent + extra);
    const chomp = dice.pick(['', '-', '+']);
    const number = dice.chance(0.3) ? String(extra) : '';
    const head = dice.pick(['|', '>']) + (dice.chance(0.5) ? chomp + number : number + chomp);
    const first = number !== '' && dice.chance(0.4) ? '  x' : 'x';
    const body = [`${pad}${first}: 1\n`];
    for (let many = dice.int(0, 2); many > 0; many--) {
      body.push(dice.pick([`${pad}# text\n`, '\n', `${pad}  more\n`, `${pad}y\n`]));
    }
    body.push('\n'.repeat(dice.pick([0, 0, 1, 2])));
    return `${head}${dice.chance(0.1) ? ' # c' : ''}\n${body.join('')}`;
  }

  private scalar(): string {
    const kind = this.dice.int(0, 99);
    if (kind < 65) return this.dice.pick(plains);
    return kind < 95 ? this.dice.pick(quoted) : this.dice.pick(tagged);
  }

  private keys(
    above: readonly string[],
    depth: number,
  ): { key: string; path: readonly string[] }[] {
    const { dice } = this;
    const chosen = dice.some(names, depth === 0 ? 6 : 4);
    const keys = (chosen.length === 0 ? ['z'] : chosen).map((name) => {
      if (dice.chance(0.05)) return { key: `"${name}"`, path: [...above, name] };
      return { key: name, path: [...above, name] };
    });
    if (dice.chance(this.oddity)) {
      const key = dice.pick(oddKeys);
      keys.splice(dice.int(0, keys.length), 0, { key, path: [...above, key.replace(/["']/g, '')] });
    }
    if (dice.chance(0.004)) keys.push(keys[0] as (typeof keys)[number]);
    for (const { path } of keys) this.paths.push(path.join('.'));
    return keys;
  }
}
