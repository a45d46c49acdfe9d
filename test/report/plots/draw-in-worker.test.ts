import { describe, expect, test } from '@jest/globals';
import { drawInWorker } from '../../../src/report/plots/draw-in-worker.ts';
import { readPlots } from '../../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../../src/report/plots/spec.ts';

const worker = new URL('../../../src/report/plots/worker.js', import.meta.url);

function plots(...templates: readonly string[]) {
  const names = templates.map((_, index) => `p${index}.csv`);
  const entries = templates.map((template, index) => ({
    folder: '.',
    entry: { [names[index] ?? '']: { template, x: 'x' } },
  }));
  const files = names.map((path) => ({ path, content: Buffer.from('x,y\n1,2\n2,1\n') }));
  return readPlots(readPlotSpecs(entries, []), undefined, files);
}

const template = (transform: object) =>
  JSON.stringify({ data: { values: '<DVC_METRIC_DATA>' }, transform: [transform], mark: 'point' });

describe('drawing in a worker', () => {
  test('gives the plots in their order', async () => {
    const drawn = await drawInWorker(worker, {
      plots: plots('linear', 'scatter', 'none'),
      templates: new Map(),
    });
    expect(drawn.map(({ id, images, problem }) => [id, images.length, problem])).toEqual([
      ['p0.csv', 1, undefined],
      ['p1.csv', 1, undefined],
      ['p2.csv', 0, 'there is no template none'],
    ]);
  });

  test('outlives a template that never ends', async () => {
    const templates = new Map([
      ['endless', template({ calculate: "replace(pad('', 60, 'a'), /(a+)+b/, '')", as: 'z' })],
    ]);
    const drawn = await drawInWorker(
      worker,
      { plots: plots('linear', 'endless', 'simple'), templates },
      { timeout: 8_000 },
    );
    expect(drawn.map(({ id, images }) => [id, images.length])).toEqual([
      ['p0.csv', 1],
      ['p1.csv', 0],
      ['p2.csv', 1],
    ]);
    expect(drawn[1]?.problem).toBe('it could not be drawn: it takes longer than 8 s');
  }, 60_000);

  test('says when there is no worker to draw', async () => {
    const missing = new URL('missing.js', import.meta.url);
    const drawn = await drawInWorker(missing, { plots: plots('linear'), templates: new Map() });
    expect(drawn).toMatchObject([{ problem: expect.stringContaining('Cannot find module') }]);
  });
});
