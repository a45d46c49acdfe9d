import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { extract } from 'tar-stream';
import { contextArchive, readBuildContext } from '../../../src/container/image/build-context.ts';
import { imageTag, repositoryName } from '../../../src/container/image/planned.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-context-'));
  write('Dockerfile', 'FROM x\n');
  write('train.py', 'print()\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const base = { id: 'sha256:one', engine: 'linux/amd64' };
const tag = (of = base, dockerfile = 'Dockerfile') =>
  imageTag(readBuildContext(folder), dockerfile, of);

test('a context has all files in order, but for bytecode and what .dockerignore excludes', () => {
  write('.dockerignore', 'secret*\n!secret.keep\n');
  for (const path of ['secret.key', 'secret.keep', 'lib/a.py', 'lib/__pycache__/a.pyc']) {
    write(path, '');
  }
  expect(readBuildContext(folder).entries.map(({ path }) => path)).toEqual([
    'Dockerfile',
    'lib/a.py',
    'secret.keep',
    'train.py',
  ]);
});

test('a file of more than Node reads at once is hashed', () => {
  write('large', '');
  truncateSync(join(folder, 'large'), 2.2e9);
  expect(readBuildContext(folder).entries.map(({ path }) => path)).toContain('large');
});

test('the archive has the bytes of each file, of empty ones too', async () => {
  write('empty', '');
  write('more', 'x'.repeat(300_000));
  const found: Record<string, number> = {};
  for await (const entry of contextArchive(readBuildContext(folder)).pipe(extract())) {
    let size = 0;
    for await (const chunk of entry) size += (chunk as Buffer).length;
    found[entry.header.name] = size;
  }
  expect(found).toEqual({ Dockerfile: 7, empty: 0, more: 300_000, 'train.py': 8 });
});

test('a file that is gone before it was sent ends the archive', async () => {
  const context = readBuildContext(folder);
  rmSync(join(folder, 'train.py'));
  const read = async () => {
    for await (const _ of contextArchive(context));
  };
  await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('the tag', () => {
  const changes: readonly [string, () => void][] = [
    ['a file’s content', () => write('train.py', 'print(1)\n')],
    ['a new file', () => write('new.py', '')],
    ['the Dockerfile', () => write('Dockerfile', 'FROM y\n')],
    ['an executable bit', () => chmodSync(join(folder, 'train.py'), 0o755)],
    ['a new link', () => symlinkSync('train.py', join(folder, 'link.py'))],
  ];
  test.each(changes)('changes with %s', (_, change) => {
    const before = tag();
    change();
    expect(tag()).not.toBe(before);
  });

  test('changes with the base image, what the engine runs and the Dockerfile’s name', () => {
    const others = [
      tag({ ...base, id: 'sha256:two' }),
      tag({ ...base, engine: 'linux/arm64' }),
      tag(base, 'Other'),
    ];
    expect(new Set([tag(), ...others]).size).toBe(4);
  });

  test('does not change with times, or with what is ignored', () => {
    const before = tag();
    utimesSync(join(folder, 'train.py'), 1, 1);
    write('__pycache__/train.pyc', 'x');
    expect(tag()).toBe(before);
  });
});

test.each([
  ['train', 'train'],
  ['My Stage', 'my-stage'],
  ['--été--', 't'],
  ['日本', 'stage'],
])('repositoryName(%j) is %j', (name, expected) => {
  expect(repositoryName(name)).toBe(expected);
});
