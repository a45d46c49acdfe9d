/** A project in the shape of one that is in use somewhere; only its declarations matter. */
export interface ExampleProject {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

/** DVC's get-started pipeline: params of several stages, a folder between them, metrics and plots. */
const getStarted: ExampleProject = {
  name: 'get-started',
  files: {
    'params.yaml':
      'prepare:\n  split: 0.20\n  seed: 20170428\n\nfeaturize:\n  max_features: 200\n  ngrams: 2\n\ntrain:\n  seed: 20170428\n  n_est: 50\n  min_split: 0.01\n',
    'data/data.xml.dvc':
      'outs:\n- md5: 22a1a2931c8370d3aeedd7183606fd7f\n  size: 14445097\n  hash: md5\n  path: data.xml\n',
    'dvc.yaml': `stages:
  prepare:
    cmd: python src/prepare.py data/data.xml
    deps:
    - data/data.xml
    - src/prepare.py
    params:
    - prepare.seed
    - prepare.split
    outs:
    - data/prepared
  featurize:
    cmd: python src/featurization.py data/prepared data/features
    deps:
    - data/prepared
    - src/featurization.py
    params:
    - featurize.max_features
    - featurize.ngrams
    outs:
    - data/features
  train:
    cmd: python src/train.py data/features model.pkl
    deps:
    - data/features
    - src/train.py
    params:
    - train.min_split
    - train.n_est
    - train.seed
    outs:
    - model.pkl
  evaluate:
    cmd: python src/evaluate.py model.pkl data/features
    deps:
    - data/features
    - model.pkl
    - src/evaluate.py
    outs:
    - eval
metrics:
- eval/live/metrics.json
plots:
- ROC:
    template: simple
    x: fpr
    y:
      eval/live/plots/sklearn/roc/train.json: tpr
      eval/live/plots/sklearn/roc/test.json: tpr
- Confusion-Matrix:
    template: confusion
    x: actual
    y:
      eval/live/plots/sklearn/cm/train.json: predicted
- eval/importance.png
artifacts:
  text-classification:
    path: model.pkl
    desc: Detect whether the given stackoverflow question should have R language tag
    type: model
    labels:
    - nlp
`,
    'dvc.lock': `schema: '2.0'
stages:
  prepare:
    cmd: python src/prepare.py data/data.xml
    deps:
    - path: data/data.xml
      hash: md5
      md5: 22a1a2931c8370d3aeedd7183606fd7f
      size: 14445097
    - path: src/prepare.py
      hash: md5
      md5: f09ea0c15980b43010257ccb9f0055e2
      size: 1576
    params:
      params.yaml:
        prepare.seed: 20170428
        prepare.split: 0.2
    outs:
    - path: data/prepared
      hash: md5
      md5: 153aad06d376b6595932470e459ef42a.dir
      size: 8437363
      nfiles: 2
`,
    'src/prepare.py': '',
  },
};

/** Hydra-like: a foreach over a map of models, names and paths made of keys. */
const perModel: ExampleProject = {
  name: 'foreach over models',
  files: {
    'params.yaml':
      'models:\n  us:\n    thresh: 10\n    epochs: 3\n  gb: {thresh: 15, epochs: 4}\nsets: [train, test]\nbase: data/interim\n',
    'dvc.yaml': `vars:
  - params.yaml
  - config/paths.json
  - pin: {version: 1.10}
stages:
  build:
    foreach: \${models}
    do:
      cmd: python build.py --country \${key} --epochs \${item.epochs} -t \${item.thresh} --v \${pin.version}
      deps: [build.py, "\${paths.raw}/\${key}.csv"]
      params: ["models.\${key}"]
      outs:
        - \${base}/\${key}/model.hdf5:
            desc: The model
            persist: true
      metrics:
        - \${base}/\${key}/metrics.json:
            cache: false
  split:
    foreach: \${sets}
    do:
      wdir: work
      cmd: python ../split.py \${item}
      deps: [../split.py]
      outs: ["../\${base}/\${item}"]
  report:
    cmd:
      - python report.py
      - echo "\\\${HOME} stays"
    deps: ["\${base}"]
    plots:
      - plots/curve.csv: {x: step, y: loss, template: smooth, header: true, cache: false}
`,
    'config/paths.json': '{"paths": {"raw": "data/raw"}}',
    'work/keep': '',
    'build.py': '',
    'split.py': '',
  },
};

/** A monorepo: pipelines in folders, one depending on another's out, params of a parent folder. */
const monorepo: ExampleProject = {
  name: 'monorepo',
  files: {
    'shared/params.yaml': 'year: 2024\nwindow: 7\n',
    'ingest/dvc.yaml':
      'stages:\n  fetch:\n    cmd: python fetch.py\n    params:\n      - ../shared/params.yaml:\n          - year\n    outs:\n      - raw\n',
    'features/dvc.yaml':
      'stages:\n  window:\n    cmd: python window.py\n    deps: [../ingest/raw/2024.csv, window.py]\n    params: [{../shared/params.yaml: }]\n    outs: [windows.parquet]\n    frozen: true\n',
    'features/window.py': 'pass\n',
    'dvc.yaml':
      'stages:\n  all:\n    cmd: python join.py\n    deps: [features/windows.parquet, ingest/raw]\n    always_changed: true\n    outs: [all.parquet]\n',
  },
};

/** A matrix over algorithms and seeds, options passed as a mapping. */
const matrix: ExampleProject = {
  name: 'matrix of experiments',
  files: {
    'params.yaml':
      'seeds: [1, 2, 3]\noptions:\n  learning-rate: 1e-4\n  layers: [64, 32]\n  name: "it\'s me"\n  augment: true\n  debug: false\n  opt: {beta: 0.9, "momentum": null}\n',
    '.dvc/config.local': '[parsing]\n    bool = boolean_optional\n    list = append\n',
    'dvc.yaml': `stages:
  fit:
    matrix:
      algorithm: [svm, forest, {name: net, size: 3}]
      seed: \${seeds}
    cmd: python fit.py \${options} --seed \${item.seed}
    deps: [fit.py]
    outs: ["runs/\${key}.pkl"]
  choose:
    cmd: python choose.py
    deps: [runs]
    metrics: [best.json]
`,
    'fit.py': 'pass\n',
  },
};

/** Params of four formats, whole files, keys of lists. */
const manyParams: ExampleProject = {
  name: 'params of four formats',
  files: {
    'params.yaml': 'a: 1\nlist: [{x: 1}, {x: 2}]\nbig: 1_000\nexp: 1e-5\n',
    'model.toml': 'title = "x"\n[net]\nlayers = [1, 2]\nrate = 1e-3\nday = 2020-01-01\n',
    'conf.json': '{"batch": 32, "rate": 1.0, "nested": {"deep": [1, {"k": null}]}}',
    'settings.py':
      'SEED = 42\nSHAPE = (3, 4)\n\n\nclass Train:\n    rate: float = 0.1\n    names = ["a", \'b\']\n\n    def __init__(self):\n        self.depth = -1\n',
    'dvc.yaml': `stages:
  a:
    cmd: python a.py
    params:
      - a
      - list.1.x
      - exp
      - model.toml: [title, net.rate, net.layers]
      - conf.json:
      - settings.py: [SEED, SHAPE, Train.rate, Train.names, Train.depth, Train]
    outs: [a.out]
`,
    'dvc.lock': `schema: '2.0'
stages:
  a:
    cmd: python a.py
    params:
      params.yaml:
        a: 1.0
        exp: 1e-05
        list.1.x: 3
      conf.json:
        batch: 32
        rate: 1
        nested: {deep: [1, {k: null}]}
      model.toml:
        title: x
        net.rate: 0.001
        net.layers: [1, 2]
      settings.py:
        SEED: 42
        SHAPE: [3, 4]
        Train.rate: 0.1
        Train.names: [a, b]
        Train.depth: -1
        Train: {rate: 0.1, names: [a, b], depth: -1}
    outs:
    - path: a.out
      md5: d41d8cd98f00b204e9800998ecf8427e
`,
    'a.out': '',
  },
};

/** YAML as people write it: anchors, block texts, brackets that close at the margin, comments. */
const handWritten: ExampleProject = {
  name: 'YAML of all sorts',
  files: {
    'dvc.yaml': `# The pipeline
stages: &all
  "quoted name": &first
    cmd: >-
      python a.py
      --flag   # not a comment here
    deps: [
      a.py,
      'b c.txt',
    ]
    outs: &outs
      - out/one
  second:
    <<: *first
    outs: {}
  third:
    cmd: |
      echo 1
      echo 2
    meta: {note: &n "x: y", again: *n, list: [1, 0o17, ~]}
    outs: [third.txt]
`.replace('    outs: {}\n', '    outs: [out/two]\n'),
    'a.py': 'pass\n',
    'b c.txt': 'text\n',
  },
};

/** Locks of DVC 2: hashes without a kind, of a text with the line ends of Windows. */
const oldLock: ExampleProject = {
  name: 'a lock of DVC 2',
  files: {
    'in.txt': 'a\r\nb\r\n',
    'data/one': 'x\r\n',
    'data/two': 'y',
    'dvc.yaml':
      'stages:\n  a:\n    cmd: cp in.txt out.txt\n    deps: [in.txt, data]\n    outs: [{out.txt: {cache: false}}]\n',
    'out.txt': 'a\r\nb\r\n',
    'dvc.lock': `schema: '2.0'
stages:
  a:
    cmd: cp in.txt out.txt
    deps:
    - path: in.txt
      md5: dd8c6a395b5dd36c56d23275028f526c
      size: 6
    - path: data
      md5: 11111111111111111111111111111111.dir
    outs:
    - path: out.txt
      md5: dd8c6a395b5dd36c56d23275028f526c
`,
  },
};

export const exampleProjects: readonly ExampleProject[] = [
  ...[getStarted, perModel, monorepo, matrix, manyParams, handWritten, oldLock],
];
