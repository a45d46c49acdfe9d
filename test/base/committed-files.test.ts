import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { committedFiles } from '../../src/base/committed-files.ts';
import { collectResults } from '../../src/report/assemble/collect-results.ts';
import { readPlots } from '../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../src/report/plots/spec.ts';
import { textOf } from '../../src/revision/entry.ts';
import { workspaceFiles } from '../../src/revision/workspace-files.ts';
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
    const found = textOf(await files.at(path));
    return found && ('text' in found ? found.text : found.problem);
  };
  expect(await text('live/plots/metrics')).toBe('it is a folder');
  expect(await files.list('live/plots/metrics')).toEqual([
    'live/plots/metrics/acc.tsv',
    'live/plots/metrics/train/loss.tsv',
  ]);
  expect([await text('here.csv'), await text('link.csv')]).toEqual([big, big]);
  expect(await text('away.csv')).toMatch(/it is a Git LFS pointer/);
  expect(await text('module/x')).toMatch(/it is of the submodule module,/);
  expect([(await files.at('module')).kind, await text('gone')]).toEqual(['submodule', undefined]);

  const entry = { 'live/plots/metrics': { cache: false, x: 'step' } };
  const plots = [
    { folder: '.', entry },
    { folder: '.', entry: 'away.csv' },
  ];
  const wanted = { locks: [], metrics: [], params: [], plots };
  const options = { folderOf: () => '.', objects: [] };
  write('live/plots/metrics/acc.tsv', 'step\tacc\n0\t0.75\n');
  const before = (await collectResults(wanted, files, options)).plots;
  const after = (await collectResults(wanted, workspaceFiles(root), options)).plots;
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

describe('paths of any kind', () => {
  const odd = mkdtempSync(join(tmpdir(), 'sibling-odd-'));
  afterAll(() => rmSync(odd, { recursive: true, force: true }));
  const project = join(odd, 'a project');
  const names = [':x/y', 'q"\n z', '-lead', 'a*', 'aXb', 'ä/€.json', "it's", 'deep/er/x', ' sp '];
  let files: ReturnType<typeof committedFiles>;
  const said = async (path: string) => {
    const found = textOf(await files.at(path));
    return found && ('text' in found ? found.text : found.problem);
  };

  beforeAll(() => {
    for (const name of names) {
      mkdirSync(dirname(join(project, name)), { recursive: true });
      writeFileSync(join(project, name), `text of ${name}`);
    }
    mkdirSync(join(project, 'raw'));
    writeFileSync(Buffer.concat([Buffer.from(join(project, 'raw/')), Buffer.from([0xff])]), 'raw');
    writeFileSync(join(project, 'latin.yaml'), Buffer.from('name: caf\xe9\n', 'latin1'));
    writeFileSync(join(project, 'crlf.json'), '{"a": 1}\r\n');
    writeFileSync(join(project, 'id.yaml'), 'a: $Id$\n');
    writeFileSync(join(odd, 'beside.json'), 'beside');
    writeFileSync(join(odd, '.gitattributes'), '*.json text=auto eol=crlf\n*.yaml ident\n');
    const links: Readonly<Record<string, string>> = {
      ...{ link: 'deep/er/x', folder: 'deep', chain: 'link', up: '../beside.json', round: 'round' },
      ...{ dead: 'nothing', out: '../../etc/passwd', whole: '/etc/passwd', 'deep/back': '..' },
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(project, name));
    git(odd, 'init', '--quiet');
    git(odd, 'add', '--all');
    git(odd, 'commit', '--quiet', '--message', 'one');
    files = committedFiles(project, git(odd, 'rev-parse', 'HEAD'));
  });

  test('each is read, all at once', async () => {
    expect(await Promise.all(names.map(said))).toEqual(names.map((name) => `text of ${name}`));
    expect(await said('a?b')).toBeUndefined();
  });

  test.each([
    ['folder/er/x', 'text of deep/er/x'],
    ['folder/back/chain', 'text of deep/er/x'],
    ['./deep/../link', 'text of deep/er/x'],
    ['up', 'beside'],
    ['../beside.json', 'beside'],
    ['crlf.json', '{"a": 1}\n'],
    ['id.yaml', 'a: $Id$\n'],
    ['latin.yaml', 'it is not UTF-8 text'],
    ['round', 'it is a link to round, which is not there'],
    ['dead', 'it is a link to nothing, which is not there'],
    ['out', 'it is a link to ../../etc/passwd, which is not there'],
    ['whole', 'it is a link to /etc/passwd, which is not there'],
    ['whole/x', 'it is a link to /etc/passwd, which is not there'],
    ['folder', 'it is a folder'],
    ['.', 'it is a folder'],
    ['link/inside', undefined],
    ['../../outside', undefined],
    ['/etc/passwd', undefined],
    ['nul\0', undefined],
    ['', 'it is a folder'],
  ])('%j is %j', async (path, expected) => {
    expect(await said(path)).toBe(expected);
  });

  test('what is in a folder can be read by the names that it is listed by', async () => {
    expect(await files.list('folder')).toEqual(['folder/back', 'folder/er/x']);
    const [name = ''] = await files.list('raw');
    expect(await said(name)).toBe('raw');
    expect(await files.list('link')).toEqual([]);
    expect(await files.list('.')).toContain('raw/\ufffd');
  });

  test('a file that is a folder at another revision, and its history', async () => {
    rmSync(join(project, 'deep'), { recursive: true });
    writeFileSync(join(project, 'deep'), 'now a file');
    git(odd, 'add', '--all');
    git(odd, 'commit', '--quiet', '--message', 'two');
    const later = committedFiles(project, git(odd, 'rev-parse', 'HEAD'));
    expect((await later.at('deep')).kind).toBe('file');
    const history = await later.history('deep', 5);
    expect(history.map(({ entry }) => entry.kind)).toEqual(['file', 'folder']);
    expect((await later.at('folder/er/x')).kind).toBe('absent');
  });
});
