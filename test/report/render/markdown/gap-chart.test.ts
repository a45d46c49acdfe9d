import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gapChart, hasGaps } from '../../../../src/report/render/markdown/gap-chart.ts';
import type { Chart } from '../../../../src/report/render/markdown/mermaid.ts';
import { plotBlocks } from '../../../../src/report/render/markdown/plots.ts';
import { hostileText } from '../../hostile-text.ts';

type Points = Chart['lines'][number]['points'];

const chart = (points: Points, title = 'Loss'): Chart => ({
  ...{ title, x: 'step', y: 'loss' },
  lines: [{ name: '', side: 'after', points }],
});
const rowOf = (text: string | undefined) => /after {2}\|(.*)\|/.exec(text ?? '')?.[1] ?? '';

test('has nothing where there is no value, and a straight line between values', () => {
  const points: Points = [
    ...[[0, 0] as const, [20, 1] as const, [40, null] as const, [60, 0.5] as const],
  ].map(([x, y]) => [x, y]);
  const text = gapChart(chart(points));
  const row = rowOf(text);
  expect(row).toHaveLength(60);
  expect(row.slice(0, 20)).toMatch(/^▁[▁-█]+$/);
  expect(row.slice(21, 59).trim()).toBe('');
  expect(row.at(-1)).toBe('▅');
  expect(text).toContain('step: 0 to 60; loss: 0 to 1; blank: no value');
});

test('stands in a comment for a chart of Mermaid', () => {
  const curve = (points: Points) => ({
    ...{ kind: 'curve' as const, title: 'Loss', path: 'l.csv', x: 'step', y: 'loss' },
    series: [{ name: '', side: 'after' as const, points }],
  });
  const [gap = ''] = plotBlocks(
    [
      curve([
        [0, 1],
        [1, null],
        [2, 3],
      ]),
    ],
    'the page',
  );
  expect(gap).toContain('blank: no value');
  expect(gap).not.toContain('mermaid');
  expect(
    plotBlocks(
      [
        curve([
          [0, 1],
          [2, 3],
        ]),
      ],
      'the page',
    )[0],
  ).toContain('mermaid');
});

test('has a bar wherever there is a value, and no text leaves its fence', () => {
  const point = fc.tuple(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  );
  fc.assert(
    fc.property(fc.array(point, { maxLength: 80 }), hostileText, (points, title) => {
      const text = gapChart(chart(points, title));
      const values = points.filter(([, y]) => y !== null).length;
      expect(text === undefined).toBe(values === 0);
      if (text === undefined) return;
      expect(text.split('\n').filter((line) => line.includes('```'))).toHaveLength(2);
      expect(rowOf(text)).toHaveLength(60);
      expect(rowOf(text).trim()).not.toBe('');
      expect(hasGaps(chart(points))).toBe(values < points.length);
    }),
  );
});
