/** What a line in a cell is joined with. */
const side = { up: 1, down: 2, left: 4, right: 8 } as const;

/** The character of each sum of sides; a line that ends in its cell is drawn through it. */
const characters = ' │││─╯╮┤─╰╭├─┴┬┼';

type Paint = (text: string) => string;

interface Cell {
  readonly text: string;
  readonly paint: Paint | undefined;
}

/** The sides of one cell, and where lines of two nets cross those of the first. */
interface Lines {
  sides: number;
  net: number | undefined;
  isCrossing: boolean;
}

/**
 * A grid of characters in which lines of one net that meet are joined. Where those of two nets meet
 * the one that goes down is drawn, as if the other passed below it.
 */
export class Canvas {
  private readonly lines: Lines[][] = [];
  private readonly texts: Map<number, Cell>[] = [];

  /** A line down from the middle of `top` to the middle of `bottom`; without a net it joins all. */
  down(column: number, top: number, bottom: number, net?: number): void {
    for (let row = top; row < bottom; row++) {
      this.join(row, column, side.down, net);
      this.join(row + 1, column, side.up, net);
    }
  }

  /** A line from the middle of `left` to the middle of `right`. */
  across(row: number, left: number, right: number, net?: number): void {
    for (let column = left; column < right; column++) {
      this.join(row, column, side.right, net);
      this.join(row, column + 1, side.left, net);
    }
  }

  private join(row: number, column: number, sides: number, net: number | undefined): void {
    this.lines[row] ??= [];
    const cells = this.lines[row];
    cells[column] ??= { sides: 0, net: undefined, isCrossing: false };
    const cell = cells[column];
    if (cell.net !== undefined && net !== undefined && cell.net !== net) cell.isCrossing = true;
    cell.sides |= sides;
    cell.net ??= net;
  }

  write(row: number, column: number, text: string, paint?: Paint): void {
    this.texts[row] ??= new Map();
    for (const [index, letter] of [...text].entries()) {
      this.texts[row].set(column + index, { text: letter, paint });
    }
  }

  rows(): string[] {
    const height = Math.max(this.lines.length, this.texts.length);
    return Array.from({ length: height }, (_, row) => this.row(row).trimEnd());
  }

  private row(row: number): string {
    const cells = this.lines[row] ?? [];
    const texts = this.texts[row] ?? new Map<number, Cell>();
    const width = Math.max(cells.length, 1 + Math.max(-1, ...texts.keys()));
    let painted = '';
    let run = '';
    let paint: Paint | undefined;
    const flush = () => {
      painted += paint && run !== '' ? paint(run) : run;
      run = '';
    };
    for (let column = 0; column < width; column++) {
      const cell = texts.get(column);
      if (cell?.paint !== paint) flush();
      paint = cell?.paint;
      run += cell?.text ?? character(cells[column]);
    }
    flush();
    return painted;
  }
}

function character(cell: Lines | undefined): string {
  if (cell === undefined) return ' ';
  return characters[cell.isCrossing ? side.up | side.down : cell.sides] ?? ' ';
}
