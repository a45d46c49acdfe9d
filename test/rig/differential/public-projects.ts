import { createHash } from 'node:crypto';
import { dump } from 'js-yaml';
import type { ExampleProject } from './example-projects.ts';

interface LockedStage {
  readonly cmd: string;
  readonly deps?: readonly string[];
  readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly outs?: readonly string[];
}

/** A dvc.lock as DVC writes it, with made-up hashes; a path that ends in a slash is a folder. */
function lock(stages: Readonly<Record<string, LockedStage>>): string {
  const entry = (path: string) => {
    const md5 = createHash('md5').update(path).digest('hex');
    const isFolder = path.endsWith('/');
    return {
      path: path.replace(/\/$/, ''),
      hash: 'md5',
      md5: isFolder ? `${md5}.dir` : md5,
      size: 7,
      ...(isFolder && { nfiles: 2 }),
    };
  };
  return dump({
    schema: '2.0',
    stages: Object.fromEntries(
      Object.entries(stages).map(([name, { cmd, deps = [], params, outs = [] }]) => [
        name,
        {
          cmd,
          ...(deps.length > 0 && { deps: deps.map(entry) }),
          ...(params && { params }),
          ...(outs.length > 0 && { outs: outs.map(entry) }),
        },
      ]),
    ),
  });
}

/** Groups of params; metrics, plots and artifacts beside the stages; folders out. */
const segmentation: ExampleProject = {
  name: 'segmentation with artifacts',
  files: {
    'params.yaml':
      'base: {random_seed: 42}\nsplit: {test_pct: 0.15, regions: [REG1, REG2]}\ntrain: {epochs: 8, augment: true}\n',
    'dvc.yaml': `params:
- results/train/params.yaml
metrics:
- results/train/metrics.json
- results/evaluate/metrics.json
plots:
- results/train/plots/metrics:
    x: step
- results/evaluate/plots/images
artifacts:
  pool-model:
    path: models/model.pkl
    type: model
    desc: Finds pools on images
      taken from above.
    labels:
    - cv
stages:
  split:
    cmd: python src/split.py
    deps:
    - data/pools
    - src/split.py
    params:
    - base
    - split
    outs:
    - data/test
    - data/train
  train:
    cmd: python src/train.py
    deps:
    - data/train
    - src/train.py
    params:
    - base
    - train
    outs:
    - models/model.pkl
    - results/train
  pack:
    cmd: cp models/model.pkl pack/model.pkl && cd pack && tar -cpzf
      model.tar.gz . && mv model.tar.gz ..
    deps:
    - models/model.pkl
    outs:
    - model.tar.gz
`,
    'dvc.lock': lock({
      split: {
        cmd: 'python src/split.py',
        deps: ['data/pools/', 'src/split.py'],
        params: {
          'params.yaml': {
            base: { random_seed: 42 },
            split: { test_pct: 0.2, regions: ['REG1', 'REG2'] },
          },
        },
        outs: ['data/test/', 'data/train/'],
      },
    }),
    'data/pools/REG1/a.jpg': 'a',
    'data/pools/REG2/b.jpg': 'b',
    'data/train/x': 'x',
    'src/split.py': 'pass\n',
    'src/train.py': 'pass\n',
  },
};

/** References in deps and outs; plots with axes; results that are kept in git. */
const churn: ExampleProject = {
  name: 'churn with references',
  files: {
    'params.yaml':
      'base: {data_dir: data, file: churn.csv, model_dir: models}\nsplit: {seed: 1}\ntrain: {max_depth: null}\neval: {importance: models/importance.pkl}\n',
    'dvc.yaml': `stages:
  split: 
    cmd: python stages/split.py --config=params.yaml
    deps:
      - stages/split.py
      - \${base.data_dir}/\${base.file}
    params: [base, split]
    outs:
      - data/X_train.pkl
      - data/X_test.pkl
  train:
    cmd: python stages/train.py --config=params.yaml
    deps:
      - stages/train.py
      - data/X_train.pkl
    params:
      - base
      - train
    outs:
      - \${base.model_dir}/clf-model
      - \${base.model_dir}/clf-model.mlem:
          cache: false
  eval:
    cmd: python stages/eval.py --config=params.yaml
    deps:
      - data/X_test.pkl
      - \${base.model_dir}/clf-model
      - \${base.model_dir}/clf-model.mlem
    outs:
      - \${eval.importance}
      - importance.csv:
          cache: false
    metrics:
      - metrics.json:
          cache: false
    plots:
      - eval_plots/cm.png:
          cache: false
      - eval_plots/roc.json:
          cache: false
          x: fpr
          y: tpr
`,
    'dvc.lock': lock({
      train: {
        cmd: 'python stages/train.py --config=params.yaml',
        deps: ['data/X_train.pkl', 'stages/train.py'],
        params: { 'params.yaml': { base: { data_dir: 'data' }, train: { max_depth: null } } },
        outs: ['models/clf-model', 'models/clf-model.mlem'],
      },
    }),
    'data/churn.csv': 'x\n',
    'stages/train.py': 'pass\n',
  },
};

