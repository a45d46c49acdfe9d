import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { jobBase } from '../../../src/base/job.ts';
import { localBase } from '../../../src/base/local.ts';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import type { GitHubRequest } from '../../../src/github/api/request.ts';
import type { NeededStage } from '../../../src/github/baton/stage-results.ts';
import { buildReport, plotTemplates } from '../../../src/job/report/build.ts';
import { conclusionOf, verdictLine } from '../../../src/report/render/verdict-line.ts';
import { configureStages } from '../../../src/stage/options/options.ts';
import { describedFile, describedTree } from '../../rig/github/described-file.ts';
import { stageResults } from '../../rig/stage-results.ts';
import { better, md5, resultsRepository, worse } from '../results/results-repository.ts';

let repository: ReturnType<typeof resultsRepository>;
beforeEach(() => {
  repository = resultsRepository();
});
afterEach(() => rmSync(repository.root, { recursive: true, force: true }));

async function build(parts: { base?: string; needs?: readonly NeededStage[] } = {}) {
  const pipeline = readPipeline(repository.root);
  return buildReport({
    pipeline,
    stages: configureStages(repository.root, pipeline.stages),
    base: await localBase(repository.root, parts.base === undefined ? {} : { rev: parts.base }),
    head: undefined,
    links: [],
    ...(parts.needs && { needs: parts.needs }),
  });
}

const ran = (shown: Record<string, string>): NeededStage => ({
  ...{ job: 'train', result: 'success', results: stageResults({ shown }) },
});

const unchanged = (shown: Record<string, string>): NeededStage => ({
  ...{ job: 'train', result: 'success' },
  results: stageResults({ outcome: 'unchanged', shown }),
});

