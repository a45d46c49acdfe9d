import { cellCode, code, link } from '../../../text/markdown-escape.ts';
import type { Format } from '../format.ts';

/** GitHub-flavoured Markdown. */
export const markdown: Format = {
  quote: code,
  cell: cellCode,
  muted: (words) => `*${words}*`,
  strong: (words) => `**${words}**`,
  state: (_, sign, words) => `${sign} ${words}`,
  link,
  table: (columns, rows, numbers) => {
    const rule = columns.map((_, index) => (index < columns.length - numbers ? '---' : '---:'));
    return [columns, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  },
};

/** A block that a reader opens; `summary` is HTML. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
