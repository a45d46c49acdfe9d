import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type Chart,
  chartLegend,
  chartsOf,
  mermaidChart,
} from '../../../../src/report/render/markdown/mermaid.ts';
import type { Curve } from '../../../../src/report/report.ts';
import { hostileText } from '../../hostile-text.ts';

type Points = [number, number][];

const chart = (before: Points | undefined, after: Points, title = 'ROC'): Chart => ({
  ...{ title, x: 'x', y: 'y' },
  lines: [
    ...(before ? [{ name: '', side: 'before' as const, points: before }] : []),
    { name: '', side: 'after', points: after },
  ],
});

const lineOf = (text: string | undefined, index = 0): number[] =>
  [...(text ?? '').matchAll(/line \[(.*)\]/g)].map((match) =>
    (match[1] ?? '').split(', ').map(Number),
  )[index] ?? [];

describe('a chart', () => {
  test('has the curves of both revisions at even steps of x', () => {
    const text = mermaidChart(
      chart(
        [
          [0, 0],
          [1, 1],
        ],
        [
          [0, 0],
          [0.5, 1],
          [1, 1],
        ],
      ),
    );
    expect(text).toContain('"plotColorPalette":"#8c959f, #0969da"');
    expect(text).toContain('x-axis "x" 0 --> 1\n    y-axis "y" 0 --> 1\n');
    expect(lineOf(text, 0)[16]).toBe(0.5);
    expect(lineOf(text, 1)[8]).toBe(0.5);
    expect(lineOf(text, 1)[16]).toBe(1);
  });

  test('rises upright where several values share an x, in any order of rows', () => {
    const line = lineOf(
      mermaidChart(
        chart(undefined, [
          [1, 1],
          [0, 0],
          [0, 0.8],
        ]),
      ),
    );
    expect([line[0], line.at(-1)]).toEqual([0.8, 1]);
  });

  test('goes on level where a curve ends', () => {
    const shorter = chart(
      [
        [0, 1],
        [10, 0.5],
      ],
      [
        [0, 1],
        [20, 0.2],
      ],
    );
    expect(lineOf(mermaidChart(shorter)).at(-1)).toBe(0.5);
    expect(chartLegend(shorter)).toBe('grey before, blue after; the shorter one goes on level');
  });

  test('of one value has room around it', () => {
    expect(mermaidChart(chart(undefined, [[3, 0]]))).toContain(
      'x-axis "x" 1.5 --> 4.5\n    y-axis "y" -0.5 --> 0.5',
    );
  });

  test.each<[string, Points]>([
    [
      'huge numbers',
      [
        [0, 0],
        [1, 1e300],
      ],
    ],
    [
      'numbers too close for decimals',
      [
        [0, 1],
        [1, 1 + 1e-12],
      ],
    ],
    ['no numbers', []],
  ])('is not drawn for %s', (_, points) => {
    expect(mermaidChart(chart(undefined, points))).toBeUndefined();
  });

  test('has no number that Mermaid cannot read, and only tame labels', () => {
    const number = fc.double({ noDefaultInfinity: true, noNaN: true });
    const points = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(points, points, hostileText, (before, after, title) => {
        const text = mermaidChart(chart(before, after, title));
        if (text === undefined) return;
        const [fence, , kind, named, xs, ys, one, two, end, ...more] = text.split('\n');
        expect([fence, kind, end, more]).toEqual(['```mermaid', 'xychart-beta', '```', []]);
        expect(named).toMatch(/^ {4}title "[\p{L}\p{M}\p{N} .,()/+_:-]+"$/u);
        for (const axis of [xs, ys]) expect(axis).toMatch(/ -?\d+(\.\d+)? --> -?\d+(\.\d+)?$/);
        for (const line of [one, two])
          expect(line).toMatch(/^ {4}line \[(-?\d+(\.\d+)?(, |\]$)){33}/);
      }),
      { numRuns: 500 },
    );
  });
});

test('a plot of several series becomes a chart for each', () => {
  const series = (['before', 'after'] as const).flatMap((side) =>
    ['a', 'b'].map((name) => ({ name, side, points: [[0, 0] as [number, number]] })),
  );
  const curve: Curve = { kind: 'curve', title: 'ROC', path: 'roc.csv', x: 'x', y: 'y', series };
  expect(chartsOf(curve).map(({ title, lines }) => [title, lines.length])).toEqual([
    ['ROC: a', 2],
    ['ROC: b', 2],
  ]);
});
