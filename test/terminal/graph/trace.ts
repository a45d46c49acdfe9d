type Direction = 'up' | 'down' | 'left' | 'right';

const open: Readonly<Record<string, readonly Direction[]>> = {
  '│': ['up', 'down'],
  '─': ['left', 'right'],
  '╯': ['up', 'left'],
  '╰': ['up', 'right'],
  '╮': ['down', 'left'],
  '╭': ['down', 'right'],
  '┤': ['up', 'down', 'left'],
  '├': ['up', 'down', 'right'],
  '┴': ['up', 'left', 'right'],
  '┬': ['down', 'left', 'right'],
  '┼': ['up', 'down', 'left', 'right'],
};
const opposite = { up: 'down', down: 'up', left: 'right', right: 'left' } as const;
const step = { up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1] } as const;

/** A box as found in a drawing: its label, and the rows and columns of its sides. */
interface FoundBox {
  readonly label: string;
  readonly top: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Reads a drawing as a person does: finds the boxes by their labels and follows each line down from
 * a box, below the lines that it crosses. Gives the edges as `from>to`, sorted.
 */
export function traceEdges(rows: readonly string[], labels: readonly string[]): string[] {
  const boxes = labels.map((label) => findBox(rows, label));
  const found = new Set<string>();
  for (const box of boxes) {
    for (let column = box.left; column <= box.right; column++) {
      if (rows[box.top + 2]?.[column] !== '┬') continue;
      follow(rows, box.top + 3, column, 'down', boxes, (to) => found.add(`${box.label}>${to}`));
    }
  }
  return [...found].sort();
}

function findBox(rows: readonly string[], label: string): FoundBox {
  const pattern = new RegExp(`│ *${label} *│`);
  const row = rows.findIndex((text) => pattern.test(text));
  const match = pattern.exec(rows[row] ?? '');
  if (!match) throw new Error(`no box of ${label} in\n${rows.join('\n')}`);
  return { label, top: row - 1, left: match.index, right: match.index + match[0].length - 1 };
}

function follow(
  rows: readonly string[],
  row: number,
  column: number,
  going: Direction,
  boxes: readonly FoundBox[],
  arrive: (label: string) => void,
): void {
  const box = boxes.find(
    ({ top, left, right }) => top <= row && row <= top + 2 && left <= column && column <= right,
  );
  if (box) {
    if (row !== box.top || going !== 'down' || rows[row]?.[column] !== '┴') {
      throw new Error(`a line runs into the side of ${box.label} in\n${rows.join('\n')}`);
    }
    arrive(box.label);
    return;
  }
  const character = rows[row]?.[column] ?? ' ';
  const isPassedBelow = character === '│' && (going === 'left' || going === 'right');
  const ways = isPassedBelow ? [going] : (open[character] ?? []);
  if (!isPassedBelow && !ways.includes(opposite[going])) {
    throw new Error(`a line breaks off at ${row}:${column} in\n${rows.join('\n')}`);
  }
  for (const way of ways) {
    if (way === opposite[going]) continue;
    const [down, right] = step[way];
    follow(rows, row + down, column + right, way, boxes, arrive);
  }
}
