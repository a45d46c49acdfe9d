import { dump } from 'js-yaml';
import type { Dice } from './dice.ts';

/** What a random project is made of; `render` gives its files. */
export interface RandomProject {
  /** Text files by path. */
  readonly files: Record<string, string>;
  readonly params: Record<string, unknown>;
  readonly pipelines: Record<string, PipelineFile>;
  /** Paths for `dvc add`. */
  readonly added: string[];
  readonly ignore: Record<string, string[]>;
  /** Whether it is in a Git repository: `.gitignore` then hides dvc.yaml and `.dvc` files. */
  readonly inGit: boolean;
  readonly style: 'yaml' | 'json';
}

export interface PipelineFile {
  vars?: unknown[];
  stages: Record<string, Record<string, unknown>>;
}

const oddNames = [
  'with space.txt',
  "it's.txt",
  'say "hi".csv',
  'café.txt',
  'data 😀.bin',
  'ﬀ.txt',
  '#hash',
  '-dash',
  'a%b',
  'tab\there',
  '.hidden',
  'UPPER.TXT',
  'x.tmp',
  'nested/deep/er/file.txt',
  'empty',
  '{brace}',
  '[0].txt',
  'back\\slash',
  'ünï/cödé.csv',
];

const values = [
  1,
  5,
  0,
  -3,
  0.1,
  1e-5,
  2.5,
  1e20,
  true,
  false,
  null,
  'text',
  'with space',
  "it's",
  '',
  '1',
  'yes',
  'null',
  [1, 2],
  ['a', 'b'],
  [],
  { a: 1 },
  'é',
];

/** A project with random stages, data, params, references and ignores. */
export function randomProject(dice: Dice): RandomProject {
  const files: Record<string, string> = {};
  for (let index = 0; index < dice.int(1, 4); index++) {
    files[`src/s${index}.py`] = `print(${dice.int(0, 9)})\n`;
  }
  for (const folder of ['data', 'raw/in'].slice(0, dice.int(1, 2))) {
    const names = ['one.csv', 'two.csv', ...dice.some(oddNames, 5)];
    for (const name of names) files[`${folder}/${name}`] = name === 'empty' ? '' : `${name}\n`;
  }
  const params: Record<string, unknown> = {
    train: {
      lr: dice.pick(values.slice(0, 10)),
      depth: dice.int(1, 9),
      opts: { fast: true, n: 3 },
    },
    seeds: [1, 2],
    names: ['a', 'b'],
    grid: { x: { n: 1 }, y: { n: 2 } },
    flat: dice.pick(values),
    out: 'results',
  };
  const style = dice.pick(['yaml', 'json'] as const);
  const pipelines: Record<string, PipelineFile> = {};
  const made: Record<string, string> = {};
  if (dice.chance(0.4)) {
    files['sub/code.py'] = 'pass\n';
    const sub = randomPipeline(dice, { 'code.py': '', '../src/s0.py': '' }, 'q', 2, 'sub');
    pipelines['sub/dvc.yaml'] = sub;
    for (const out of plainOuts(sub)) made[`sub/${out}`] = '';
  }
  const root = randomPipeline(dice, { ...files, ...made }, '', dice.int(1, 5));
  if (dice.chance(0.9)) pipelines['dvc.yaml'] = root;
  else pipelines['other/dvc.yaml'] = { stages: { alone: { cmd: 'true', deps: ['../src'] } } };
  if (dice.chance(0.3)) {
    for (const out of plainOuts(root)) made[out] = '';
    const above = Object.fromEntries(Object.keys(made).map((path) => [`../../${path}`, '']));
    // Names of its own, and some that the other folder has too.
    const prefix = dice.pick(['d', 'q']);
    pipelines['sub/more/dvc.yaml'] = randomPipeline(dice, above, prefix, 2, 'more');
  }
  const added = dice.chance(0.4) ? [dice.pick(['data', 'data/one.csv'])] : [];
  const ignore: Record<string, string[]> = {};
  if (dice.chance(0.5)) ignore['.dvcignore'] = dice.some(ignorePatterns, 3);
  if (dice.chance(0.15)) ignore['raw/.dvcignore'] = dice.some(ignorePatterns, 2);
  const inGit = dice.chance(0.3);
  if (inGit && dice.chance(0.7)) ignore['.gitignore'] = dice.some(gitPatterns, 3);
  if (inGit && dice.chance(0.3)) ignore['sub/.gitignore'] = dice.some(gitPatterns, 2);
  return { files, params, pipelines, added, ignore, inGit, style };
}

