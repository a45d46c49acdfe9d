import { drawBoxes } from '../../terminal/graph/draw.ts';
import { type Style, stripColour } from '../../terminal/style.ts';
import type { Pipeline } from '../pipeline.ts';
import type { StageStatus } from './pipeline-status.ts';

type State = StageStatus['state'];

const marks: Readonly<Record<State, string>> = { unchanged: '=', stale: '▶', 'ask-dvc': '?' };
const colours = { unchanged: 'green', stale: 'yellow', 'ask-dvc': 'red' } as const;

/** More than this takes dagre seconds, and nobody follows the lines. */
const maxDrawn = { stages: 100, edges: 200 };

/**
 * Draws the stages of a pipeline in layers, each with its state as a mark; one that has none is
 * DVC's to judge. A graph of very many stages, or wider than `columns`, becomes a list in running
 * order, each stage with what it waits for.
 */
export function drawStates(
  { stages, upstream }: Pick<Pipeline, 'stages' | 'upstream'>,
  states: ReadonlyMap<string, State>,
  styled: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const nodes = stages.map(({ address }) => {
    const state = states.get(address) ?? 'ask-dvc';
    const paint = styled[colours[state]];
    return { id: address, label: [{ text: marks[state], paint }, { text: ` ${address}` }] };
  });
  const edges = nodes.flatMap(({ id: to }) =>
    (upstream.get(to) ?? []).map((from) => ({ from, to })),
  );
  if (nodes.length <= maxDrawn.stages && edges.length <= maxDrawn.edges) {
    const drawing = drawBoxes({ nodes, edges });
    if (drawing.every((row) => [...stripColour(row)].length <= columns)) return drawing;
  }
  return nodes.map(({ id, label }) => {
    const stage = label.map(({ text, paint }) => (paint ? paint(text) : text)).join('');
    const producers = upstream.get(id) ?? [];
    return producers.length > 0 ? `${stage}  ← ${producers.join(', ')}` : stage;
  });
}
