import { type Style, stripColour } from '../../../terminal/style.ts';
import { table } from '../../../terminal/table.ts';
import { visible } from '../../../text/markdown-escape.ts';
import type { Format, Tone } from '../format.ts';

/** Text for a terminal: colours instead of signs, and no escape sequence of somebody else's. */
export function terminalFormat(style: Style): Format {
  const colours: Readonly<Record<Tone, (text: string) => string>> = {
    good: style.green,
    bad: style.red,
    warning: style.yellow,
    neutral: (text) => text,
  };
  return {
    quote: (untrusted, maxLength) => style.bold(visible(untrusted, maxLength)),
    cell: visible,
    muted: style.dim,
    strong: style.bold,
    state: (tone, _, words) => colours[tone](words),
    link: (words, address) => `${words} ${visible(address, 500)}`,
    table: (columns, rows, numbers) => {
      const widths = columns.map((_, column) =>
        Math.max(...[columns, ...rows].map((cells) => letters(cells[column] ?? ''))),
      );
      const aligned = [columns.map(style.dim), ...rows].map((cells) =>
        cells.map((cell, column) =>
          column < columns.length - numbers
            ? cell
            : ' '.repeat((widths[column] ?? 0) - letters(cell)) + cell,
        ),
      );
      return table(aligned);
    },
  };

  function letters(cell: string): number {
    return [...stripColour(cell)].length;
  }
}