/** Outs whose path counts from the file's folder, and that one stage makes. */
function plainOuts({ stages }: PipelineFile): string[] {
  return Object.values(stages).flatMap((stage) => {
    if (stage.wdir !== undefined || 'foreach' in stage || 'matrix' in stage) return [];
    const outs = [stage.outs, stage.metrics, stage.plots].flat();
    return outs.filter((out) => typeof out === 'string');
  });
}

export const ignorePatterns = [
  '*.tmp',
  '.hidden',
  '/data/two.csv',
  'nested/',
  'deep',
  '**/er',
  'data/*.bin',
  '#hash',
  '\\#hash',
  '!x.tmp',
  'UPPER.TXT',
  'upper.txt',
  '*.csv',
  '!one.csv',
  'raw/in/ünï',
  'data/**/file.txt',
  '/tmp/',
  '[0-9]*',
  '?ne.csv',
  'ünï/',
  '.sibling/',
  'sub/**',
  '**/more/',
  'sub/',
  '/s*/',
  '!sub/',
  '!/sub/more',
  '**/dvc.yaml',
];

/** Patterns of `.gitignore` files; some of them malformed. */
export const gitPatterns = [
  ...['*.dvc', '!*.dvc', '!data.dvc', '/data.dvc', 'data/**/*', '!data/**/*.dvc', 'data/*'],
  ...['sub/', 'sub', '/sub', '/sub/', 'sub/*', 'sub/**', '!sub/', '!sub/more/', 'sub/more'],
  ...['**/more', '**/more/', 'more/**', '!more', 'mo?e', 'm[a-p]re/', '[!s]ub', '[^m]ore/'],
  ...['s*/', '/s*', '*', '!*', '!*/', '**', '/**', '**/', '/*', '!/sub', '/*/more', 'su\\b'],
  ...['dvc.yaml', '!dvc.yaml', '/dvc.yaml', '**/dvc.yaml', 'sub/dvc.yaml', 'sub/**/dvc.yaml'],
  ...['dvc.yaml/', 'DVC.YAML', 'sub ', 'sub\\ ', '#sub', '\\#sub', '\\!sub', '!', '/', '', ' '],
  ...['[', 'su[b', '[[:alpha:]]ub', '[z-a]ub', '[[:none:]]', 'sub//more', './sub', 'o-*', '!o-s0*'],
  ...[
    '*.csv',
    '!one.csv',
    'raw/in/',
    'ra*/**',
    '!raw/in/two.csv',
    'c\u00f6d?',
    '**/*.csv',
    'a/**/b',
  ],
];

function randomPipeline(
  dice: Dice,
  files: Readonly<Record<string, string>>,
  prefix: string,
  count: number,
  folder?: string,
): PipelineFile {
  const stages: PipelineFile['stages'] = {};
  const available = [...Object.keys(files)];
  for (const folder of ['data', 'raw/in', 'src']) {
    if (available.some((path) => path.startsWith(`${folder}/`))) available.push(folder);
  }
  for (let index = 0; index < count; index++) {
    const name = `${prefix}s${index}`;
    const { definition, outs } = randomStage(dice, name, available, folder);
    stages[name] = definition;
    available.push(...outs);
  }
  const pipeline: PipelineFile = { stages };
  if (dice.chance(0.3)) pipeline.vars = [{ extra: { word: 'w x', flag: true, list: [1, 'b c'] } }];
  return pipeline;
}

