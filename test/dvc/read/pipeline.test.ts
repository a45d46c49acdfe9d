import { describe, expect, test } from '@jest/globals';
import { readPipeline, readPipelineWithPython } from '../../../src/dvc/read/pipeline.ts';
import { failureOf, noConfig, projectFolder } from '../project-folder.ts';

function read(files: Readonly<Record<string, string>>) {
  return readPipeline(projectFolder(files), noConfig);
}

describe('stages', () => {
  test('every key of a stage, paths relative to the root', () => {
    const { stages, handovers } = read({
      'params.yaml': 'lr: 0.1\n',
      'sub/conf.json': '{"depth": 5}',
      'dvc.yaml': `
stages:
  train:
    desc: Fit the model
    wdir: sub
    cmd: [python train.py, echo done]
    deps: [../data/raw/, ./train.py]
    params: [{../params.yaml: [lr]}, {conf.json: }]
    outs:
      - model.pkl: {persist: true, push: false, remote: big}
    metrics:
      - ../metrics.json: {cache: false}
    plots:
      - curve.csv: {x: step, template: linear}
    frozen: true
    always_changed: true
    meta: {sibling: {memory: 2g}}
`,
    });
    expect(handovers).toEqual([]);
    expect(stages).toEqual([
      {
        address: 'train',
        name: 'train',
        file: 'dvc.yaml',
        line: 3,
        desc: 'Fit the model',
        cmd: ['python train.py', 'echo done'],
        isCmdList: true,
        wdir: 'sub',
        deps: ['data/raw', 'sub/train.py'],
        params: [
          { path: 'params.yaml', keys: ['lr'] },
          { path: 'sub/conf.json', keys: [] },
        ],
        outs: [
          {
            path: 'sub/model.pkl',
            kind: 'out',
            cache: true,
            persist: true,
            push: false,
            remote: 'big',
          },
          { path: 'metrics.json', kind: 'metric', cache: false, persist: false, push: true },
          {
            path: 'sub/curve.csv',
            kind: 'plot',
            cache: true,
            persist: false,
            push: true,
            plotOptions: { x: 'step', template: 'linear' },
          },
        ],
        frozen: true,
        alwaysChanged: true,
        meta: { sibling: { memory: '2g' } },
        written: new Map([
          ['data/raw', '../data/raw/'],
          ['sub/train.py', './train.py'],
          ['params.yaml', '../params.yaml'],
          ['sub/conf.json', 'conf.json'],
          ['sub/model.pkl', 'model.pkl'],
          ['metrics.json', '../metrics.json'],
          ['sub/curve.csv', 'curve.csv'],
        ]),
        notUnderstood: [],
      },
    ]);
  });

  test('each comes after those whose outs it depends on', () => {
    const { stages, upstream } = read({
      'dvc.yaml': `
stages:
  report: {cmd: r, deps: [models]}
  train: {cmd: t, deps: [data/raw/iris.csv], outs: [models/m.pkl]}
  ingest: {cmd: i, outs: [data/raw]}
`,
    });
    expect(stages.map((stage) => stage.address)).toEqual(['ingest', 'train', 'report']);
    expect(upstream.get('report')).toEqual(['train']);
    expect(upstream.get('train')).toEqual(['ingest']);
  });

  test('of dvc.yaml files in folders too, save what git or .dvcignore hide', () => {
    const stage = (name: string) => `stages:\n  ${name}: {cmd: x, outs: [o]}\n`;
    const { stages, sources, upstreamSources } = read({
      'dvc.yaml': 'stages:\n  main: {cmd: x, deps: [data]}\n',
      'sub/deep/dvc.yaml': stage('inner'),
      'hidden/dvc.yaml': stage('hidden'),
      'kept/out/dvc.yaml': stage('ignored'),
      '.git/HEAD': '',
      '.gitignore': '/hidden\n',
      '.dvcignore': 'out/\n',
      'data.dvc': 'outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  hash: md5\n  path: data\n',
    });
    expect(stages.map((each) => each.address)).toEqual(['main', 'sub/deep/dvc.yaml:inner']);
    expect(stages[1]?.outs[0]?.path).toBe('sub/deep/o');
    expect(sources.map((source) => source.address)).toEqual(['data.dvc']);
    expect(upstreamSources.get('main')).toEqual(['data.dvc']);
  });
});

