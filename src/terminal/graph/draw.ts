import { Canvas } from './canvas.ts';
import { layers, type Vertex } from './layers.ts';
import { centre, type Gap, routeGap } from './route.ts';

/** What stands in a box, in parts that may have colours. */
export type Label = readonly { readonly text: string; readonly paint?: (text: string) => string }[];

export interface BoxGraph {
  readonly nodes: readonly { readonly id: string; readonly label: Label }[];
  /** Between nodes of the graph; must not form a cycle. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** Rows of a box: two sides and its label. */
const boxHeight = 3;

/**
 * Draws a graph in layers, each box below those it comes from, as lines of text. Every line of the
 * drawing can be followed: lines of one box branch (`┼`), those of different boxes pass below one
 * another (`─│─`).
 */
export function drawBoxes({ nodes, edges }: BoxGraph): string[] {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  const rows = layers({
    nodes: nodes.map(({ id, label }) => ({ id, width: lengthOf(label) })),
    edges,
  });
  const canvas = new Canvas();
  let top = 0;
  let starts = (rows[0] ?? []).map(centre);
  for (const [rank, row] of rows.entries()) {
    const bottom = top + boxHeight - 1;
    for (const [index, vertex] of row.entries()) {
      if (vertex.id === undefined) canvas.down(starts[index] ?? vertex.left, top, bottom);
      else drawBox(canvas, vertex, top, labels.get(vertex.id) ?? []);
    }
    const { gap, starts: next } = routeGap(row, rows[rank + 1] ?? [], starts);
    drawGap(canvas, gap, bottom);
    starts = [...next];
    top = bottom + gap.height + 1;
  }
  return canvas.rows();
}

function drawBox(canvas: Canvas, { left, width }: Vertex, top: number, label: Label): void {
  const right = left + width - 1;
  const bottom = top + boxHeight - 1;
  for (const row of [top, bottom]) canvas.across(row, left, right);
  for (const column of [left, right]) canvas.down(column, top, bottom);
  let column = left + Math.ceil((width - lengthOf(label)) / 2);
  for (const { text, paint } of label) {
    canvas.write(top + 1, column, text, paint);
    column += [...text].length;
  }
}

/** Draws the lines below the row `above`, in which the boxes of the upper layer end. */
function drawGap(canvas: Canvas, { nets, height }: Gap, above: number): void {
  for (const [net, { start, ends, row }] of nets.entries()) {
    const turn = above + 1 + row;
    canvas.down(start, above, turn, net);
    canvas.across(turn, Math.min(start, ...ends), Math.max(start, ...ends), net);
    for (const end of ends) canvas.down(end, turn, above + height + 1, net);
  }
}

function lengthOf(label: Label): number {
  return label.reduce((sum, { text }) => sum + [...text].length, 0);
}
