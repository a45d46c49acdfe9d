import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Sight } from '../../src/outside/sight.ts';

let base = '';

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'sibling-sight-')));
  for (const path of ['project/own', 'far/file', 'far/folder/f', 'farther/end']) put(path);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(path: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), path);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  symlinkSync(target.replace('BASE', base), join(base, path));
}

/** What has to be mounted for a path below the base, as `target = source`. */
function missing(path: string, also: readonly string[] = []): string | undefined {
  const sight = new Sight(
    ['project', ...also].map((name) => {
      const folder = join(base, name);
      return { source: folder, target: folder, kind: 'directory', readOnly: false } as const;
    }),
  );
  const found = sight.missing(join(base, path));
  if (found === undefined) return undefined;
  const short = (full: string) => full.slice(base.length + 1);
  return `${short(found.target)} = ${short(found.source)}`;
}

test.each<[string, readonly (readonly [string, string])[], string, string | undefined]>([
  ['a file of the project', [], 'project/own', undefined],
  ['a path elsewhere', [], 'far/file', 'far/file = far/file'],
  ['nothing', [], 'far/none', undefined],
  ['a link to a file', [['project/l', 'BASE/far/file']], 'project/l', 'far/file = far/file'],
  ['a relative link', [['project/l', '../far/file']], 'project/l', 'far/file = far/file'],
  [
    'a link in the middle',
    [['project/l', '../far']],
    'project/l/folder/f',
    'far/folder/f = far/folder/f',
  ],
  ['a link within the project', [['project/l', 'own']], 'project/l', undefined],
  ['a link to nowhere', [['project/l', '../none']], 'project/l', undefined],
  ['a link that leads back', [['project/l', '../project/own']], 'project/l', undefined],
  [
    'a chain: only what the project itself names has to be there',
    [
      ['project/l', '../far/hop'],
      ['far/hop', 'BASE/farther/end'],
    ],
    'project/l',
    'far/hop = farther/end',
  ],
  [
    'a folder by a link elsewhere',
    [
      ['project/l', 'BASE/far/hop/end'],
      ['far/hop', '../farther'],
    ],
    'project/l',
    'far/hop/end = farther/end',
  ],
  ['a circle', [['project/l', 'l']], 'project/l', undefined],
])('%s', (_, links, path, expected) => {
  for (const [from, to] of links) link(from, to);
  expect(missing(path)).toBe(expected);
});

test('in a folder that is seen, a link is followed from where the container has it', () => {
  link('far/folder/l', '../file');
  expect(missing('far/folder/l', ['far/folder'])).toBe('far/file = far/file');
  expect(missing('far/folder/l', ['far'])).toBeUndefined();
});

test('a link that would lead to something else in the container is refused', () => {
  link('hop', 'far/folder');
  link('far/folder/l', '../file');
  put('file');
  const folder = (source: string, target: string) =>
    ({
      source: join(base, source),
      target: join(base, target),
      kind: 'directory',
      readOnly: true,
    }) as const;
  // There the folder lies at `hop`, so that `../file` is the base's.
  const sight = new Sight([
    folder('far/folder', 'hop'),
    { ...folder('file', 'file'), kind: 'file' },
  ]);
  expect(() => sight.missing(join(base, 'hop/l'))).toThrow(/leads through links to .*file in DVC/);
});