describe('references', () => {
  test('foreach, matrix, vars and mappings in cmd', () => {
    const { stages } = read({
      'params.yaml': 'models: {a: {n: 1}, b: {n: 2}}\nseeds: [1, 2.0]\n',
      'more.json':
        '{"opt": {"name": "v w", "fast": true, "slow": false, "sizes": [1, 2]}, "no": 1}',
      'dvc.yaml': `
vars:
  - more.json:opt
  - folder: out
stages:
  each:
    foreach: \${models}
    do:
      cmd: t \${key} \${item.n} \${opt} \\\${HOME}
      outs: ["\${folder}/\${key}"]
  cross:
    matrix:
      seed: \${seeds}
      kind: [x, {y: 1}]
    cmd: c \${item.seed} \${key}
  list:
    foreach: [3, true]
    do: {cmd: "l \${item}"}
`,
    });
    const options = `--name 'v w' --fast --sizes 1 2`;
    expect(stages.map(({ address, cmd }) => [address, cmd[0]])).toEqual([
      ['each@a', `t a 1 ${options} \${HOME}`],
      ['each@b', `t b 2 ${options} \${HOME}`],
      ['cross@1-x', 'c 1 1-x'],
      ['cross@1-kind1', 'c 1 1-kind1'],
      ['cross@2.0-x', 'c 2.0 2.0-x'],
      ['cross@2.0-kind1', 'c 2.0 2.0-kind1'],
      ['list@3', 'l 3'],
      ['list@true', 'l true'],
    ]);
    expect(stages[0]?.outs[0]?.path).toBe('out/a');
  });
});

test('vars from a Python file need its grammar, which is loaded when asked for', async () => {
  const root = projectFolder({
    'conf.py': 'class Train:\n    depth = 5\n',
    'dvc.yaml': `vars: [conf.py]\nstages:\n  a: {cmd: "x \${Train.depth}"}\n`,
  });
  expect(readPipeline(root, noConfig).handovers).toHaveLength(1);
  const { stages, handovers } = await readPipelineWithPython(root, noConfig);
  expect(handovers).toEqual([]);
  expect(stages[0]?.cmd).toEqual(['x 5']);
});

describe('what is left to DVC', () => {
  test.each([
    ['a remote dep', 'deps: [s3://bucket/x]', 'the remote path s3://bucket/x'],
    ['an out outside', 'outs: [../x]', 'the path ../x outside the project'],
  ])('%s', (_, line, construct) => {
    const { stages } = read({ 'dvc.yaml': `stages:\n  a:\n    cmd: x\n    ${line}\n` });
    expect(stages[0]?.notUnderstood).toEqual([construct]);
  });

  test('a file whose stages cannot be told', () => {
    const { stages, handovers } = read({
      'params.yaml': 'day: 2020-01-01\n',
      'dvc.yaml': 'stages:\n  a: {cmd: x}\n',
    });
    expect(stages).toEqual([]);
    expect(handovers).toEqual([
      {
        construct: 'a date (2020-01-01) among vars',
        place: { file: 'dvc.yaml' },
        file: 'dvc.yaml',
        hidesStages: true,
      },
    ]);
  });

  test('a configuration that cannot be told: the stages are shown, the rest is for DVC', () => {
    const { stages, handovers } = read({
      '.dvc/config': '[cache]\n    s3 = x\n',
      'dvc.yaml': 'stages:\n  a: {cmd: x}\n',
    });
    expect(stages.map(({ name }) => name)).toEqual(['a']);
    expect(handovers.map(({ construct }) => construct)).toEqual([
      "the setting cache.s3 of DVC's configuration",
    ]);
  });
});

test.each([
  ['meta: {}\nstages: {}\n', 'meta belongs to a stage'],
  ['stages: {}\nouts: [o]\n', 'outs belongs to a stage'],
  ['sibling: {}\n', 'below meta: of a stage'],
  ['stages:\n  a:\n    cmd: x\n    sibling: {}\n', 'below meta: of the stage'],
  ['stages:\n  a:\n    cmd: x\n    artifacts: {}\n', 'artifacts belongs beside stages:'],
  ['stages:\n  a:\n    cmd: x\n    outs: [o]\n    cache: false\n', 'cache belongs to an out'],
  ['stages:\n  a:\n    foreach: [1]\n    do: {cmd: x}\n    outs: [o]\n', 'outs below do:'],
  ['stages:\n  a:\n    cmd: x\n    outz: [o]\n', 'Did you mean outs?'],
])('where a key belongs: %j', (text, hint) => {
  expect(failureOf(() => read({ 'dvc.yaml': text })).hint).toContain(hint);
});