function randomStage(
  dice: Dice,
  name: string,
  available: readonly string[],
  /** The name of the folder that the dvc.yaml is in, unless it is the root. */
  folder: string | undefined,
): { definition: Record<string, unknown>; outs: string[] } {
  const isBelow = folder !== undefined;
  const plain = available.filter((path) => !path.includes('${'));
  const deps = dice.some(plain, 3);
  const isFolder = dice.chance(0.3);
  const isMany = dice.chance(0.25) && !isBelow;
  const isElsewhere = dice.chance(0.15) && !isMany;
  const base = `o-${name}${isMany ? `-\${key}` : ''}${isFolder ? '' : '.txt'}`;
  const out = isElsewhere && !isBelow ? `../${base}` : base;
  const paths = deps.map((dep) => `'${dep.replaceAll("'", `'"'"'`)}'`);
  const make = isFolder
    ? `mkdir -p '${out}/sub' && echo ${name} > '${out}/a b' && echo 2 > '${out}/sub/é.csv'`
    : `echo ${name} > '${out}'`;
  const params = isBelow ? [] : randomParams(dice);
  const reference = dice.chance(0.3) && !isBelow ? ` \${train.depth} \${train.opts}` : '';
  const lines = [`${make} # ls ${paths.join(' ').replaceAll('${', '\\${')}${reference}`];
  const flags = dice.chance(0.3)
    ? { cache: dice.chance(0.5), persist: dice.chance(0.3) }
    : undefined;
  const kind = isFolder ? 'outs' : dice.pick(['outs', 'outs', 'metrics', 'plots']);
  const definition: Record<string, unknown> = {
    cmd: dice.chance(0.15) ? [...lines, 'true'] : lines[0],
    ...(deps.length > 0 && { deps }),
    ...(params.length > 0 && { params }),
    [kind]: [flags ? { [out]: flags } : out],
    ...(dice.chance(0.08) && { frozen: true }),
    ...(dice.chance(0.08) && { always_changed: true }),
    ...(dice.chance(0.2) && { desc: 'Says what it does', meta: { a: [1, { b: 'c' }] } }),
  };
  if (isElsewhere) {
    definition.wdir = isBelow ? '..' : 'src';
    if (Array.isArray(definition.deps)) definition.deps = deps.map((dep) => moved(dep, folder));
    if (Array.isArray(definition.params)) definition.params = [{ '../params.yaml': ['train.lr'] }];
    return { definition, outs: [isBelow ? `../${base}` : base] };
  }
  if (!isMany) return { definition, outs: [base] };
  // A key stands for the item in all of these, so that one name of the out serves them all.
  const many = dice.pick([
    { foreach: { p: 1, q: 2 }, do: definition },
    { foreach: `\${grid}`, do: definition },
    { matrix: { seed: `\${seeds}`, kind: ['x', { y: 1 }] }, ...definition },
  ]);
  return { definition: many, outs: [] };
}

function moved(path: string, folder: string | undefined): string {
  if (folder === undefined) return `../${path}`;
  return path.startsWith('../') ? path.slice(3) : `${folder}/${path}`;
}

function randomParams(dice: Dice): unknown[] {
  const keys: unknown[] = dice.some(
    ['train.lr', 'train.depth', 'train', 'flat', 'seeds.0', 'train.opts.fast', 'grid'],
    3,
  );
  if (dice.chance(0.15)) keys.push({ 'conf.json': dice.some(['a', 'b.c', 'list'], 3) });
  if (dice.chance(0.15)) keys.push({ 'conf.toml': ['top', 'table.x'] });
  if (dice.chance(0.15)) keys.push({ 'conf.py': ['NUMBER', 'Model.rate', 'Model.sizes', 'PAIR'] });
  return keys;
}

/** The project's text files. */
export function render(project: RandomProject): Record<string, string> {
  const files: Record<string, string> = {
    ...project.files,
    'params.yaml': dump(project.params),
    'conf.json': '{"a": 1.0, "b": {"c": "x"}, "list": [1, 2.5, null]}\n',
    'conf.toml': 'top = 3\n[table]\nx = 1e-3\n',
    'conf.py': [
      'NUMBER = 0x1F',
      'PAIR = (1, 2)',
      'class Model:',
      '    rate: float = 1e-3',
      '    def __init__(self):',
      '        self.sizes = [1, -2]',
      '',
    ].join('\n'),
  };
  for (const [path, pipeline] of Object.entries(project.pipelines)) {
    files[path] =
      project.style === 'yaml' ? dump(pipeline) : `${JSON.stringify(pipeline, null, 2)}\n`;
  }
  for (const [path, patterns] of Object.entries(project.ignore)) {
    files[path] = patterns.map((pattern) => `${pattern}\n`).join('');
  }
  return files;
}
