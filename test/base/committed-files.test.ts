import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { committedFiles } from '../../src/base/committed-files.ts';
import { collectResults } from '../../src/report/collect-results.ts';
import { readPlotSpecs } from '../../src/report/plots/plot-spec.ts';
import { readPlots } from '../../src/report/plots/read-plots.ts';
import { workspaceReader } from '../../src/report/revision-reader.ts';
import { git } from '../rig/stage-project.ts';

const root = mkdtempSync(join(tmpdir(), 'sibling-committed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test('a path at a commit is a file, a folder, a link, a submodule, a pointer, or nothing', async () => {
  const big = 'step,loss\n0,1\n';
  const hash = createHash('sha256').update(big).digest('hex');
  const pointer = (oid: string) =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${big.length}\n`;
  git(root, 'init', '--quiet');
  write('live/plots/metrics/train/loss.tsv', 'step\tloss\n0\t1\n');
  write('live/plots/metrics/acc.tsv', 'step\tacc\n0\t0.5\n');
  write('here.csv', pointer(hash));
  write('away.csv', pointer('b'.repeat(64)));
  symlinkSync('here.csv', join(root, 'link.csv'));
  git(root, 'add', '--all');
  git(root, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
  git(root, 'commit', '--quiet', '--message', 'one');
  write(join('.git/lfs/objects', hash.slice(0, 2), hash.slice(2, 4), hash), big);
  const files = committedFiles(root, git(root, 'rev-parse', 'HEAD'));
  const text = async (path: string) => {
    const content = await files.read(path);
    return content && new TextDecoder().decode(content);
  };
  expect(await text('live/plots/metrics')).toBeUndefined();
  expect(await files.list('live/plots/metrics')).toEqual([
    'live/plots/metrics/acc.tsv',
    'live/plots/metrics/train/loss.tsv',
  ]);
  expect([await text('here.csv'), await text('link.csv')]).toEqual([big, big]);
  expect(await text('away.csv')).toBe(pointer('b'.repeat(64)));
  expect([await text('module'), await text('gone')]).toEqual([undefined, undefined]);

  const entry = { 'live/plots/metrics': { cache: false, x: 'step' } };
  const plots = [
    { folder: '.', entry },
    { folder: '.', entry: 'away.csv' },
  ];
  const wanted = { locks: [], metrics: [], params: [], plots };
  const options = { folderOf: () => '.', objects: [] };
  write('live/plots/metrics/acc.tsv', 'step\tacc\n0\t0.75\n');
  const before = (await collectResults(wanted, files, options)).plots;
  const after = (await collectResults(wanted, workspaceReader(root), options)).plots;
  const specs = readPlotSpecs(
    plots,
    [...before, ...after].map(({ path }) => path),
  );
  const drawn = readPlots(specs, before, after).map((plot) => [
    ...[plot.spec.id, plot.before?.[0]?.y, plot.after?.[0]?.y, plot.problems.length],
  ]);
  expect(drawn.toSorted()).toEqual([
    ['away.csv', undefined, undefined, 1],
    ['live/plots/metrics/acc.tsv', '0.5', '0.75', 0],
    ['live/plots/metrics/train/loss.tsv', '1', '1', 0],
  ]);
});
