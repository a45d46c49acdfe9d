/** A block that a reader opens; `summary` is HTML. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A GFM table; the last `numbers` columns are aligned to the right. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: number,
): string {
  const rule = columns.map((_, index) => (index < columns.length - numbers ? '---' : '---:'));
  return [columns, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
