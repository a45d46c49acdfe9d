/** A part of a text, from the first offset to before the second, and what to write instead. */
export type Range = readonly [from: number, to: number, instead?: string];

/** The text without the ranges, which may lie in any order and overlap. */
export function withoutRanges(text: string, ranges: readonly Range[]): string {
  let result = '';
  let at = 0;
  for (const [from, to, instead = ''] of ranges.toSorted(([left], [right]) => left - right)) {
    if (from > at) result += text.slice(at, from);
    result += instead;
    at = Math.max(at, to);
  }
  return result + text.slice(at);
}

/** Offset of the first character of the line, behind a byte order mark. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/** Offset behind the line's end. An offset at a line's start is behind the line before. */
export function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/**
 * Where the lines of a comment begin that stand directly above the line that starts at `start`, as
 * far left as `column` says, and not above `floor`; `start` itself without them.
 */
export function commentAbove(text: string, start: number, column: number, floor: number): number {
  let first = start;
  while (first > floor) {
    const above = lineStart(text, first - 1);
    if (above < floor || text.slice(above, first).search(/\S/) !== column) break;
    if (text[above + column] !== '#') break;
    first = above;
  }
  return first;
}

/**
 * Where what belongs to an entry that ends on the line before `end` has its own end: blank lines
 * after it, and comments that stand as far right as it or further.
 */
export function restBelow(text: string, end: number, column: number): number {
  let at = end;
  while (at < text.length) {
    const next = text.indexOf('\n', at) + 1 || text.length;
    const line = text.slice(at, next);
    const first = line.search(/\S/);
    if (first !== -1 && (line[first] !== '#' || first < column)) return at;
    at = next;
  }
  return text.length;
}

/** One entry of a collection in brackets, its comma not included. */
export interface Entry {
  readonly range: Range;
  readonly isKept: boolean;
}

/** The ranges to take out of a collection in brackets, so that commas remain between what is kept. */
export function entryRanges(entries: readonly Entry[]): Range[] {
  const firstKept = entries.findIndex(({ isKept }) => isKept);
  return entries.flatMap(({ range: [from, to], isKept }, at): Range[] => {
    if (isKept) return [];
    if (at < firstKept) return [[from, entries[at + 1]?.range[0] ?? to]];
    return [[entries[at - 1]?.range[1] ?? from, to]];
  });
}
