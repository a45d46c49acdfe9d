import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { installPackages } from '../../src/container/setup/debian.ts';
import { drawPlots } from '../../src/report/file/folder.ts';
import { renderHtml } from '../../src/report/render/html/render.ts';
import { situations } from '../report/golden-situations.ts';
import { pixelsOf } from '../rig/png.ts';
import { onPath } from '../rig/tools/command.ts';

const browser = 'chromium';

const folder = mkdtempSync(join(tmpdir(), 'sibling-page-'));
let page = '';
beforeAll(async () => {
  const report = (line: string) => process.stderr.write(`${line}\n`);
  if (!onPath(browser)) await installPackages([browser], report);
  const [situation] = situations;
  if (!situation) throw new Error('there is no situation');
  const drawn = await drawPlots({ plots: situation.plots, templates: new Map() });
  page = renderHtml(situation.report, drawn);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the browser shows of a page, without any network. */
function screenshot(html: string): Buffer {
  writeFileSync(join(folder, 'report.html'), html);
  execFileSync(
    browser,
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
      ...['--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${join(folder, 'profile')}`],
      ...['--window-size=1100,1400', `--screenshot=${join(folder, 'page.png')}`],
      `file://${join(folder, 'report.html')}`,
    ],
    { stdio: 'ignore', timeout: 60_000 },
  );
  return readFileSync(join(folder, 'page.png'));
}

describe('the report page in a browser, offline', () => {
  test('shows the curves of both revisions', () => {
    const shown = screenshot(page);
    expect(pixelsOf(shown, '0969da')).toBeGreaterThan(500);
    expect(pixelsOf(shown, '8c959f')).toBeGreaterThan(300);
  });

  test('shows what is good in green', () => {
    expect(pixelsOf(screenshot(page), '1a7f37')).toBeGreaterThan(20);
  });

  test('runs no script, whoever put it there', () => {
    const red = '<script>document.body.style.background = "#ff0000"</script></body>';
    expect(pixelsOf(screenshot(page.replace('</body>', red)), 'ff0000')).toBe(0);
    const free = page.replace(/<meta http-equiv[^>]*>/, '').replace('</body>', red);
    expect(pixelsOf(screenshot(free), 'ff0000')).toBeGreaterThan(1_000);
  });
});
