import { Graph, layout } from '@dagrejs/dagre';

/** A directed graph without cycles, to be drawn as boxes and lines. */
export interface DrawnGraph {
  /** `width` is that of the label in the box, in columns. */
  readonly nodes: readonly { readonly id: string; readonly width: number }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Something that an edge passes in a layer: a box, or a bend, which is where the line of an edge
 * that leads over several layers goes through one of them.
 */
export interface Vertex {
  /** The node's id; undefined for a bend. */
  readonly id: string | undefined;
  /** First column, and how many. A bend has one. */
  readonly left: number;
  readonly width: number;
  /** Vertices of the next layer that it is joined with, by their index there. */
  readonly below: readonly number[];
}

interface OpenVertex extends Vertex {
  left: number;
  readonly below: number[];
}

/** Blank columns between two boxes. */
const boxGap = 3;

/** Columns between two bends: each may be moved by one and still not touch the other. */
const bendGap = 5;

/** Columns of a box beside its label: two sides, two blanks. */
const frame = 4;

/**
 * Puts the nodes in layers, each below all that it comes from, ordered so that few lines cross and
 * most are short. Ranks and coordinates are dagre's, rounded to columns.
 */
export function layers(graph: DrawnGraph): readonly (readonly Vertex[])[] {
  const placed = place(graph);
  const rankOf = ranks(graph.nodes.map(({ id }) => placed.node(id).y));
  const rows: OpenVertex[][] = [...rankOf].map(() => []);
  const boxes = new Map<string, OpenVertex>();
  for (const { id } of graph.nodes) {
    const { x, y, width } = placed.node(id);
    const box = { id, left: Math.round(x - width / 2), width, below: [] };
    boxes.set(id, box);
    rows[rankOf.get(y) ?? 0]?.push(box);
  }
  const chains = graph.edges.map(({ from, to }) => {
    const bends = placed
      .edge({ v: from, w: to })
      .points.flatMap(({ x, y }: { x: number; y: number }) => {
        const rank = rankOf.get(y);
        if (rank === undefined) return [];
        const bend: OpenVertex = { id: undefined, left: Math.round(x), width: 1, below: [] };
        rows[rank]?.push(bend);
        return [bend];
      });
    return [boxes.get(from), ...bends, boxes.get(to)].filter((vertex) => vertex !== undefined);
  });
  moveToFirstColumn(rows.flat());
  for (const row of rows) row.sort((a, b) => a.left - b.left);
  const indexOf = new Map(rows.flatMap((row) => row.map((vertex, index) => [vertex, index])));
  for (const chain of chains) {
    for (const [step, vertex] of chain.slice(1).entries()) {
      chain[step]?.below.push(indexOf.get(vertex) ?? 0);
    }
  }
  return rows;
}

/** dagre centres what may be wider than its boxes: a bend at the side gets columns as well. */
function moveToFirstColumn(vertices: readonly OpenVertex[]): void {
  const first = vertices.reduce(
    (least, { id, left }) => Math.min(least, id === undefined ? left - 1 : left),
    Number.POSITIVE_INFINITY,
  );
  for (const vertex of vertices) vertex.left -= first;
}

/** The layer of each height at which there are boxes; dagre bends edges at other heights as well. */
function ranks(heights: readonly number[]): ReadonlyMap<number, number> {
  const sorted = [...new Set(heights)].sort((a, b) => a - b);
  return new Map(sorted.map((y, rank) => [y, rank]));
}

function place({ nodes, edges }: DrawnGraph) {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: boxGap, edgesep: bendGap, ranksep: 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  const entering = new Map<string, number>();
  for (const { to } of edges) entering.set(to, (entering.get(to) ?? 0) + 1);
  for (const { id, width } of nodes) {
    // Each line that enters has a column of its own; a third of the columns may be taken by others.
    const forLines = 2 * (entering.get(id) ?? 0) + 3;
    graph.setNode(id, { width: Math.max(width + frame, forLines), height: 3 });
  }
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  return graph;
}
