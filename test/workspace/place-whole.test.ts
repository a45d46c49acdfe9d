import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { placeWhole } from '../../src/workspace/place-whole.ts';
import { replacedFile } from '../../src/workspace/replaced-file.ts';

const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** A folder with a file, a folder and a link, of which each is to be replaced. */
function workspace(): string {
  const root = mkdtempSync(join(tmpdir(), 'sibling-place-'));
  writeFileSync(join(root, 'file'), 'old');
  mkdirSync(join(root, 'folder'));
  writeFileSync(join(root, 'folder/one'), 'old');
  symlinkSync('folder', join(root, 'link'));
  return root;
}

const names = ['file', 'folder', 'link', 'new/deep/file'];
const places = (root: string, last = (aside: string) => writeFile(aside, 'new')) =>
  names.map((name, at) => ({
    to: join(root, name),
    make: at === names.length - 1 ? last : (aside: string) => writeFile(aside, 'new'),
  }));

test('whatever is there gives way to what is new, and nothing else is left', async () => {
  const root = workspace();
  await placeWhole(user, places(root));
  expect(readdirSync(root, { recursive: true }).sort()).toEqual([
    'file',
    'folder',
    'link',
    'new',
    'new/deep',
    'new/deep/file',
  ]);
  for (const name of names) expect(readFileSync(join(root, name), 'utf8')).toBe('new');
});

test.each<[string, (aside: string) => Promise<void>]>([
  ['one cannot be made', async () => Promise.reject(new Error('no space is left'))],
  ['one cannot be moved to its place, when others have been', async () => undefined],
])('all is as it was when %s', async (_, last) => {
  const root = workspace();
  const before = readdirSync(root, { recursive: true }).sort();
  await expect(placeWhole(user, places(root, last))).rejects.toThrow(/no space|ENOENT/);
  expect(readdirSync(root, { recursive: true }).sort()).toEqual(before);
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('old');
  expect(readFileSync(join(root, 'link/one'), 'utf8')).toBe('old');
});

test('a file keeps its rights, and links to it stay', async () => {
  const root = workspace();
  chmodSync(join(root, 'file'), 0o640);
  symlinkSync('file', join(root, 'to file'));
  await placeWhole(user, [replacedFile(join(root, 'to file'), 'new')]);
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('new');
  expect(statSync(join(root, 'file')).mode & 0o777).toBe(0o640);
  expect(lstatSync(join(root, 'to file')).isSymbolicLink()).toBe(true);
});
