import { describe, expect, test } from '@jest/globals';
import { type PlotSpec, readPlotSpecs } from '../../../src/report/plots/spec.ts';

const specs = (entry: unknown, { folder = '.', paths = [] as string[] } = {}) =>
  readPlotSpecs([{ folder, entry }], paths);

describe('an entry of plots', () => {
  test.each<[string, unknown, Partial<PlotSpec>]>([
    ['a path', 'roc.csv', { id: 'roc.csv', title: 'roc.csv', template: 'linear', header: true }],
    [
      'a path with properties',
      {
        'roc.csv': {
          ...{ x: 'fpr', y: 'tpr', title: 'ROC', x_label: 'false', y_label: 'true' },
          ...{ template: 'simple', header: false },
        },
      },
      {
        ...{ id: 'roc.csv', title: 'ROC', xLabel: 'false', yLabel: 'true' },
        ...{ template: 'simple', header: false },
        sources: [{ yFile: 'roc.csv', yField: 'tpr', xFile: 'roc.csv', xField: 'fpr' }],
      },
    ],
    [
      'a path without properties',
      { 'roc.csv': null },
      { id: 'roc.csv', sources: [{ yFile: 'roc.csv', xFile: 'roc.csv' }] },
    ],
    [
      'several columns',
      { 'loss.csv': { x: 'step', y: ['train', 'test'] } },
      {
        sources: [
          { yFile: 'loss.csv', yField: 'train', xFile: 'loss.csv', xField: 'step' },
          { yFile: 'loss.csv', yField: 'test', xFile: 'loss.csv', xField: 'step' },
        ],
      },
    ],
    [
      'several files under a name',
      { loss: { x: 'step', y: { 'a.csv': 'loss', 'b.csv': ['l1', 'l2'] } } },
      {
        id: 'loss',
        sources: [
          { yFile: 'a.csv', yField: 'loss', xFile: 'a.csv', xField: 'step' },
          { yFile: 'b.csv', yField: 'l1', xFile: 'b.csv', xField: 'step' },
          { yFile: 'b.csv', yField: 'l2', xFile: 'b.csv', xField: 'step' },
        ],
      },
    ],
    [
      'one x file for all',
      { loss: { x: { 'x.csv': 'step' }, y: { 'a.csv': 'loss', 'b.csv': 'loss' } } },
      {
        sources: [
          { yFile: 'a.csv', yField: 'loss', xFile: 'x.csv', xField: 'step' },
          { yFile: 'b.csv', yField: 'loss', xFile: 'x.csv', xField: 'step' },
        ],
      },
    ],
    [
      'an x file for each',
      { loss: { x: { 'x.csv': 's', 'z.csv': 't' }, y: { 'a.csv': 'l', 'b.csv': 'l' } } },
      {
        sources: [
          { yFile: 'a.csv', yField: 'l', xFile: 'x.csv', xField: 's' },
          { yFile: 'b.csv', yField: 'l', xFile: 'z.csv', xField: 't' },
        ],
      },
    ],
  ])('%s', (_, entry, spec) => {
    expect(specs(entry)).toEqual([expect.objectContaining(spec)]);
  });

  test('is relative to its folder', () => {
    const found = specs({ roc: { y: { '../m/roc.csv': 'tpr' } } }, { folder: 'a/b' });
    expect(found).toMatchObject([{ sources: [{ yFile: 'a/m/roc.csv' }] }]);
    expect(specs('roc.csv', { folder: 'a' })).toMatchObject([{ id: 'a/roc.csv' }]);
  });

  test('that is a folder stands for the files in it', () => {
    const found = specs(
      { plots: { x: 'step' } },
      { paths: ['plots/a.csv', 'plots/b/c.png', 'x.csv'] },
    );
    expect(found.map(({ id }) => id)).toEqual(['plots/a.csv', 'plots/b/c.png']);
  });

  test.each([[null], [5], [[]], [{ 'a.csv': 5 }], [{ 'a.csv': { x: 5, y: [1] } }]])(
    'of an odd shape makes no error: %j',
    (entry) => {
      expect(specs(entry).length).toBeLessThanOrEqual(1);
    },
  );

  test('counts once for one file: the first', () => {
    const entries = [{ 'a.csv': { title: 'first' } }, 'a.csv'].map((entry) => ({
      folder: '.',
      entry,
    }));
    expect(readPlotSpecs(entries, []).map(({ title }) => title)).toEqual(['first']);
  });
});
