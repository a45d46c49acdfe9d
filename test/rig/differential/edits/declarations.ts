import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { dump, load } from 'js-yaml';
import type { Dice } from '../dice.ts';
import { gitPatterns, ignorePatterns, type PipelineFile } from '../random-project.ts';
import { type Edit, write } from './edit.ts';

type Definition = Record<string, unknown>;

/** An edit of one stage of a dvc.yaml. */
function ofStage(change: (dice: Dice, stage: Definition) => string | undefined): Edit {
  return (dice, root) => {
    const files = ['dvc.yaml', 'dvc.yaml', 'sub/dvc.yaml', 'sub/more/dvc.yaml'];
    const path = dice.pick(files.map((file) => join(root, file)).filter(existsSync));
    const file = load(readFileSync(path, 'utf8')) as PipelineFile;
    const name = dice.pick(Object.keys(file.stages));
    const entry = file.stages[name] ?? {};
    const words = change(dice, (entry.do ?? entry) as Definition);
    if (words === undefined) return undefined;
    write(path, dump(file));
    return `${relative(root, path)} ${name}: ${words}`;
  };
}

const stageEdits: readonly Edit[] = [
  ofStage((_, stage) => {
    stage.cmd = Array.isArray(stage.cmd) ? stage.cmd[0] : `${stage.cmd} `;
    return 'cmd';
  }),
  ofStage((_, stage) => {
    stage.cmd = [stage.cmd].flat();
    return 'cmd as a list';
  }),
  ofStage((dice, stage) => {
    const deps = (stage.deps ?? []) as string[];
    const more = stage.wdir
      ? 'x-new'
      : dice.pick(['src', 'src/s0.py', 'gone', './src/s0.py', 'data/']);
    const changed = deps.length > 0 && dice.chance(0.5) ? deps.slice(0, -1) : [...deps, more];
    if (new Set(changed).size < changed.length) return undefined;
    stage.deps = changed;
    return `deps ${changed.join(', ')}`;
  }),
  ofStage((dice, stage) => {
    const key = dice.pick(['frozen', 'always_changed']);
    stage[key] = stage[key] !== true;
    return key;
  }),
  ofStage((dice, stage) => {
    stage.meta = { changed: dice.int(0, 99) };
    stage.desc = 'Other words';
    return 'meta and desc';
  }),
  ofStage((dice, stage) => {
    if (stage.wdir !== undefined) return undefined;
    const choices = [
      ...[['train.lr'], ['flat', 'train.depth'], [{ 'params.yaml': null }], ['missing.key']],
      ...[[{ 'conf.json': ['a'] }], [{ 'conf.py': null }], [{ 'conf.toml': null }]],
    ];
    stage.params = dice.pick(choices);
    return `params ${JSON.stringify(stage.params)}`;
  }),
];

const changeParams: Edit = (dice, root) => {
  const path = join(root, 'params.yaml');
  const params = load(readFileSync(path, 'utf8')) as { train: Definition } & Definition;
  const { train } = params;
  const changes: Readonly<Record<string, () => void>> = {
    depth: () => Object.assign(train, { depth: dice.int(1, 99) }),
    'lr as text': () => Object.assign(train, { lr: String(train.lr) }),
    'lr away': () => delete train.lr,
    opts: () => Object.assign(train, { opts: { fast: dice.chance(0.5), n: dice.int(0, 4) } }),
    more: () => Object.assign(train, { extra: 1 }),
    flat: () => Object.assign(params, { flat: dice.pick([1, true, 0, false, null, 'x', [1], {}]) }),
    seeds: () => Object.assign(params, { seeds: [dice.int(1, 2), 2] }),
    grid: () => Object.assign(params, { grid: { x: { n: dice.int(1, 2) } } }),
    order: () =>
      Object.assign(params, { train: Object.fromEntries(Object.entries(train).reverse()) }),
  };
  const words = dice.pick(Object.keys(changes));
  changes[words]?.();
  const text = dump(params);
  // The same number in another notation: equal for Python.
  write(path, dice.chance(0.3) ? text.replace(/depth: (\d+)$/m, 'depth: $1.0') : text);
  return `params.yaml: ${words}`;
};

const changeOtherParams: Edit = (dice, root) => {
  const [file, from, to] = dice.pick([
    ['conf.json', '1.0', '1'],
    ['conf.json', '2.5', '2.50'],
    ['conf.json', '"x"', '"y"'],
    ['conf.toml', 'top = 3', 'top = 0x3'],
    ['conf.toml', '1e-3', '0.001'],
    ['conf.toml', 'top = 3', 'top = 4'],
    ['conf.py', '0x1F', '31'],
    ['conf.py', '(1, 2)', '[1, 2]'],
    ['conf.py', '-2', '-3'],
    ['conf.py', 'rate: float = 1e-3', 'rate = compute()'],
  ] as const);
  const path = join(root, file);
  write(path, readFileSync(path, 'utf8').replace(from, to));
  return `${file}: ${from} to ${to}`;
};

const ignoreMore: Edit = (dice, root) => {
  const files = ['.dvcignore', '.dvcignore', 'raw/.dvcignore', 'src/.dvcignore'];
  const path = join(root, dice.pick(files));
  if (!existsSync(dirname(path))) return undefined;
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const pattern = dice.pick(ignorePatterns);
  write(path, `${before}${pattern}\n`);
  return `ignore ${pattern} in ${relative(root, path)}`;
};

const gitIgnoreMore: Edit = (dice, root) => {
  if (!existsSync(join(root, '.git'))) return undefined;
  const path = join(root, dice.pick(['.gitignore', 'sub/.gitignore', '.git/info/exclude']));
  if (!existsSync(dirname(path))) return undefined;
  const before = existsSync(path) && dice.chance(0.7) ? readFileSync(path, 'utf8') : '';
  const pattern = dice.pick(gitPatterns);
  write(path, `${before}${pattern}${dice.pick(['\n', '\n', '\r\n', ''])}`);
  return `ignore ${pattern} in ${relative(root, path)}`;
};

const insertions = ['\t', ': ', '[', '"', '\n- ', '{', '&a ', '#', `\${x}`, 'x'];

const garble: Edit = (dice, root) => {
  const path = join(
    root,
    dice.pick(['dvc.yaml', 'dvc.yaml', 'dvc.lock', 'params.yaml', 'conf.json']),
  );
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  const at = dice.int(0, text.length);
  write(path, text.slice(0, at) + dice.pick(insertions) + text.slice(at));
  return `garble ${basename(path)} at ${at}`;
};

export const declarationEdits: readonly Edit[] = [
  ...stageEdits,
  ...[changeParams, changeParams, changeParams, changeOtherParams, ignoreMore],
  ...[gitIgnoreMore, gitIgnoreMore, garble],
];