describe('the report on a workspace', () => {
  test('metrics, params, data and plots against the main branch', async () => {
    repository.run(worse);
    const base = repository.commit('base');
    repository.git('switch', '--quiet', '-c', 'change');
    repository.run(better);
    const { report, plots } = await build();
    expect(report).toMatchObject({
      base: { found: true, commit: base, ref: 'main' },
      metrics: [{ key: 'accuracy', verdict: 'improved', broken: false }],
      params: [{ key: 'depth', before: { value: 3 }, after: { value: 5 } }],
      plots: [
        { kind: 'curve', title: 'ROC' },
        {
          kind: 'confusion',
          before: [
            [1, 1],
            [0, 1],
          ],
          after: [
            [2, 0],
            [0, 1],
          ],
        },
      ],
      notes: [],
    });
    expect(report.data.map(({ path }) => path)).toEqual(['roc.csv', 'confusion.csv', 'model.bin']);
    expect(plots).toHaveLength(2);
  });

  test('the values of earlier commits, oldest first', async () => {
    for (const accuracy of [0.9, 0.92, 0.94]) {
      repository.run({ ...worse, accuracy });
      repository.commit(`accuracy ${accuracy}`);
    }
    repository.run(better);
    const { report } = await build();
    expect(report.trends.map(({ values }) => values.map(({ value }) => value))).toEqual([
      [0.9, 0.92, 0.94],
    ]);
  });

  test('a base at which the pipeline never ran is said so', async () => {
    repository.write('params.yaml', 'depth: 3\n');
    repository.commit('no results yet');
    repository.run(better);
    expect((await build()).report).toMatchObject({
      base: {
        found: false,
        missing: 'never-ran',
        reason: expect.stringMatching(/never ran at \w{7} of main/),
      },
      metrics: [{ key: 'accuracy', verdict: 'not-compared', broken: false }],
      data: [],
    });
  });

  test('a plot that only another job and the remote have', async () => {
    repository.run(worse);
    repository.commit('base');
    repository.run(better);
    for (const path of ['roc.csv', 'confusion.csv', '.dvc/cache']) {
      rmSync(join(repository.root, path), { recursive: true });
    }
    const needs = [ran({ 'roc.csv': better.roc })];
    const { report } = await build({ needs });
    expect(report.plots).toMatchObject([
      { kind: 'curve', series: [{ side: 'after' }] },
      { kind: 'other', note: 'neither revision has its data' },
    ]);
    expect(report.notes).toEqual([
      'Of the base, roc.csv, confusion.csv are only in the DVC remote: not compared',
      'Of this run, confusion.csv is only in the DVC remote: not compared',
    ]);
    expect(verdictLine(report, (text) => text)).toMatch(/2 plots not compared$/);
    expect(report.stages).toMatchObject([{ name: 'train', outcome: 'ran' }]);
  });

  test('a metric of the base whose content nobody here has breaks the gate that needs it', async () => {
    const locked = `schema: '2.0'
stages:
  train:
    cmd: sibling stage train
    outs:
    - {path: metrics.json, hash: md5, md5: ${'ab'.repeat(16)}, size: 20}
`;
    repository.write('.gitignore', '/metrics.json\n/.dvc/cache\n');
    repository.write('dvc.lock', locked);
    repository.commit('base');
    repository.run(better);
    const { report } = await build();
    expect(report.metrics).toMatchObject([
      { key: 'accuracy', verdict: 'not-compared', broken: true },
      { key: '', verdict: 'unreadable', problem: { side: 'before' } },
    ]);
  });

  describe('cached metrics and plots', () => {
    const gates = (gate: string) => {
      repository.write('params.yaml', 'depth: 3\n');
      repository.write(
        'dvc.yaml',
        readFileSync(join(repository.root, 'dvc.yaml'), 'utf8')
          .replace('metrics.json: {cache: false}', 'metrics.json')
          .replace(/accuracy: .*/, gate),
      );
    };
    const lockOf = (text: string, hash = md5(text)) =>
      repository.write(
        'dvc.lock',
        `schema: '2.0'
stages:
  train:
    cmd: sibling stage train
    outs:
    - {path: metrics.json, hash: md5, md5: ${hash}, size: ${text.length}}
    - {path: roc.csv, hash: md5, md5: ${md5(better.roc)}, size: 1}
`,
      );
    const forget = () => {
      for (const path of ['metrics.json', 'roc.csv', 'confusion.csv', '.dvc/cache'])
        rmSync(join(repository.root, path), { recursive: true, force: true });
    };
    const value = '{"accuracy": 0.95}';

    test('that did not change and are nowhere here: no row, no broken gate', async () => {
      gates('accuracy: {better: higher, tolerance: 0.01}');
      lockOf(value);
      repository.write('.gitignore', '/metrics.json\n/roc.csv\n/.dvc/cache\n');
      repository.commit('base');
      repository.git('switch', '--quiet', '-c', 'change');
      repository.write('README.md', 'changed');
      repository.commit('words');
      forget();
      const { report } = await build({ needs: [unchanged({})] });
      expect(report).toMatchObject({ metrics: [], alike: ['metrics.json'] });
      expect(report.plots.map(({ path }) => path)).not.toContain('roc.csv');
      expect(report.notes).toEqual([expect.stringMatching(/^By its hash the same.*metrics.json$/)]);
      expect(conclusionOf(report)).toBe('success');
      expect(verdictLine(report, (text) => text)).toBe('no metric changed, nor anything else');
    });

    test('that did not change: a floor needs what is nowhere, and is met by what a job has', async () => {
      gates('accuracy: {min: 0.9}');
      lockOf(value);
      repository.commit('base');
      repository.git('switch', '--quiet', '-c', 'change');
      forget();
      const { report } = await build({ needs: [unchanged({})] });
      const cause = expect.stringMatching(
        /^as in the base.*accuracy cannot be held against min 0.9/,
      );
      expect(report.metrics).toMatchObject([
        { file: 'metrics.json', key: 'accuracy', broken: true, problem: { cause } },
      ]);
      const shown = { 'metrics.json': value };
      const whole = await build({ needs: [unchanged(shown)] });
      expect(whole.report.metrics).toMatchObject([{ verdict: 'same', before: { value: 0.95 } }]);
      expect(whole.report.notes).toEqual([]);
      // What is edited is not what the base has.
      const edited = await build({ needs: [unchanged({ 'metrics.json': '{"accuracy": 0.99}' })] });
      expect(edited.report.metrics).toMatchObject([
        { verdict: 'unreadable', problem: { side: 'before' } },
        { verdict: 'not-compared', after: { value: 0.99 } },
      ]);
    });

    test('of a base whose dvc.lock cannot be read: a worse value is not new', async () => {
      gates('accuracy: {better: higher}');
      repository.write('dvc.lock', '<<<<<<< ours\nschema: 2.0\n');
      repository.write('.gitignore', '/metrics.json\n');
      repository.commit('base');
      repository.git('switch', '--quiet', '-c', 'change');
      lockOf('{"accuracy": 0.5}');
      const { report } = await build({ needs: [ran({ 'metrics.json': '{"accuracy": 0.5}' })] });
      expect(report.metrics).toMatchObject([
        { key: 'accuracy', verdict: 'not-compared', broken: true },
        { key: '', problem: { side: 'before', cause: expect.stringMatching(/^dvc.lock, which/) } },
      ]);
      // Against what cannot be read, nothing is new.
      expect(report.data).toEqual([]);
    });

    test('whose new content is not here are not gone', async () => {
      gates('other: {better: higher, gate: off}');
      repository.write('metrics.json', value);
      lockOf(value);
      repository.write('.gitignore', '/roc.csv\n/.dvc/cache\n');
      repository.commit('base');
      repository.git('switch', '--quiet', '-c', 'change');
      lockOf(value, 'ab'.repeat(16));
      forget();
      const { report } = await build();
      expect(report.metrics).toMatchObject([
        { key: '', verdict: 'unreadable', problem: { side: 'after' } },
        { key: 'accuracy', verdict: 'not-compared' },
      ]);
      expect(conclusionOf(report)).toBe('warning');
      expect(verdictLine(report, (text) => text)).toMatch(
        /^metrics.json cannot be read, 1 metric not compared/,
      );
    });
  });

  test("the stages' own words and links, each page once", async () => {
    repository.run(better);
    const page = (url: string) => ({ kind: 'dagshub', url }) as const;
    const needs = ['train', 'other'].map((stage, at) => ({
      ...{ job: stage, result: 'failure' },
      results: stageResults({
        ...{ stage, outcome: 'failed', reason: 'it ran out of memory' },
        links: [{ kind: 'mlflow-run', url: `https://x/${at}` }, page('https://y/')],
      }),
    }));
    const { report } = await build({ needs });
    expect(report.stages).toMatchObject([{ outcome: 'failed', reason: 'it ran out of memory' }]);
    expect(report.failure).toBe('train failed');
    expect(report.links).toEqual([
      { kind: 'mlflow-run', url: 'https://x/0', name: 'train' },
      page('https://y/'),
      { kind: 'mlflow-run', url: 'https://x/1', name: 'other' },
    ]);
  });

  test('a revision that Git does not know', async () => {
    repository.run(worse);
    repository.commit('base');
    await expect(build({ base: '--output=x' })).rejects.toMatchObject({
      failure: { kind: 'usage', cause: 'Git knows no revision --output=x' },
    });
  });
});

