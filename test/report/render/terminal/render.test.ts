import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readMetrics } from '../../../../src/metrics/read.ts';
import { metricsAcross, metricsAcrossTable } from '../../../../src/report/render/metrics-across.ts';
import { terminalFormat } from '../../../../src/report/render/terminal/format.ts';
import { renderTerminal } from '../../../../src/report/render/terminal/render.ts';
import { style } from '../../../../src/terminal/style.ts';
import { metricRows, paramRows, report } from '../../example-report.ts';
import { hostileText } from '../../hostile-text.ts';

const plain = style(false);

test('a report on a terminal', () => {
  const text = renderTerminal(
    report({
      metrics: metricRows(
        { accuracy: 0.9333, loss: 0.1, n: 30 },
        { accuracy: 0.9667, loss: 0.2, n: 30 },
        { accuracy: { better: 'higher' }, loss: { better: 'lower', gate: 'warn' } },
      ),
      params: paramRows({ lr: 0.1 }, { lr: 0.25 }),
      stages: [{ name: 'train', outcome: 'ran', seconds: 3, image: 'sibling/train:1' }],
      plots: [
        { kind: 'other', title: 'tree.png', path: 'tree.png', note: 'an image' },
        {
          ...{ kind: 'confusion', title: 'Confusion', path: 'c.csv', x: 'actual', y: 'guess' },
          ...{
            labels: ['a', 'b'],
            before: [
              [9, 1],
              [0, 9],
            ],
            after: [
              [10, 0],
              [0, 9],
            ],
          },
        },
      ],
      notes: ['a note'],
    }),
    plain,
  );
  expect(
    text.replaceAll('\u00a0', ' '),
  ).toBe(`! loss 0.1 → 0.2 (+100 %), worse than its gate allows, 1 metric better
dvc.yaml: ba5eba5 of main → 4ead4ea

        Metric    Before   After            Change
worse   loss         0.1     0.2     +0.1 (+100 %)
better  accuracy  0.9333  0.9667  +0.0334 (+3.6 %)

1 metric unchanged

Parameters
File         Parameter  Before  After
params.yaml  lr            0.1   0.25

tree.png
an image

Confusion
actual ↓ guess →       a      b
a                 9 → 10  1 → 0
b                      0      9

Stages: 1 ran
Stage  Outcome  Time   Image            Why
train  ran      3.0 s  sibling/train:1

a note
`);
});

test('colours say what is good and bad', () => {
  const rows = metricRows({ a: 1, b: 1 }, { a: 2, b: 0 }, { '*': { better: 'higher' } });
  const text = renderTerminal(report({ metrics: rows }), style(true));
  expect(text).toContain('\x1b[31mworse\x1b[39m');
  expect(text).toContain('\x1b[32mbetter\x1b[39m');
});

test('no name moves the cursor, colours the screen or begins a line', () => {
  const render = (key: string, value: string) => {
    const metrics = metricRows({ [key]: 1 }, { [key]: value });
    return renderTerminal(report({ metrics, notes: [value], pipeline: key }), plain);
  };
  const lines = render('a', 'b').split('\n').length;
  fc.assert(
    fc.property(hostileText, hostileText, (key, value) => {
      const text = render(key, value);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(text.split('\n')).toHaveLength(lines);
    }),
  );
});

describe('metrics of several revisions', () => {
  const file = (values: unknown, path = 'm.json') => ({
    path,
    reading: readMetrics(JSON.stringify(values), 'json'),
  });
  const revisions = [
    { name: 'v1', files: [file({ accuracy: 0.93334, old: 1 })] },
    { name: 'v2', files: [file({ accuracy: 0.933341, note: 'x' })] },
    { name: 'working tree', files: [file({ accuracy: null })] },
  ];

  test('side by side, with digits to tell them apart', () => {
    expect(metricsAcrossTable(terminalFormat(plain), revisions)).toBe(
      `Metric         v1        v2  working tree
accuracy  0.93334  0.933341          null
old             1
note                      x`,
    );
  });

  test('as data', () => {
    expect(metricsAcross(revisions)[1]).toEqual({
      file: 'm.json',
      key: 'old',
      values: [{ type: 'number', value: 1 }, undefined, undefined],
    });
  });

  test('of several files name them', () => {
    const files = [file({ a: 1 }), file({ a: 2 }, 'n.json')];
    const text = metricsAcrossTable(terminalFormat(plain), [{ name: 'v1', files }]);
    expect(text.split('\n')).toEqual([
      'File    Metric  v1',
      'm.json  a        1',
      'n.json  a        2',
    ]);
  });
});
