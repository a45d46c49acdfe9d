import { htmlCode, htmlText, safeAddress } from '../../../text/markdown-escape.ts';
import type { Format } from '../format.ts';

/** HTML for the report page. */
export const html: Format = {
  quote: htmlCode,
  cell: htmlCode,
  muted: (words) => `<i>${words}</i>`,
  strong: (words) => `<b>${words}</b>`,
  state: (tone, sign, words) => `<span class="${tone}">${sign} ${words}</span>`,
  link: (words, address) => {
    const target = safeAddress(address);
    return target === undefined ? words : `<a href="${htmlText(target)}">${words}</a>`;
  },
  table: (columns, rows, numbers) => {
    const row = (cells: readonly string[], tag: string) =>
      `<tr>${cells
        .map((cell, index) => {
          const right = index < columns.length - numbers ? '' : ' class="number"';
          return `<${tag}${right}>${cell}</${tag}>`;
        })
        .join('')}</tr>`;
    return `<table>\n<thead>${row(columns, 'th')}</thead>\n<tbody>\n${rows
      .map((cells) => row(cells, 'td'))
      .join('\n')}\n</tbody>\n</table>`;
  },
};