test('of a commit that a shallow clone lacks, GitHub gives the files', async () => {
  repository.run(better);
  repository.commit('head');
  const asked: string[] = [];
  const request: GitHubRequest = async (route, parameters) => {
    asked.push(route);
    const { path, ref } = parameters as { path?: string; ref?: string };
    const data = route.includes('compare')
      ? { merge_base_commit: { sha: 'c'.repeat(40) } }
      : route.includes('trees')
        ? describedTree(['metrics.json'])
        : path === 'metrics.json' && ref === 'c'.repeat(40)
          ? describedFile('{"accuracy": 0.93}')
          : undefined;
    const response = { headers: {}, data: { message: 'Not Found' } };
    if (data === undefined) throw Object.assign(new Error('Not Found'), { status: 404, response });
    return { status: 200, headers: {}, data };
  };
  const rule = {
    kind: 'merge-base',
    ...{ commit: 'a'.repeat(40), ref: 'trunk', head: 'b'.repeat(40) },
  } as const;
  const sources = { root: repository.root, owner: 'ada', repo: 'iris', request };
  const pipeline = readPipeline(repository.root);
  const { report } = await buildReport({
    pipeline,
    stages: [],
    base: await jobBase(rule, sources),
    head: 'b'.repeat(40),
    links: [],
  });
  expect(report.base).toEqual({ found: true, commit: 'c'.repeat(40), ref: 'trunk' });
  expect(report.metrics).toMatchObject([{ before: { value: 0.93 }, after: { value: 0.95 } }]);
});

describe('what stands in the workspace and cannot be read is never what dvc.lock has', () => {
  const metrics = `${JSON.stringify({ accuracy: worse.accuracy })}\n`;
  const at = (path: string) => join(repository.root, path);
  const pipe = (path: string) => {
    rmSync(at(path));
    execFileSync('mkfifo', [at(path)]);
  };
  const inCache = () =>
    repository.write(
      `.dvc/cache/files/md5/${md5(metrics).slice(0, 2)}/${md5(metrics).slice(2)}`,
      metrics,
    );

  test.each<[string, () => void, RegExp]>([
    [
      'metrics that are no text',
      () => writeFileSync(at('metrics.json'), Buffer.from([0xff, 0xfe])),
      /UTF-8/,
    ],
    ['metrics that are a pipe', () => pipe('metrics.json'), /neither a file nor a folder/],
    [
      'metrics that are a pipe, and have content in the cache',
      () => {
        inCache();
        pipe('metrics.json');
      },
      /neither a file nor a folder/,
    ],
    [
      'metrics that are a folder',
      () => {
        inCache();
        rmSync(at('metrics.json'));
        mkdirSync(at('metrics.json'));
      },
      /a folder/,
    ],
    [
      'metrics that are too large',
      () => truncateSync(at('metrics.json'), 40 * 2 ** 20),
      /more than the/,
    ],
    ['a plot that is a pipe', () => pipe('roc.csv'), /neither a file nor a folder/],
  ])('%s', async (_, breakIt, says) => {
    repository.run(worse);
    const lock = readFileSync(at('dvc.lock'), 'utf8');
    repository.write(
      'dvc.lock',
      `${lock}    - {path: metrics.json, hash: md5, md5: ${md5(metrics)}, size: ${metrics.length}}\n`,
    );
    repository.commit('base');
    repository.git('switch', '--quiet', '-c', 'change');
    breakIt();
    const { report } = await build();
    expect(conclusionOf(report)).not.toBe('success');
    const said = JSON.stringify([report.metrics, report.unread, report.notes]);
    expect(said).toMatch(says);
  });
});

