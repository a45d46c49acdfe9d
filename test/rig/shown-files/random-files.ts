import { stringify as stringifyToml } from 'smol-toml';
import { stringify as stringifyYaml } from 'yaml';
import type { Dice } from '../differential/dice.ts';

/** A project of files that are shown: what is in its dvc.yaml, and its files by path. */
export interface ShownProject {
  readonly plots: readonly unknown[];
  /** Plots of a stage, which may have no header. */
  readonly outs: readonly unknown[];
  readonly metrics: readonly string[];
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

const columns = ['step', 'train', 'val', '10', 'a b'] as const;
const templates = ['linear', 'scatter', 'smooth', 'confusion', 'bar_horizontal', 'simple'];
const formats = ['json', 'json', 'yaml', 'yml', 'csv', 'csv', 'tsv', 'toml'] as const;

/** A project with so many plots and as many metrics files, of every kind that DVC documents. */
export function randomFiles(dice: Dice, count: number): ShownProject {
  const files = new Map<string, string | Uint8Array>();
  const plots: unknown[] = [];
  const metrics: string[] = [];
  const outs: unknown[] = [];
  for (let index = 0; index < count; index++) {
    if (dice.chance(0.15)) outs.push(stagePlot(dice, files, index));
    else plots.push(randomPlot(dice, files, index));
    metrics.push(randomMetrics(dice, files, index));
  }
  return { plots, outs, metrics, files };
}

type Files = Map<string, string | Uint8Array>;

function stagePlot(dice: Dice, files: Files, index: number): unknown {
  // A TSV file without a header is none to DVC, which looks for commas in its first line.
  const path = `o${index}.${dice.pick(['csv', 'csv', 'json'])}`;
  files.set(path, plotText(dice, path));
  const header = dice.chance(0.6) ? { header: false } : {};
  const axis = () => dice.pick(['0', '1', 'train', 'step']);
  const y = dice.chance(0.6) ? { y: axis() } : {};
  return { [path]: { cache: false, ...header, ...y, ...(dice.chance(0.4) && { x: axis() }) } };
}

function randomPlot(dice: Dice, files: Files, index: number): unknown {
  const add = (name: string) => {
    const path = `${name}.${dice.pick(formats)}`;
    if (!dice.chance(0.03)) files.set(path, plotText(dice, path));
    return path;
  };
  const column = () => dice.pick(columns);
  const fields = () => (dice.chance(0.7) ? column() : [column(), column()]);
  switch (dice.pick(['file', 'file', 'file', 'files', 'files', 'folder', 'image'] as const)) {
    case 'file': {
      const path = add(`p${index}`);
      if (dice.chance(0.2)) return path;
      return {
        [path]: {
          ...(dice.chance(0.5) && { x: column() }),
          ...(dice.chance(0.7) && { y: fields() }),
          ...(dice.chance(0.3) && { template: dice.pick(templates) }),
          ...(dice.chance(0.2) && { title: 'a title', x_label: 'an x', y_label: 'a y' }),
        },
      };
    }
    case 'files': {
      const [one, other] = [add(`p${index}a`), add(`p${index}b`)];
      const y = dice.chance(0.5) ? { [one]: fields() } : { [one]: fields(), [other]: fields() };
      const x = dice.pick([
        ...[undefined, undefined, column(), column(), { [one]: column() }],
        ...[{ [other]: column() }, { [one]: column(), [other]: column() }],
      ]);
      return { [`plot ${index}`]: { y, ...(x !== undefined && { x }) } };
    }
    case 'folder': {
      const folder = `d${index}`;
      for (let inside = dice.int(0, 3); inside > 0; inside--) add(`${folder}/p${inside}`);
      if (dice.chance(0.5)) files.set(`${folder}/deep/i.png`, image(dice));
      const props = dice.pick([undefined, { x: 'step' }, { x: 'step', y: 'train' }]);
      return props ? { [folder]: props } : folder;
    }
    case 'image': {
      const path = `i${index}.${dice.pick(['png', 'svg', 'jpg', 'jpeg', 'gif'])}`;
      files.set(path, image(dice));
      return path;
    }
  }
}

function image(dice: Dice): Uint8Array {
  return Uint8Array.from({ length: 20 }, () => dice.int(0, 255));
}

function plotText(dice: Dice, path: string): string {
  const suffix = path.slice(path.lastIndexOf('.') + 1);
  if (dice.chance(0.03))
    return dice.pick(['', '\n', '{', 'null', '5', '"text"', '[]', '{}', '[[1]]']);
  const isTable = suffix === 'csv' || suffix === 'tsv';
  const text = isTable ? tableText(dice, suffix === 'csv' ? ',' : '\t') : blobText(dice, suffix);
  return dice.chance(0.15) ? text.replaceAll('\n', '\r\n') : text;
}

function tableText(dice: Dice, mark: string): string {
  const names = dice.chance(0.8) ? columns.slice(0, 1 + dice.int(0, 4)) : ['train', 'step'];
  const cell = () =>
    dice.pick([
      '1',
      '2.5',
      '-3',
      '',
      '',
      'text',
      'NaN',
      'inf',
      '1e400',
      `"q${mark}q"`,
      '"a ""b"""',
    ]);
  const rows = Array.from({ length: dice.int(0, 4) }, () => {
    const length = dice.chance(0.8) ? names.length : 1 + dice.int(0, 4);
    return Array.from({ length }, cell).join(mark);
  });
  if (dice.chance(0.15)) rows.splice(dice.int(0, rows.length), 0, '');
  return `${[names.join(mark), ...rows].join('\n')}${dice.chance(0.8) ? '\n' : ''}`;
}

function blobText(dice: Dice, suffix: string): string {
  const rows = () => plotRows(dice, suffix === 'toml');
  const blob =
    suffix === 'toml'
      ? dice.pick([{ a: rows() }, { a: { b: rows() }, n: 1 }, { a: rows(), c: rows() }])
      : dice.pick<unknown>([
          ...[rows(), rows(), rows(), { a: rows() }, { a: rows(), b: { deep: rows() }, n: 1 }],
          ...[
            { a: rows(), list: [1, 2] },
            { a: rows(), none: null },
          ],
        ]);
  return written(blob, suffix);
}

function plotRows(dice: Dice, isToml: boolean): unknown[] {
  if (dice.chance(0.05)) return dice.pick([[], [1, 2], [[1]]]);
  const cell = () =>
    dice.pick<unknown>([
      ...[0, 1, 2.5, -3, 1e-7, 2 ** 40, true, 'text', '3', '', [1, 2], { k: 1 }],
      ...[Number.NaN, Number.POSITIVE_INFINITY, isToml ? 1 : null],
    ]);
  // The reader of TOML does not keep the place of a key that is a number.
  const names = columns.filter((name) => dice.chance(0.7) && !(isToml && name === '10'));
  return Array.from({ length: 1 + dice.int(0, 3) }, (_, index) =>
    Object.fromEntries(
      names.filter(() => index === 0 || dice.chance(0.85)).map((name) => [name, cell()]),
    ),
  );
}

function randomMetrics(dice: Dice, files: Files, index: number): string {
  const suffix = dice.pick(['json', 'json', 'yaml', 'yml', 'toml', 'txt'] as const);
  const path = `m${index}.${suffix}`;
  if (dice.chance(0.02)) return path;
  const add = (name: string) => {
    const text = metricsText(dice, suffix);
    files.set(name, dice.chance(0.1) ? text.replaceAll('\n', '\r\n') : text);
  };
  if (dice.chance(0.05)) {
    for (const name of ['a', 'b/c']) add(`n${index}/${name}.${suffix}`);
    return `n${index}`;
  }
  add(path);
  return path;
}

function metricsText(dice: Dice, suffix: string): string {
  if (dice.chance(0.05))
    return dice.pick(['', '\n', '{', '[]', '"word"', '0.93', '7', 'null', '{}']);
  if (suffix !== 'json' && suffix !== 'toml' && dice.chance(0.3)) {
    const names = ['1', '1.5', 'true', 'a', 'b', 'c'];
    return names
      .filter(() => dice.chance(0.6))
      .map((name) => `${name}: ${yamlScalar(dice)}\n`)
      .join('');
  }
  const tree = (depth: number): unknown => {
    const kind =
      depth > 2 ? 'scalar' : dice.pick(['scalar', 'scalar', 'map', 'map', 'list'] as const);
    if (kind === 'list') return Array.from({ length: dice.int(0, 3) }, () => tree(depth + 1));
    if (kind === 'map') return map(depth);
    return dice.pick<unknown>([
      ...[0, 0.93, -2, 1e-7, 2 ** 53 + 2, 1e300, true, false, 'best', '3', ''],
      ...[Number.NaN, Number.POSITIVE_INFINITY, ...(suffix === 'toml' ? [] : [null])],
    ]);
  };
  const map = (depth: number) =>
    Object.fromEntries(
      ['acc', 'loss', 'f1.macro', 'mAP@0.5', 'x y', '7']
        .filter(() => dice.chance(0.4))
        .map((name) => [name, tree(depth + 1)]),
    );
  const text = written(suffix === 'toml' || dice.chance(0.8) ? map(0) : tree(0), suffix);
  return text.replace('1e+300', '12345678901234567890123');
}

function yamlScalar(dice: Dice): string {
  return dice.pick([
    ...['1_000', '010', '0o17', '0x1F', '0b11', '1e3', '1.', '.5', '+1', '-0.0', '1e400', '-.inf'],
    ...['yes', 'NO', 'off', '12:30:00', '9007199254740993', '.NaN', '~', '"1"', '1:30', '0.1e-5'],
  ]);
}

function written(value: unknown, suffix: string): string {
  switch (suffix) {
    case 'json':
      return JSON.stringify(value, (_, one) => words.get(one) ?? one, 1).replaceAll(
        /"<(\w+)>"/g,
        '$1',
      );
    case 'toml':
      return stringifyToml(value as Record<string, unknown>);
    default:
      return stringifyYaml(value);
  }
}

const words = new Map<unknown, string>([
  [Number.POSITIVE_INFINITY, '<Infinity>'],
  [Number.NaN, '<NaN>'],
]);
