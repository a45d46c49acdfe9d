import { describe, expect, test } from '@jest/globals';
import { DvcIgnore } from '../../../src/dvc/ignore/dvc-ignore.ts';
import { compilePattern } from '../../../src/dvc/ignore/dvc-pattern.ts';
import { NotUnderstood } from '../../../src/text/not-understood.ts';
import { projectFolder } from '../project-folder.ts';

/** What DVC 3.67 ignores, of paths that end in a slash for folders. */
const cases: readonly (readonly [string[], string[], string[]])[] = [
  [['a'], ['a', 'a/', 'b/a', 'a/x'], ['ab', 'b']],
  [['/a'], ['a', 'a/x'], ['b/a']],
  [['a/'], ['a/', 'a/x', 'b/a/'], ['a', 'b/a']],
  [['a/b'], ['a/b', 'a/b/c'], ['c/a/b']],
  [['*.txt'], ['x.txt', 'a/.txt'], ['x.TXT', 'txt']],
  [['a/*'], ['a/x', 'a/x/y'], ['a/', 'b/a/x']],
  [['a/**'], ['a/', 'a/x'], ['a', 'b/a/x']],
  [['**/b'], ['b', 'a/b', 'a/c/b/'], ['ab']],
  [['a/**/b'], ['a/b', 'a/x/y/b'], ['b', 'a/x']],
  [['**/'], [], ['a', 'a/', 'a/b']],
  [['*'], ['a', 'a/b', '.hid'], []],
  [['*', '!*.txt'], ['a', 'a/', 'a/x.txt'], ['x.txt']],
  [['a', '!a/b'], ['a/b', 'a'], []],
  [
    ['[ab]c', '[!a]d'],
    ['ac', 'bc', 'bd'],
    ['cc', 'ad'],
  ],
  [['[a', 'b'], ['b'], ['[a', 'a']],
  [['?'], ['a', 'é', '😀'], ['ab']],
  [
    ['\\#x', '\\!n', 'sp ace'],
    ['#x', '!n', 'sp ace'],
    ['x', 'n', 'sp'],
  ],
  [['#x', '/', ''], [], ['#x', 'a']],
  [['a+b(c)^$.d'], ['a+b(c)^$.d'], ['aab(c)^$.d', 'a+b(c)^$xd']],
];

test.each(cases)('%j', (patterns, ignored, kept) => {
  const rules = new DvcIgnore(projectFolder({ '.dvcignore': patterns.join('\n') }));
  const isIgnored = (path: string) =>
    rules.ignoresPath(path.replace(/\/$/, ''), path.endsWith('/'));
  expect(ignored.filter((path) => !isIgnored(path))).toEqual([]);
  expect(kept.filter(isIgnored)).toEqual([]);
});

test('a pattern of a length that no regular expression takes is left to DVC', () => {
  expect(() => compilePattern('x'.repeat(100_000))).toThrow(NotUnderstood);
});

test.each(['!', 'a\\', '[z-a]'])('%s is refused by DVC', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow(NotUnderstood);
});

describe('a .dvcignore in a folder', () => {
  const files = {
    '.dvcignore': '*.tmp\n/hidden\n',
    'a/.dvcignore': 'x\n/y\nb/z\n!keep.tmp\n',
    'hidden/.dvcignore': '!*\n',
    'sub/.dvc/config': '',
  };
  test.each([
    ['a/x', true],
    ['a/b/x', true],
    ['x', false],
    ['a/y', true],
    ['a/b/y', false],
    ['a/b/z', true],
    ['a/keep.tmp', false],
    ['keep.tmp', true],
    ['hidden/x', true],
    ['.git/config', true],
    ['a/.git', true],
    ['sub/file', true],
  ])('%s: %s', (path, expected) => {
    expect(new DvcIgnore(projectFolder(files)).ignoresPath(path, false)).toBe(expected);
  });
});