test('a metrics file that was too large to travel is not what the commit has there', async () => {
  repository.run(better);
  repository.commit('base');
  repository.git('switch', '--quiet', '-c', 'change');
  for (const path of ['metrics.json', '.']) {
    const left = [{ path, bytes: 70_000_000 }];
    const needs = [{ job: 'train', result: 'success', results: stageResults({ left }) }];
    const { report } = await build({ needs });
    expect(report.metrics[0]).toMatchObject({
      ...{ file: 'metrics.json', verdict: 'unreadable', broken: true },
      problem: { cause: expect.stringMatching(/too large to travel/) },
    });
    expect(conclusionOf(report)).toBe('failure');
  }
});

test('a template that is a folder, or a link that leads nowhere, is none', async () => {
  const folder = join(repository.root, '.dvc/plots');
  mkdirSync(join(folder, 'folder.json'), { recursive: true });
  symlinkSync('nowhere', join(folder, 'link.json'));
  writeFileSync(join(folder, 'own.json'), '{}');
  expect(await plotTemplates(repository.root)).toEqual(new Map([['own', '{}']]));
});

describe('a recorded metrics file that no cache keeps and that is gone', () => {
  const record = () => {
    const lock = readFileSync(join(repository.root, 'dvc.lock'), 'utf8');
    const entry = `    - {path: metrics.json, hash: md5, md5: ${md5('gone')}, size: 4}\n`;
    repository.write('dvc.lock', `${lock}${entry}`);
  };

  test('of the workspace: a run makes it', async () => {
    repository.run(worse);
    repository.commit('base');
    record();
    rmSync(join(repository.root, 'metrics.json'));
    const { report } = await build();
    expect(report.metrics[0]).toMatchObject({
      problem: { cause: 'it is not here; sibling run train makes it' },
    });
  });

  test('of a job that failed: that', async () => {
    repository.run(worse);
    repository.commit('base');
    record();
    rmSync(join(repository.root, 'metrics.json'));
    const { report } = await build({ needs: [{ job: 'train', result: 'failure' }] });
    expect(report.metrics[0]).toMatchObject({
      problem: { cause: 'train, which makes it, failed' },
    });
  });

  test('of the base: nothing brings it', async () => {
    repository.run(worse);
    record();
    rmSync(join(repository.root, 'metrics.json'));
    repository.commit('base');
    repository.run(better);
    const { report } = await build();
    expect(JSON.stringify(report)).toContain('it is neither in the commit nor');
  });
});

describe('a stage that did not run', () => {
  test('leaves no metric that is gone', async () => {
    repository.run(worse);
    repository.commit('base');
    repository.git('switch', '--quiet', '-c', 'change');
    rmSync(join(repository.root, 'metrics.json'));
    const { report } = await build({ needs: [{ job: 'train', result: 'failure' }] });
    expect(report.metrics).toMatchObject([
      { key: '', verdict: 'unreadable', problem: { cause: 'train, which makes it, failed' } },
      { key: 'accuracy', verdict: 'not-compared', broken: true },
    ]);
  });

  test.each<[string, readonly NeededStage[], string]>([
    ['its job was cancelled', [{ job: 'train', result: 'cancelled' }], 'train did not run'],
    ...['failure', 'cancelled', 'skipped', 'timed_out', ''].map(
      (result): [string, readonly NeededStage[], string] => [
        `its job ended with ${result} after the stage`,
        [{ job: 'train', result, results: stageResults() }],
        'train failed',
      ],
    ),
    ['it was skipped', [{ job: 'train', result: 'skipped' }], 'train did not run'],
    ['no job of it is among needs', [], 'train did not run'],
    ['its job left no baton', [{ job: 'train', result: 'success' }], 'train failed'],
    ['its job failed', [{ job: 'train', result: 'failure' }], 'train failed'],
  ])('makes no all-clear: %s', async (_, needs, failure) => {
    repository.run(worse);
    repository.commit('base');
    repository.git('switch', '--quiet', '-c', 'change');
    const { report } = await build({ needs });
    expect(report).toMatchObject({ outcome: 'failed', failure });
    expect(conclusionOf(report)).toBe('failure');
  });
});
