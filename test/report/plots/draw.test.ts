import { describe, expect, test } from '@jest/globals';
import { drawPlot } from '../../../src/report/plots/draw.ts';
import { type PlotFile, readPlots } from '../../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../../src/report/plots/spec.ts';
import { builtInTemplates } from '../../../src/report/plots/vega-lite-specs.ts';

const file = (path: string, text: string): PlotFile => ({ path, content: Buffer.from(text) });

const before = [file('p.csv', 'x,y\n1,2\n2,3\n3,1\n')];
const after = [file('p.csv', 'x,y\n1,2\n2,4\n3,2\n')];

async function draw(
  properties: object,
  files: readonly PlotFile[] = after,
  {
    base = before,
    templates = {},
  }: { base?: PlotFile[]; templates?: Record<string, unknown> } = {},
) {
  const entry = { [files[0]?.path ?? 'p.csv']: properties };
  const plots = readPlots(readPlotSpecs([{ folder: '.', entry }], []), base, files);
  const texts = Object.entries(templates).map(
    ([name, spec]) => [name, JSON.stringify(spec)] as const,
  );
  const [plot] = plots;
  const drawn = plot && (await drawPlot(plot, new Map(texts)));
  const [image] = drawn?.images ?? [];
  return { drawn, svg: image ? Buffer.from(image.content).toString() : '' };
}

