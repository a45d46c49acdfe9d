import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { DrawnPlot } from '../../../../src/report/plots/drawn.ts';
import { renderHtml } from '../../../../src/report/render/html/render.ts';
import { metricRows, paramRows, report } from '../../example-report.ts';
import { hostileText } from '../../hostile-text.ts';

const drawing = (id: string): DrawnPlot => ({
  id,
  title: id,
  images: [{ type: 'image/svg+xml', content: Buffer.from('<svg/>') }],
});

describe('the report page', () => {
  test('has everything in it and needs nothing from elsewhere', () => {
    const page = renderHtml(
      report({
        metrics: metricRows({ a: 1 }, { a: 2 }, { a: { better: 'higher' } }),
        params: paramRows({ lr: 1 }, { lr: 2 }),
        links: [{ kind: 'run', url: 'https://github.com/o/r/actions/runs/1?a=1&b=2' }],
      }),
      [
        drawing('ROC'),
        { id: 'x', title: 'x', images: [], problem: 'no data' },
        {
          ...{ id: 'i.png', title: 'i.png' },
          images: [{ side: 'before', type: 'image/png', content: Buffer.from('png') }],
        },
      ],
    );
    expect(page).toMatch(/^<!DOCTYPE html>/);
    expect(page).toContain(
      `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`,
    );
    expect(page).toContain('<td><span class="good">✅ better</span></td><td><code>a</code></td>');
    expect(page).toContain(
      '<a href="https://github.com/o/r/actions/runs/1?a=1&#38;b=2">workflow run</a>',
    );
    expect(page).toContain(`<img src="data:image/svg+xml;base64,${btoa('<svg/>')}" alt="ROC">`);
    expect(page).toContain(`before<br><img src="data:image/png;base64,${btoa('png')}"`);
    expect(page).toContain('<code>no data</code>');
    expect(page.match(/(?:src|href)="(?!data:|https:\/\/github)/g)).toBeNull();
  });

  test('has no element or attribute that a name brought', () => {
    const render = (text: string, value: string) =>
      renderHtml(
        report({
          pipeline: text.slice(0, 200),
          metrics: metricRows({ [text]: 1 }, { [text]: value }),
          notes: [value],
          plots: [
            {
              ...{ kind: 'confusion', title: text, path: text, x: value, y: text },
              ...{ labels: [value], after: [[1]] },
            },
          ],
        }),
        [drawing(text), { id: text, title: value, images: [], problem: value }],
      );
    const tags = (page: string) =>
      page.match(/<[^>]*>/g)?.map((tag) => tag.replace(/alt="[^"]*"/, 'alt'));
    const expected = tags(render('a', 'b'));
    fc.assert(
      fc.property(hostileText, hostileText, (text, value) => {
        expect(tags(render(text, value))).toEqual(expected);
      }),
    );
  });
});
