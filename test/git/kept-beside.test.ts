import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gitData } from '../../src/git/kept-beside.ts';
import { isLfsPointer } from '../../src/git/lfs/pointer.ts';
import { standIns } from '../../src/stage/stand-ins/refuse.ts';
import { git } from '../rig/stage-project.ts';

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sibling-git-data-'));
  git(root, 'init', '--quiet');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A submodule as a clone without `--recurse-submodules` has it: an empty folder. */
function submodule(path: string): void {
  mkdirSync(join(root, path), { recursive: true });
  appendFileSync(join(root, '.gitmodules'), `[submodule "${path}"]\n\tpath = ${path}\n`);
  git(root, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},${path}`);
}

async function found(deps: readonly string[], folder = '.'): Promise<string[]> {
  const params = [{ path: 'params.yaml', keys: [] }];
  const stage = { address: 's', name: 's', deps, params, meta: null, file: 'dvc.yaml', line: 2 };
  const all = await standIns(join(root, folder), [stage]);
  return all.map(({ failure: { failure } }) => `${failure.cause} | ${failure.hint}`);
}

test.each([
  ['a pointer', pointer, true],
  ['with CRLF', pointer.replaceAll('\n', '\r\n'), true],
  ['with an extension', pointer.replace('oid', `ext-0-foo sha256:${'b'.repeat(64)}\noid`), true],
  ['a text about pointers', `See:\n${pointer}`, false],
  ['too long', pointer + '#'.repeat(1024), false],
  ['only the first line', pointer.split('\n', 1)[0] ?? '', false],
  ['with another version', pointer.replace('git-lfs.github', 'hawser.github'), true],
  ['with the first version of all', pointer.replace(/https.*v1/, 'http://git-media.io/v/2'), true],
  ['with a version of somebody else', pointer.replace('git-lfs.github', 'example'), false],
  ['nothing', '', false],
])('%s', (_, text, expected) => {
  expect(isLfsPointer(Buffer.from(text))).toBe(expected);
});

test('a dep that is a pointer, holds one or leads to one', async () => {
  write('.gitattributes', '*.csv filter=lfs\n');
  write('folder/.gitattributes', 'deep/* filter=lfs -text\n');
  write('data.csv', pointer);
  write('folder/deep/b.bin', pointer);
  write('folder/a.txt', 'text');
  write('fine/a.txt', 'text');
  symlinkSync('data.csv', join(root, 'link'));
  symlinkSync('.', join(root, 'fine/round'));
  symlinkSync('loop', join(root, 'loop'));
  const hint = 'Bring the data here: git lfs pull';
  expect(
    await found(['data.csv', 'folder', 'link', 'fine', 'gone', 'loop', 's3://b/data.csv']),
  ).toEqual([
    `stage s depends on data.csv, which is a Git LFS pointer, not the data | ${hint}`,
    `stage s depends on folder, which is a Git LFS pointer at folder/deep/b.bin, not the data | ${hint}`,
    `stage s depends on link, which is a Git LFS pointer, not the data | ${hint}`,
  ]);
});

test('links in a folder are followed, to files and folders, round or into what nobody is given', async () => {
  write('.gitattributes', 'store/** filter=lfs\n');
  write('store/deep/w.bin', pointer);
  for (const name of ['file', 'inner', 'outer', 'machine', 'chain']) {
    write(`${name}/plain.txt`, 'text');
    symlinkSync('.', join(root, name, 'round'));
    symlinkSync('nowhere', join(root, name, 'dangling'));
  }
  symlinkSync('../store/deep/w.bin', join(root, 'file/w.bin'));
  symlinkSync('../store', join(root, 'inner/store'));
  symlinkSync(join(root, 'store'), join(root, 'outer/store'));
  symlinkSync('/', join(root, 'machine/all'));
  symlinkSync('../inner', join(root, 'chain/inner'));
  const at = (await found(['file', 'inner', 'outer', 'machine', 'chain'])).map(
    (text) => / at (\S+),/.exec(text)?.[1],
  );
  expect(at).toEqual([
    'file/w.bin',
    'inner/store/deep/w.bin',
    'outer/store/deep/w.bin',
    'chain/inner/store/deep/w.bin',
  ]);
});

test('a link to what Git LFS is told to leave out is asked for by the name that Git knows', async () => {
  write('.gitattributes', 'store/** filter=lfs\n');
  write('store/w.bin', pointer);
  write('data/a.txt', 'text');
  symlinkSync('../store/w.bin', join(root, 'data/w.bin'));
  git(root, 'config', 'lfs.fetchexclude', '*');
  const [text] = await found(['data']);
  expect(text).toContain('git lfs pull --include=store/w.bin --exclude=');
});

test('a dep that is in, is, or holds a submodule that was not fetched', async () => {
  submodule('vendor/lib');
  submodule('it has');
  submodule('here');
  write('here/.git', 'gitdir: ../.git/modules/here\n');
  const bring = 'Bring the data here: git submodule update --init';
  expect(await found(['vendor/lib', 'vendor', 'vendor/lib/x.py', 'it has', 'here', 'ven'])).toEqual(
    [
      `stage s depends on vendor/lib, which is a submodule that was not fetched, not the data | ${bring} vendor/lib`,
      `stage s depends on vendor, which is a submodule that was not fetched at vendor/lib, not the data | ${bring} vendor/lib`,
      `stage s depends on vendor/lib/x.py, which is a submodule that was not fetched at vendor/lib, not the data | ${bring} vendor/lib`,
      `stage s depends on it has, which is a submodule that was not fetched, not the data | ${bring} 'it has'`,
    ],
  );
});

test('a submodule beside a project in a folder', async () => {
  submodule('libs/a');
  write('project/dvc.yaml', '');
  const [only, ...more] = await found(['../libs/a/x', '../lib'], 'project');
  expect([only, more]).toEqual([expect.stringContaining('--init ../libs/a'), []]);
});

test('what a checkout must bring', async () => {
  expect(await gitData(root)).toEqual({ lfs: false, submodules: false });
  write('.gitattributes', '# *.csv filter=lfs\n*.py text\n');
  git(root, 'add', '--all');
  expect(await gitData(root)).toEqual({ lfs: false, submodules: false });
  write('data/.gitattributes', '*.csv filter=lfs diff=lfs merge=lfs -text\n');
  write('.gitmodules', '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n');
  git(root, 'add', '--all');
  expect(await gitData(root)).toEqual({ lfs: true, submodules: true });
});

test('a sample of a pointer is no stand-in, and neither is one that its folder keeps in Git', async () => {
  write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  write('docs/pointer.txt', pointer);
  write('docs/.gitattributes', 'sample.bin -filter\n');
  write('docs/sample.bin', pointer);
  expect(await found(['docs'])).toEqual([]);
  write('docs/own.bin', pointer);
  expect(await found(['docs'])).toEqual([expect.stringContaining('pointer at docs/own.bin')]);
});

test('params files and image folders are read too', async () => {
  write('.gitattributes', '* filter=lfs\n');
  write('stages/s/Dockerfile', pointer);
  write('params.yaml', pointer);
  expect(await found(['stages/s'])).toEqual([
    expect.stringContaining(
      'depends on stages/s, which is a Git LFS pointer at stages/s/Dockerfile',
    ),
    expect.stringContaining('reads params.yaml'),
  ]);
  expect(await found([])).toEqual([
    expect.stringContaining('reads params.yaml'),
    expect.stringContaining('is made from stages/s, which is a Git LFS pointer at'),
  ]);
});

test('what Git LFS is told to leave out is asked for by name', async () => {
  write('.gitattributes', '*.csv filter=lfs\n');
  write('.lfsconfig', '[lfs]\n\tfetchexclude = "*"\n');
  write("it's/data.csv", pointer);
  expect(await found(["it's"])).toEqual([
    expect.stringContaining("git lfs pull --include='it'\\''s/data.csv' --exclude="),
  ]);
});

test('a submodule of a submodule, and a pointer in one', async () => {
  submodule('lib');
  write('lib/a.bin', pointer);
  write('lib/.gitattributes', '*.bin filter=lfs\n');
  git(join(root, 'lib'), 'init', '--quiet');
  const inner = `160000,${'1'.repeat(40)},deep/er`;
  git(join(root, 'lib'), 'update-index', '--add', '--cacheinfo', inner);
  expect(await found(['lib/a.bin', 'lib/deep/er/x'])).toEqual([
    expect.stringContaining('Bring the data here: git -C lib lfs pull'),
    expect.stringContaining('git -C lib submodule update --init deep/er'),
  ]);
});

test('without Git nobody can say that a pointer is none', async () => {
  rmSync(join(root, '.git'), { recursive: true });
  write('data.csv', pointer);
  expect(await found(['data.csv'])).toEqual([expect.stringContaining('git lfs pull')]);
});

test('in a hurry, a sign of Git LFS on the way is enough', async () => {
  const stage = {
    ...{ address: 's', name: 's', params: [], meta: null, file: 'dvc.yaml', line: 2 },
    deps: ['data/a.bin', 'more'],
  };
  const hurried = async () => (await standIns(root, [stage], { hurried: true })).length;
  write('data/a.bin', pointer);
  write('more/deep/b.bin', pointer);
  expect(await hurried()).toBe(0);
  write('data/.gitattributes', '*.bin filter=lfs\n');
  expect(await hurried()).toBe(1);
  write('.gitattributes', '*.bin filter=lfs\n');
  expect(await hurried()).toBe(2);
});

test('in a linked work tree the sign is in the folder of the repository', async () => {
  const read = { params: [], meta: null, file: 'dvc.yaml', line: 2 };
  const stage = { ...{ address: 's', name: 's', deps: ['data'] }, ...read };
  write('data/deep/.gitattributes', '*.bin filter=lfs\n');
  write('data/deep/a.bin', pointer);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '-m', 'data');
  git(root, 'worktree', 'add', '--quiet', 'linked');
  const hurried = () => standIns(join(root, 'linked'), [stage], { hurried: true });
  expect(await hurried()).toEqual([]);
  mkdirSync(join(root, '.git/lfs'));
  expect(await hurried()).toHaveLength(1);
});
