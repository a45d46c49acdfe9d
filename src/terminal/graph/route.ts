import type { Vertex } from './layers.ts';

/** All lines that come from one vertex, between its layer and the next. */
export interface Net {
  /** The column where it leaves its vertex, in the last row of that. */
  readonly start: number;
  /** The columns where it enters vertices of the next layer. */
  readonly ends: readonly number[];
  /** The row between the layers, from 0, in which it runs sideways. */
  readonly row: number;
}

/** The lines between one layer and the next. */
export interface Gap {
  readonly nets: readonly Net[];
  /** How many rows they take. */
  readonly height: number;
}

/**
 * Leads the lines from one layer to the next so that each can be followed by eye: no two nets touch,
 * they only cross. For that each line enters in a column in which no other leaves above, and nets
 * that overlap sideways take different rows. `starts` is the column where each upper vertex is left;
 * also gives that column for the lower vertices, as a bend is left where it is entered.
 */
export function routeGap(
  upper: readonly Vertex[],
  lower: readonly Vertex[],
  starts: readonly number[],
): { gap: Gap; starts: readonly number[] } {
  const entries = enter(upper, lower, starts);
  const nets = upper.flatMap((vertex, index) => {
    const start = starts[index] ?? centre(vertex);
    const ends = vertex.below.map((each) => entries.get(pair(index, each)) ?? start);
    return ends.length === 0 ? [] : [{ start, ends: ends.sort((a, b) => a - b) }];
  });
  const gap = assignRows(nets);
  const left = lower.map((vertex, index) => {
    if (vertex.id !== undefined) return centre(vertex);
    const from = upper.findIndex(({ below }) => below.includes(index));
    return entries.get(pair(from, index)) ?? vertex.left;
  });
  return { gap, starts: left };
}

/** The column in the middle of a vertex. */
export function centre({ left, width }: Vertex): number {
  return left + Math.floor((width - 1) / 2);
}

const pair = (from: number, to: number) => `${from} ${to}`;

/** Chooses the column in which each line enters its lower vertex. */
function enter(
  upper: readonly Vertex[],
  lower: readonly Vertex[],
  starts: readonly number[],
): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  const leaving = new Map(
    upper.flatMap((vertex, index) =>
      vertex.below.length === 0 ? [] : [[starts[index] ?? centre(vertex), index] as const],
    ),
  );
  const taken = new Set<number>();
  for (const [to, vertex] of lower.entries()) {
    const sources = upper
      .flatMap((above, index) => (above.below.includes(to) ? [index] : []))
      .sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
    const isFreeFor = (column: number, source: number) =>
      !taken.has(column) && (!leaving.has(column) || leaving.get(column) === source);
    const [first, last] =
      vertex.id === undefined
        ? [vertex.left - 1, vertex.left + 1]
        : [vertex.left + 1, vertex.left + vertex.width - 2];
    let from = first;
    for (const [rank, source] of sources.entries()) {
      const start = starts[source] ?? 0;
      const ideal =
        vertex.id === undefined
          ? vertex.left
          : sources.length === 1
            ? within(start, first, last)
            : Math.round(first + ((rank + 1) * (last - first)) / (sources.length + 1));
      const free = range(first, last).filter((column) => isFreeFor(column, source));
      const inOrder = free.filter(
        (column) => column >= from && column <= last - 2 * (sources.length - 1 - rank),
      );
      // Lines that enter in another order than they come cross once more, but never touch.
      const column = nearest(inOrder, ideal) ?? nearest(free, ideal) ?? ideal;
      columns.set(pair(source, to), column);
      taken.add(column);
      from = column + 1;
    }
  }
  return columns;
}

/** Nets that overlap sideways get different rows; those that go straight down need none. */
function assignRows(nets: readonly Omit<Net, 'row'>[]): Gap {
  const lastColumns: number[] = [];
  const rows = new Map<Omit<Net, 'row'>, number>();
  const byLeft = [...nets].sort((a, b) => leftOf(a) - leftOf(b));
  for (const net of byLeft.filter((each) => leftOf(each) < rightOf(each))) {
    const free = lastColumns.findIndex((column) => column < leftOf(net) - 1);
    const row = free === -1 ? lastColumns.length : free;
    lastColumns[row] = rightOf(net);
    rows.set(net, row);
  }
  return {
    nets: nets.map((net) => ({ ...net, row: rows.get(net) ?? 0 })),
    height: Math.max(1, lastColumns.length),
  };
}

const leftOf = ({ start, ends }: Omit<Net, 'row'>) => Math.min(start, ...ends);
const rightOf = ({ start, ends }: Omit<Net, 'row'>) => Math.max(start, ...ends);

function within(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function nearest(columns: readonly number[], ideal: number): number | undefined {
  return columns.reduce<number | undefined>(
    (best, column) =>
      best === undefined || Math.abs(column - ideal) < Math.abs(best - ideal) ? column : best,
    undefined,
  );
}
