import { expect, test } from '@jest/globals';
import { sparkline } from '../../../src/report/render/sparkline.ts';

test.each([
  [[1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█'],
  [[0.9, 0.9], '▅▅'],
  [[-1.7e308, 0, 1.7e308], '▁▅█'],
  [[], ''],
  [[9, ...Array(19).fill(0), 1], '▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█'],
])('%j is %s', (values, text) => {
  expect(sparkline(values)).toBe(text);
});