test.each(['size: abc', 'hash: md6', 'md5: zz'])(
  'a .dvc file with %s is refused at its place',
  (field) => {
    const files = { 'dvc.yaml': 'stages: {}\n', 'raw.dvc': `outs:\n- path: raw\n  ${field}\n` };
    const failure = failureOf(() => read(files));
    expect(failure).toMatchObject({ kind: 'configuration', place: { file: 'raw.dvc', line: 3 } });
  },
);

describe('faults, each at its place', () => {
  const cases: readonly (readonly [string, string, string, number, number])[] = [
    ['not YAML', 'stages:\n  a: b: c\n', 'not valid YAML', 2, 6],
    ['a key twice', 'stages:\n  a: {cmd: x}\n  a: {cmd: y}\n', 'the key a is there twice', 3, 3],
    ['an unknown key', 'stages:\n  a:\n    cmd: x\n    outz: [y]\n', 'unknown key outz', 4, 5],
    ['a wrong type', 'stages:\n  a:\n    cmd: x\n    deps: y\n', 'not a list', 4, 11],
    ['no cmd', 'stages:\n  a:\n    deps: [y]\n', 'no cmd', 3, 5],
    [
      'a cycle',
      'stages:\n  a: {cmd: x, deps: [q], outs: [p]}\n  b: {cmd: x, deps: [p], outs: [q]}\n',
      'in a circle: a → b → a',
      2,
      0,
    ],
    ['a cycle of one', 'stages:\n  a: {cmd: x, deps: [d], outs: [d/p]}\n', 'its own out', 2, 0],
    [
      'an out of two stages',
      'stages:\n  a: {cmd: x, outs: [p]}\n  b: {cmd: x, outs: [p]}\n',
      'stage a and stage b both have the out p',
      3,
      0,
    ],
    [
      'outs that overlap',
      'stages:\n  a: {cmd: x, outs: [p/q]}\n  b: {cmd: x, outs: [p]}\n',
      'the out p of stage b overlaps the out p/q of stage a',
      3,
      0,
    ],
    [
      'a reference to nothing',
      `stages:\n  a:\n    cmd: x \${trian.lr}\n`,
      `\${trian.lr} is not defined: it is not in params.yaml`,
      3,
      10,
    ],
    [
      'a bad reference',
      `stages:\n  a:\n    cmd: x \${a..b}\n`,
      `\${a..b} is not a reference`,
      3,
      10,
    ],
    [
      'a list in deps',
      `stages:\n  a:\n    cmd: x\n    deps: ["\${list}"]\n`,
      'a list cannot stand in deps',
      4,
      12,
    ],
    [
      'a param that is not there',
      'stages:\n  a:\n    cmd: x\n    params: [train.lr, train.rate]\n',
      'train.rate, which is not in params.yaml',
      4,
      24,
    ],
  ];

  test.each(cases)('%s', (_, text, cause, line, column) => {
    const failure = failureOf(() =>
      read({ 'dvc.yaml': text, 'params.yaml': 'train: {lr: 1}\nlist: [1]\n' }),
    );
    expect(failure.kind).toBe('configuration');
    expect(failure.cause).toContain(cause);
    expect(failure.place?.file).toBe('dvc.yaml');
    expect(failure.place?.line).toBe(line);
    if (column > 0) expect(failure.place?.column).toBe(column);
  });

  test('names what was most likely meant', () => {
    const hintOf = (text: string) =>
      failureOf(() => read({ 'dvc.yaml': text, 'params.yaml': 'train: {lr: 1}\n' })).hint;
    expect(hintOf('stages:\n  a: {cmd: x, outz: [y]}\n')).toBe('Did you mean outs?');
    expect(hintOf(`stages:\n  a: {cmd: "x \${trian.lr}"}\n`)).toBe(`Did you mean \${train.lr}?`);
    expect(hintOf('stages:\n  a: {cmd: x, params: [train.lrr]}\n')).toBe('Did you mean train.lr?');
  });
});
