import { describe, expect, test } from '@jest/globals';
import { type PlotFile, readPlots } from '../../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../../src/report/plots/spec.ts';
import { summarisePlots } from '../../../src/report/plots/summarise.ts';

const file = (path: string, text: string): PlotFile => ({ path, content: Buffer.from(text) });

function summaries(entry: unknown, before: PlotFile[] | undefined, after: PlotFile[]) {
  const paths = [...(before ?? []), ...after].map(({ path }) => path);
  return summarisePlots(readPlots(readPlotSpecs([{ folder: '.', entry }], paths), before, after));
}

const roc = { 'roc.csv': { x: 'fpr', y: 'tpr', title: 'ROC' } };

describe('a curve', () => {
  test('of both revisions', () => {
    const before = [file('roc.csv', 'fpr,tpr\n0,0\n1,1\n')];
    const after = [file('roc.csv', 'fpr,tpr\n0,0\n0.5,0.9\n1,1\n')];
    expect(summaries(roc, before, after)).toEqual([
      {
        ...{ kind: 'curve', title: 'ROC', path: 'roc.csv', x: 'fpr', y: 'tpr' },
        series: [
          {
            name: '',
            side: 'before',
            points: [
              [0, 0],
              [1, 1],
            ],
          },
          {
            name: '',
            side: 'after',
            points: [
              [0, 0],
              [0.5, 0.9],
              [1, 1],
            ],
          },
        ],
      },
    ]);
  });

  test('that did not change is left out', () => {
    const side = [file('roc.csv', 'fpr,tpr\n0,0\n1,1\n')];
    expect(summaries(roc, side, side)).toEqual([]);
  });

  test.each([
    ['JSON', 'loss.json', '[{"step": 0, "loss": 1}, {"step": 1, "loss": 0.5}]'],
    [
      'JSON below names',
      'loss.json',
      '{"a": {"b": [{"step": 0, "loss": 1}, {"step": 1, "loss": 0.5}]}}',
    ],
    [
      'lists side by side',
      'loss.json',
      '{"a": [{"loss": 1}, {"loss": 0.5}], "b": [{"step": 0}, {"step": 1}]}',
    ],
    ['YAML', 'loss.yaml', '- {step: 0, loss: 1}\n- {step: 1, loss: 0.5}\n'],
    ['TSV', 'loss.tsv', 'step\tloss\n0\t1\n1\t0.5\n'],
    [
      'CSV with quotes and a byte order mark',
      'loss.csv',
      '\ufeff"step","loss"\r\n"0","1"\r\n1,0.5\r\n',
    ],
  ])('from %s', (_, path, text) => {
    expect(summaries({ [path]: { x: 'step' } }, undefined, [file(path, text)])).toMatchObject([
      {
        y: 'loss',
        series: [
          {
            side: 'after',
            points: [
              [0, 1],
              [1, 0.5],
            ],
          },
        ],
      },
    ]);
  });

  test('without x goes by the row, without a header by the column', () => {
    const found = summaries({ 'a.csv': { y: '1', header: false } }, undefined, [
      file('a.csv', '9,1\n9,2\n'),
    ]);
    expect(found).toMatchObject([
      {
        x: 'step',
        series: [
          {
            points: [
              [0, 1],
              [1, 2],
            ],
          },
        ],
      },
    ]);
  });

  test('for each class of a third column', () => {
    const text = 'species,fpr,tpr\na,0,0\na,1,1\nb,0,0.5\nb,1,1\n';
    const [plot] = summaries(roc, undefined, [file('roc.csv', text)]);
    expect(plot).toMatchObject({
      series: [
        { name: 'a' },
        {
          name: 'b',
          points: [
            [0, 0.5],
            [1, 1],
          ],
        },
      ],
    });
  });

  test('for each column of several', () => {
    const entry = { 'l.csv': { x: 'step', y: ['train', 'test'] } };
    const found = summaries(entry, undefined, [file('l.csv', 'step,train,test\n0,1,2\n1,0,1\n')]);
    expect(found).toMatchObject([{ y: 'y', series: [{ name: 'train' }, { name: 'test' }] }]);
  });

  test('keeps few points, its ends among them, and a gap for NaN', () => {
    const rows = [...Array(5_000).keys()].map((n) => `${n},${n === 7 ? 'nan' : n}`);
    const [plot] = summaries({ 'a.csv': { x: 'x' } }, undefined, [
      file('a.csv', `x,y\n${rows.join('\n')}`),
    ]);
    const points = plot?.kind === 'curve' ? (plot.series[0]?.points ?? []) : [];
    expect([points.length, points[0], points.at(-1)]).toEqual([101, [0, 0], [4_999, 4_999]]);
  });
});