describe('a template that DVC has', () => {
  test.each(builtInTemplates)('%s becomes an SVG with title and axes', async (template) => {
    const properties = {
      template,
      x: 'x',
      y: 'y',
      title: 'The title',
      x_label: 'across',
      y_label: 'up',
    };
    const { drawn, svg } = await draw(properties);
    expect(drawn).not.toHaveProperty('problem');
    expect(svg).toMatch(/^<svg /);
    for (const word of ['The title', 'across', 'up']) expect(svg).toContain(`>${word}</text>`);
    expect(svg).not.toContain('\ue000');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test('draws the lines of both revisions', async () => {
    const { svg } = await draw({ x: 'x', y: 'y' });
    expect(svg.match(/stroke="#(8c959f|0969da)"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test('draws each class of a third column by itself', async () => {
    const text = 'species,fpr,tpr\nsetosa,0,0\nsetosa,1,1\nlily,0,0\nlily,1,1\n';
    const { svg } = await draw({ x: 'fpr', y: 'tpr' }, [file('p.csv', text)], { base: [] });
    expect(svg).toContain('>setosa</text>');
    expect(svg).toContain('>lily</text>');
  });

  test('counts a confusion matrix', async () => {
    const text = 'actual,predicted\ncat,cat\ncat,cat\ndog,cat\ndog,dog\n';
    const properties = { x: 'actual', y: 'predicted', template: 'confusion' };
    const { svg } = await draw(properties, [file('p.csv', text)], { base: [] });
    expect([...svg.matchAll(/>(\d)<\/text>/g)].map((match) => match[1]).sort()).toEqual([
      '0',
      '1',
      '1',
      '2',
    ]);
  });

  test('keeps words of a file as words', async () => {
    const { svg } = await draw({ title: '</text><script>alert(1)</script>' });
    expect(svg).not.toContain('<script>');
  });

  test('gives the same bytes again', async () => {
    const [one, other] = [
      await draw({ template: 'scatter_jitter' }),
      await draw({ template: 'scatter_jitter' }),
    ];
    expect(one.svg).toBe(other.svg);
  });
});

describe('a template of the project', () => {
  const own = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    data: { values: '<DVC_METRIC_DATA>' },
    title: 'Own: <DVC_METRIC_TITLE>',
    width: '<DVC_METRIC_PLOT_WIDTH>',
    params: ['<DVC_METRIC_ZOOM_AND_PAN>'],
    mark: 'point',
    encoding: {
      x: { field: '<DVC_METRIC_X>', type: 'quantitative', title: '<DVC_METRIC_X_LABEL>' },
      y: { field: '<DVC_METRIC_Y>', type: 'quantitative', title: '<DVC_METRIC_Y_LABEL>' },
      color: '<DVC_METRIC_COLOR>',
      shape: '<DVC_METRIC_SHAPE>',
    },
  };

  test('is filled and drawn', async () => {
    const { svg } = await draw({ template: 'own', title: 'T', x: 'x' }, after, {
      templates: { own },
    });
    expect(svg).toContain('>Own: T</text>');
    expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(6);
  });

  test('may be Vega instead of Vega-Lite', async () => {
    const vega = {
      $schema: 'https://vega.github.io/schema/vega/v5.json',
      ...{ width: 50, height: 50, title: '<DVC_METRIC_TITLE>' },
      data: [{ name: 'd', values: '<DVC_METRIC_DATA>' }],
      marks: [{ type: 'symbol', from: { data: 'd' }, encode: { enter: { x: { field: 'x' } } } }],
    };
    const { svg } = await draw({ template: 'own.json', title: 'T' }, after, {
      templates: { own: vega },
    });
    expect(svg).toContain('>T</text>');
  });

  test.each<[string, object]>([
    ['a file', { url: 'file:///etc/passwd', format: { type: 'dsv', delimiter: ':' } }],
    ['an address', { url: 'http://127.0.0.1:9/x.json' }],
  ])('cannot load %s', async (_, data) => {
    const { svg } = await draw({ template: 'own' }, after, {
      templates: { own: { ...own, data } },
    });
    expect(svg).not.toContain('aria-roledescription="point"');
    expect(svg).not.toContain('root:');
  });

  test('cannot link anywhere', async () => {
    const encoding = { ...own.encoding, href: { value: 'javascript:alert(1)' } };
    const { svg } = await draw({ template: 'own' }, after, {
      templates: { own: { ...own, encoding } },
    });
    expect(svg).not.toContain('javascript');
  });

  test.each<[string, unknown, string]>([
    ['that is no spec', { mark: 5 }, 'Vega cannot draw it'],
    ['that is a list', [], 'Vega cannot draw it'],
  ])('%s says so', async (_, spec, problem) => {
    const { drawn } = await draw({ template: 'own' }, after, { templates: { own: spec } });
    expect(drawn?.problem).toContain(problem);
  });

  test('that is not there says so', async () => {
    expect((await draw({ template: 'other' })).drawn?.problem).toBe('there is no template other');
  });
});

test('images are shown as they are', async () => {
  const { drawn } = await draw({}, [file('a.jpg', 'after')], { base: [file('a.jpg', 'before')] });
  expect(drawn?.images).toEqual([
    { side: 'before', type: 'image/jpeg', content: Buffer.from('before') },
    { side: 'after', type: 'image/jpeg', content: Buffer.from('after') },
  ]);
});

test('data that cannot be read says so', async () => {
  const { drawn } = await draw({ y: 'z' }, after, { base: [] });
  expect(drawn).toMatchObject({ images: [], problem: 'p.csv: there is no column z' });
});

describe('a blank cell', () => {
  test.each(['linear', 'simple', 'smooth', 'scatter', 'default'])(
    'is a gap in %s',
    async (template) => {
      const rows = (blank: string) => `x,y\n1,10\n2,11\n3,${blank}\n4,12\n5,13\n`;
      const draws = async (cell: string) =>
        (await draw({ x: 'x', y: 'y', template }, [file('p.csv', rows(cell))], { base: [] })).svg;
      const [blank, text, zero] = [await draws(''), await draws('none'), await draws('0')];
      expect(blank).toBe(text);
      expect(blank).not.toBe(zero);
      expect(blank).not.toMatch(/NaN/);
      // The axis is that of the values: 0 is not on it, and nothing is drawn below it.
      expect(blank).not.toContain('>0</text>');
    },
  );

  test('parts the line, and a value between two of them is a point', async () => {
    const text = 'x,y\n1,10\n2,11\n3,\n4,12\n5,\n6,13\n7,14\n';
    const { svg } = await draw({ x: 'x', y: 'y' }, [file('p.csv', text)], { base: [] });
    const paths = [...svg.matchAll(/<path[^>]* d="([^"]*)"[^>]*stroke="#0969da"/g)];
    // Two lines and, for the value between them, a point over a line of no length.
    expect(paths.map(([, path]) => path?.match(/M/g)?.length)).toContain(3);
    expect(svg).toMatch(/<path[^>]*fill="#0969da"/);
  });
});
