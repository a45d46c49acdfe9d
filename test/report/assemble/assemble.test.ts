import { describe, expect, test } from '@jest/globals';
import { readGates } from '../../../src/metrics/gates.ts';
import { assembleReport, type RevisionResults } from '../../../src/report/assemble/assemble.ts';
import { parseReport } from '../../../src/report/file/parse.ts';
import { baseCommit, headCommit } from '../example-report.ts';

const lock = (depth: number, hash: string) => `schema: '2.0'
stages:
  train:
    cmd: sibling stage train
    params: {params.yaml: {train.depth: ${depth}}}
    outs: [{path: model.bin, hash: md5, md5: ${hash}, size: 5}]
`;

const results = (accuracy: unknown, depth: number, hash: string): RevisionResults => ({
  locks: [{ path: 'dvc.lock', text: lock(depth, hash) }],
  metrics: [{ path: 'metrics.json', text: JSON.stringify({ accuracy }) }],
});

const common = {
  pipeline: 'dvc.yaml',
  base: { found: true, commit: baseCommit },
  head: { commit: headCommit },
  outcome: 'succeeded',
  gates: readGates({ accuracy: { better: 'higher' } }).gates,
} as const;

describe('a report', () => {
  test('on two revisions', () => {
    const report = assembleReport({
      ...common,
      before: results(0.9, 5, 'aaaa'),
      after: results(0.95, 7, 'bbbb'),
    });
    expect(report).toMatchObject({
      metrics: [{ key: 'accuracy', verdict: 'improved' }],
      params: [{ key: 'train.depth', before: { value: 5 }, after: { value: 7 } }],
      data: [{ path: 'model.bin', change: 'changed' }],
      notes: [],
    });
    expect(parseReport(JSON.stringify(report), 'x')).toEqual(report);
  });

  test('without a base', () => {
    const report = assembleReport({
      ...common,
      base: { found: false, missing: 'nothing', reason: 'the pipeline never ran there' },
      after: results(0.95, 7, 'bbbb'),
    });
    expect(report).toMatchObject({
      metrics: [{ verdict: 'not-compared', broken: false }],
      params: [],
      data: [],
    });
  });

  test('on a lock that cannot be read says so', () => {
    const broken = { locks: [{ path: 'sub/dvc.lock', text: 'a: [' }], metrics: [] };
    const { notes } = assembleReport({ ...common, before: broken, after: results(1, 5, 'aaaa') });
    expect(notes).toEqual([
      expect.stringMatching(/^base: sub\/dvc\.lock:1 cannot be read: not valid/),
    ]);
  });

  test('on a lock that DVC would refuse shows what it can, and says so', () => {
    const text = 'a:\n  cmd: x\n  outs:\n  - path: o\n    size: abc\n';
    const after = { locks: [{ path: 'dvc.lock', text }], metrics: [] };
    const { notes } = assembleReport({ ...common, before: results(1, 5, 'aaaa'), after });
    expect(notes).toEqual([
      'dvc.lock:5 is not as DVC wants it: size of o is abc, which is not a whole number',
    ]);
  });

  test('joins the locks of a project: what one reads, another makes', () => {
    const locks = [
      {
        path: 'a/dvc.lock',
        text: 'stages:\n  s:\n    params: {../params.yaml: {lr: 1}}\n    outs: [{path: x, md5: "1"}]\n',
      },
      {
        path: 'b/dvc.lock',
        text: 'stages:\n  s:\n    deps: [{path: ../a/x, md5: "1"}, {path: y, md5: "2"}]\n    params: {../params.yaml: {depth: 2}}\n',
      },
    ];
    const { data, params } = assembleReport({
      ...common,
      before: { locks: [], metrics: [] },
      after: { locks, metrics: [] },
    });
    expect(params.map(({ key }) => key)).toEqual(['lr', 'depth']);
    expect(data.map(({ path, kind }) => `${kind} ${path}`)).toEqual(['out a/x', 'source b/y']);
  });
});