/** A byte order mark, and for each stage a params file of its own and a report that the next needs. */
const reports: ExampleProject = {
  name: 'reports from stage to stage',
  files: {
    'configs/generator.yaml': 'generation: {seed: 7, reference_time_utc: "2026-01-01T00:00:00Z"}\n',
    'configs/rules.yaml':
      'validation: {version: 1.2, fail_fast: true}\nquality_score:\n  min: 0.9\n',
    'dvc.yaml': `\ufeffstages:
  generator:
    cmd: python -m src.stage --stage incoming --output reports/incoming.json
    deps:
      - src/generator
      - data/incoming
    params:
      - configs/generator.yaml:
          - generation.seed
          - generation.reference_time_utc
    outs:
      - reports/incoming.json

  validation:
    cmd: python -m src.stage --stage validated --output reports/validated.json
    deps:
      - reports/incoming.json
      - data/validated
    params:
      - configs/rules.yaml:
          - validation.version
          - validation.fail_fast
          - quality_score
    outs:
      - reports/validated.json
`,
    'dvc.lock': lock({
      validation: {
        cmd: 'python -m src.stage --stage validated --output reports/validated.json',
        deps: ['data/validated/', 'reports/incoming.json'],
        params: {
          'configs/rules.yaml': {
            quality_score: { min: 0.9 },
            'validation.fail_fast': true,
            'validation.version': 1.1,
          },
        },
        outs: ['reports/validated.json'],
      },
    }),
    'data/validated/one': '1',
  },
};

/** params.yaml itself as a dep; outs that end in a slash; no newline at the end. */
const wholeParams: ExampleProject = {
  name: 'params.yaml as a dep',
  files: {
    'params.yaml': 'lr: 0.1\n',
    'dvc.yaml':
      'stages:\n  load:\n    cmd: python loader.py\n    deps:\n      - loader.py\n      - params.yaml\n    outs:\n      - data/processed/X_train.csv\n      - store/preprocessor.joblib\n  train:\n    cmd: python train.py\n    deps:\n      - params.yaml\n      - data/processed/X_train.csv\n    outs:\n      - models/\n      - mlruns/',
    'dvc.lock': lock({
      load: {
        cmd: 'python loader.py',
        deps: ['loader.py', 'params.yaml'],
        outs: ['data/processed/X_train.csv', 'store/preprocessor.joblib'],
      },
      train: {
        cmd: 'python train.py',
        deps: ['data/processed/X_train.csv', 'params.yaml'],
        outs: ['mlruns/', 'models/'],
      },
    }),
    'loader.py': 'pass\n',
    'models/m': 'm',
  },
};

/** Keys in capitals, blank lines of all sorts, folders under artifacts/, a metric kept in git. */
const classifier: ExampleProject = {
  name: 'image classifier',
  files: {
    'params.yaml':
      'AUGMENTATION: True\nIMAGE_SIZE: [224, 224, 3]\nEPOCHS: 1\nWEIGHTS: imagenet\nRATE: 0.01\n',
    'config/config.yaml': 'root: artifacts\n',
    'dvc.yaml': `stages:
  ingest:
    cmd: python src/Fruit/pipeline/s1.py
    deps:
      - src/Fruit/pipeline/s1.py
      - config/config.yaml
    outs:
      - artifacts/ingest/images


  base:
    cmd: python src/Fruit/pipeline/s2.py
    deps:
      - config/config.yaml
    params:
      - IMAGE_SIZE
      - WEIGHTS
    outs:
      - artifacts/base



  training:
    cmd: python src/Fruit/pipeline/s3.py
    deps:
      - artifacts/ingest/images
      - artifacts/base
    params:
      - IMAGE_SIZE
      - EPOCHS
      - AUGMENTATION
    outs:
      - artifacts/training/model.h5
  

  evaluation:
    cmd: python src/Fruit/pipeline/s4.py
    deps:
      - artifacts/ingest/images
      - artifacts/training/model.h5
    params:
      - IMAGE_SIZE
    metrics:
    - scores.json:
        cache: false
`,
    'dvc.lock': lock({
      base: {
        cmd: 'python src/Fruit/pipeline/s2.py',
        deps: ['config/config.yaml'],
        params: { 'params.yaml': { IMAGE_SIZE: [224, 224, 3], WEIGHTS: 'none' } },
        outs: ['artifacts/base/'],
      },
      evaluation: {
        cmd: 'python src/Fruit/pipeline/s4.py',
        deps: ['artifacts/ingest/images/', 'artifacts/training/model.h5'],
        params: { 'params.yaml': { IMAGE_SIZE: [224, 224, 3] } },
        outs: ['scores.json'],
      },
    }),
    'scores.json': '{}',
  },
};