describe('a confusion matrix', () => {
  const entry = { 'c.csv': { x: 'actual', y: 'predicted', template: 'confusion' } };

  test('is counted by label', () => {
    const before = [file('c.csv', 'actual,predicted\na,a\na,b\nb,b\n')];
    const after = [file('c.csv', 'actual,predicted\na,a\na,a\nb,c\n')];
    expect(summaries(entry, before, after)).toMatchObject([
      {
        ...{ kind: 'confusion', x: 'actual', y: 'predicted', labels: ['a', 'b', 'c'] },
        before: [
          [1, 1, 0],
          [0, 1, 0],
          [0, 0, 0],
        ],
        after: [
          [2, 0, 0],
          [0, 0, 1],
          [0, 0, 0],
        ],
      },
    ]);
  });

  test('of many classes is for the report page', () => {
    const rows = [...Array(40).keys()].map((n) => `${n},${n}`).join('\n');
    expect(summaries(entry, undefined, [file('c.csv', `actual,predicted\n${rows}`)])).toMatchObject(
      [{ kind: 'other', note: 'it has 40 classes' }],
    );
  });
});

describe('what cannot be drawn in a comment says why', () => {
  test.each<[string, unknown, [string, string][], string]>([
    ['an image', 'a.png', [['a.png', 'x']], 'an image'],
    [
      'another template',
      { 'a.csv': { template: 'scatter' } },
      [['a.csv', 'x,y\n1,2']],
      'template scatter',
    ],
    ['words', 'a.csv', [['a.csv', 'x,y\na,b']], 'not numbers'],
    ['no file', 'a.csv', [], 'neither revision'],
    ['an empty file', 'a.csv', [['a.csv', '']], 'no rows'],
    ['a header alone', 'a.csv', [['a.csv', 'x,y\n']], 'no rows'],
    ['no such column', { 'a.csv': { y: 'z' } }, [['a.csv', 'x,y\n1,2']], 'no column z'],
    ['no such x', { 'a.csv': { x: 'z' } }, [['a.csv', 'x,y\n1,2']], 'no column z'],
    ['bad CSV', 'a.csv', [['a.csv', 'x,y\n"1,2']], 'a.csv: not valid CSV'],
    ['bad JSON', 'a.json', [['a.json', '[{"x": }]']], 'a.json: not valid JSON'],
    ['bad YAML', 'a.yaml', [['a.yaml', 'a: [']], 'a.yaml: not valid YAML'],
    [
      'deep JSON',
      'a.json',
      [['a.json', `${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`]],
      'nested too deeply',
    ],
    ['no table', 'a.json', [['a.json', '{"a": 1}']], 'no rows'],
    ['another format', 'a.txt', [['a.txt', 'x']], 'its format'],
    [
      'lengths that differ',
      { l: { x: { 'x.csv': 's' }, y: { 'y.csv': 'l' } } },
      [
        ['x.csv', 's\n1\n2'],
        ['y.csv', 'l\n1'],
      ],
      'different numbers of rows',
    ],
  ])('%s', (_, entry, files, note) => {
    const after = files.map(([path, text]) => file(path, text));
    expect(summaries(entry, undefined, after)).toEqual([
      expect.objectContaining({ kind: 'other', note: expect.stringContaining(note) }),
    ]);
  });

  test('of both revisions for one reason, said once', () => {
    const uneven = [file('loss.json', '[{"step": 1}, {"step": 2, "val": 0.4}]')];
    expect(summaries('loss.json', uneven, uneven)).toMatchObject([
      {
        note: "loss.json: a later row has a column that the first one lacks, and DVC draws no such rows (the base's too)",
      },
    ]);
  });

  test('a base that cannot be read', () => {
    const found = summaries(roc, [file('roc.csv', '"')], [file('roc.csv', 'fpr,tpr\n0,0\n')]);
    expect(found).toMatchObject([
      { note: expect.stringMatching(/^base: roc\.csv: not valid CSV/) },
    ]);
  });
});

describe('a blank cell', () => {
  const text = 'step,loss\n0,1\n1,\n2,0.5\n3,\n';
  const entry = { 'l.csv': { x: 'step' } };

  test('is a gap of the curve', () => {
    const [plot] = summaries(entry, undefined, [file('l.csv', text)]);
    const points = plot?.kind === 'curve' ? plot.series[0]?.points : undefined;
    expect(points).toEqual([
      [0, 1],
      [1, null],
      [2, 0.5],
      [3, null],
    ]);
  });

  test('is not lost where points are left out', () => {
    const rows = [...Array(1_000).keys()].map((at) => `${at},${at === 501 ? '' : at}`);
    const [plot] = summaries(entry, undefined, [file('l.csv', `step,loss\n${rows.join('\n')}`)]);
    const points = plot?.kind === 'curve' ? (plot.series[0]?.points ?? []) : [];
    expect(points.filter(([, y]) => y === null)).toEqual([[501, null]]);
    expect([points.length, points[0], points.at(-1)]).toEqual([101, [0, 0], [999, 999]]);
  });

  test('and nothing else makes no curve', () => {
    const [plot] = summaries(entry, undefined, [file('l.csv', 'step,loss\n0,\n1,\n')]);
    expect(plot).toMatchObject({ kind: 'other', note: 'its values are not numbers' });
  });
});
