import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { drawBoxes } from '../../../src/terminal/graph/draw.ts';
import { traceEdges } from './trace.ts';

function drawing(nodes: readonly string[], edges: readonly (readonly [string, string])[]) {
  return drawBoxes({
    nodes: nodes.map((id) => ({ id, label: [{ text: id }] })),
    edges: edges.map(([from, to]) => ({ from, to })),
  });
}

/** Two different numbers below `size`, the smaller one first. */
function pairBelow(size: number) {
  return fc
    .tuple(fc.nat({ max: Math.max(0, size - 2) }), fc.nat({ max: size }))
    .map(([a, b]) => [a, a + 1 + (b % Math.max(1, size - 1 - a))] as const);
}

describe('drawBoxes', () => {
  test('puts each box below those it comes from', () => {
    const rows = drawing(
      ['ingest', 'preprocess', 'train', 'evaluate'],
      [
        ['ingest', 'preprocess'],
        ['preprocess', 'train'],
        ['preprocess', 'evaluate'],
        ['train', 'evaluate'],
      ],
    );
    expect(rows).toEqual([
      '  ╭────────╮',
      '  │ ingest │',
      '  ╰───┬────╯',
      '      │',
      '╭─────┴──────╮',
      '│ preprocess │',
      '╰─────┬──────╯',
      '   ╭──┴─╮',
      '   │   ╭┴──────╮',
      '   │   │ train │',
      '   │   ╰───┬───╯',
      '   ╰─╮  ╭──╯',
      ' ╭───┴──┴───╮',
      ' │ evaluate │',
      ' ╰──────────╯',
    ]);
  });

  test('draws nothing of nothing, and a box alone', () => {
    expect(drawing([], [])).toEqual([]);
    expect(drawing(['a'], [])).toEqual(['╭───╮', '│ a │', '╰───╯']);
  });

  test('paints labels only', () => {
    const label = [{ text: '=', paint: (text: string) => `<${text}>` }, { text: ' a' }];
    expect(drawBoxes({ nodes: [{ id: 'a', label }], edges: [] })[1]).toBe('│ <=> a │');
  });

  test('lets every line be followed from its one box to its other', () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.record({
        names: fc.constant(Array.from({ length: size }, (_, index) => `s${index}x`)),
        widths: fc.array(fc.nat({ max: 9 }), { minLength: size, maxLength: size }),
        pairs: fc.uniqueArray(pairBelow(size), {
          maxLength: size === 1 ? 0 : 24,
          selector: ([a, b]) => `${a} ${b}`,
        }),
      }),
    );
    fc.assert(
      fc.property(graphs, ({ names, widths, pairs }) => {
        const labels = names.map((name, index) => name + '_'.repeat(widths[index] ?? 0));
        const edges = pairs.map(([a, b]) => [labels[a] ?? '', labels[b] ?? ''] as const);
        const found = traceEdges(drawing(labels, edges), labels);
        expect(found).toEqual(edges.map(([from, to]) => `${from}>${to}`).sort());
      }),
      { numRuns: Number(process.env.GRAPH_RUNS ?? 300) },
    );
  });
});
