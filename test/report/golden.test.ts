import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseReport } from '../../src/report/file/parse.ts';
import { commentLength, renderMarkdown } from '../../src/report/render/markdown/render.ts';
import { situations } from './golden-situations.ts';

const folder = fileURLToPath(new URL('../../../test/report/golden', import.meta.url));
/** Writes the files anew; read their diff before committing it. */
const update = process.env.UPDATE_GOLDEN === '1';

describe('the comment on', () => {
  test.each(situations)('$name', ({ name, report }) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.md`);
    const { text } = renderMarkdown(report, { restIn: 'the job summary' });
    if (update) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, text);
    }
    expect(existsSync(path)).toBe(true);
    expect(text).toBe(readFileSync(path, 'utf8'));
    expect(text.length).toBeLessThanOrEqual(commentLength);
  });

  test.each(situations)('$name is what a report in JSON gives too', ({ report }) => {
    const read = parseReport(JSON.stringify(report), 'report.json');
    expect(renderMarkdown(read).text).toBe(renderMarkdown(report).text);
  });
});