/** Comments beside deps, blanks at the ends of lines, params four levels deep. */
const wine: ExampleProject = {
  name: 'wine with comments',
  files: {
    'params.yaml':
      'base: &seed {random_state: 42}\nestimators:\n  ElasticNet:\n    params:\n      alpha: 0.9\n      l1_ratio: 0.4\n      <<: *seed\n',
    'dvc.yaml': `stages:
  load:
    cmd: python src/load.py --config=params.yaml
    deps:
    - src/get.py            # a change of these runs the stage
    - data_git/wine.csv   # as of this one
    outs:
    - data/raw/wine.csv

  split:
    cmd: python src/split.py --config=params.yaml
    deps:
    - data/raw/wine.csv
    outs:
    - data/processed/train.csv
    - data/processed/test.csv 

  evaluate:
    cmd: python src/evaluate.py --config=params.yaml
    deps:
    - data/processed/train.csv
    - data/processed/test.csv 
    params:
    - estimators.ElasticNet.params.alpha
    - estimators.ElasticNet.params.random_state
    metrics:
    - reports/scores.json:
        cache: false
    outs:
    - saved_models/model.joblib`,
    'dvc.lock': lock({
      evaluate: {
        cmd: 'python src/evaluate.py --config=params.yaml',
        deps: ['data/processed/test.csv', 'data/processed/train.csv'],
        params: {
          'params.yaml': {
            'estimators.ElasticNet.params.alpha': 0.9,
            'estimators.ElasticNet.params.random_state': 42,
          },
        },
        outs: ['reports/scores.json', 'saved_models/model.joblib'],
      },
    }),
    'data/processed/test.csv': 't\n',
  },
};

/** Data that git holds beside outs that DVC holds, a folder of plots, sources as one dep. */
const experiments: ExampleProject = {
  name: 'experiments on a folder of images',
  files: {
    'params.yaml': 'model: {conv_units: 16}\ntrain: {epochs: 10}\n',
    'dvc.yaml':
      'stages:\n  extract:\n    cmd: tar -xzf data/images.tar.gz --directory data\n    deps:\n    - data/images.tar.gz\n    outs:\n    - data/images/:\n        cache: false\n  train:\n    cmd: python3 src/train.py\n    deps:\n    - data/images/\n    - src\n    params:\n    - model\n    - train\n    outs:\n    - models\n    metrics:\n    - metrics.json:\n        cache: false\n    plots:\n    - plots:\n        cache: false\n',
    'data/images.tar.gz.dvc':
      'outs:\n- md5: 952d7dc79a7d2d62a9e1ce84ff6a9ca2\n  size: 3\n  hash: md5\n  path: images.tar.gz\n',
    'dvc.lock': lock({
      train: {
        cmd: 'python3 src/train.py',
        deps: ['data/images/', 'src/'],
        params: { 'params.yaml': { model: { conv_units: 16 }, train: { epochs: 12 } } },
        outs: ['metrics.json', 'models/', 'plots/'],
      },
    }),
    'src/train.py': 'pass\n',
    'src/util.py': 'pass\n',
  },
};

/** Outs in many folders that two stages share, a lock of which a stage is gone. */
const phishing: ExampleProject = {
  name: 'plots as outs',
  files: {
    'dvc.yaml': `stages:
  preparation:
    cmd: python src/prepare.py
    deps:
    - data/raw/phishing.csv
    outs:
    - data/prepared/test.csv
    - data/prepared/train.csv
    - plots/01_classes.png
    - plots/02_features.png
  training:
    cmd: python src/train.py
    deps:
    - data/prepared/train.csv
    outs:
    - models/model.pkl
    - plots/03_loss.png
`,
    'dvc.lock': lock({
      preparation: {
        cmd: 'python src/prepare.py --all',
        deps: ['data/raw/phishing.csv', 'src/prepare.py'],
        outs: ['data/prepared/test.csv', 'data/prepared/train.csv', 'plots/01_classes.png'],
      },
      removed: { cmd: 'true', outs: ['gone.txt'] },
    }),
    'data/raw/phishing.csv': 'url\n',
  },
};

/** In the shape of pipelines that people have published: their declarations, not their texts. */
export const publicProjects: readonly ExampleProject[] = [
  ...[segmentation, churn, reports, wholeParams, classifier, wine, experiments, phishing],
];
