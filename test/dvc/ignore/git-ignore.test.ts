import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GitIgnore } from '../../../src/dvc/ignore/git-ignore.ts';
import { noConfig, projectFolder, writeFiles } from '../project-folder.ts';

/** Whether paths are ignored, a folder's with a slash at its end, given ignore files by path. */
function ignored(
  files: Readonly<Record<string, string>>,
  paths: readonly string[],
  env = noConfig,
) {
  const root = projectFolder({ '.git/HEAD': '', ...files });
  const gitIgnore = new GitIgnore(root, env);
  return paths.filter((path) => gitIgnore.ignores(path.replace(/\/$/, ''), path.endsWith('/')));
}

// Each answer is that of the library which DVC asks; the random projects compare with itself.
describe('.gitignore', () => {
  test.each<[patterns: string, ignored: readonly string[], not: readonly string[]]>([
    ['data/**/*\n!data/**/*.dvc', ['data/', 'data/x'], ['data/x.dvc', 'date/', 'data.dvc']],
    ['data/*\n!data/*.dvc', ['data/x', 'data/'], ['other/']],
    ['data/**\n!data/x.dvc', ['data/'], []],
    ['/data', ['data/', 'data', 'data/a/b'], ['sub/data']],
    ['data/', ['data/', 'sub/data/', 'data/a'], ['data']],
    ['*.dvc\n!/keep.dvc', ['a.dvc', 'b/a.dvc', 'b/keep.dvc'], ['keep.dvc']],
    ['!keep.dvc\n*.dvc', ['keep.dvc'], []],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['x/a/b', 'a/bb']],
    ['**/b/', ['b/', 'a/b/'], ['b']],
    ['/*\n!/src', ['data/', 'dvc.yaml'], ['src/', 'src/dvc.yaml']],
    ['s[a-c]x\n[!a]z', ['sax', 'bz'], ['sdx', 'az']],
    ['[[:digit:]]', ['1'], ['a']],
    ['[z-a]q\n[', [], ['zzq', '[']],
    ['\\#a\n\\!b\n#c', ['#a', '!b'], ['c', '#c']],
    ['d \ne\\ ', ['d', 'e '], ['d ', 'e']],
    ['f\r', ['f'], []],
    ['A', ['A'], ['a']],
    ['\u00f6?', ['\u00f6x'], ['\u00f6']],
    ['/\n!\n//x', [], ['x', 'a/']],
  ])('%j', (patterns, expected, not) => {
    expect(ignored({ '.gitignore': patterns }, [...expected, ...not])).toEqual(expected);
  });

  test('the nearest file has the first word, a folder that is ignored the last', () => {
    const files = {
      '.gitignore': '*.dvc\n/gone',
      'sub/.gitignore': '!a.dvc\n/b',
      'gone/.gitignore': '!*',
    };
    const paths = ['a.dvc', 'sub/a.dvc', 'sub/b', 'b', 'gone/', 'gone/x'];
    expect(ignored(files, paths)).toEqual(['a.dvc', 'sub/b', 'gone/', 'gone/x']);
  });

  test('a link is no ignore file', () => {
    const root = projectFolder({ '.git/HEAD': '', patterns: 'x\n' });
    symlinkSync('patterns', join(root, '.gitignore'));
    expect(new GitIgnore(root, noConfig).ignores('x', false)).toBe(false);
  });

  test('the user has one, over that of the repository, and files win over both', () => {
    const home = projectFolder({
      '.gitconfig': '[core]\n\texcludesFile = ~/mine\n',
      mine: 'x\ny\nz\n',
    });
    const env = { ...noConfig, HOME: home };
    const files = { '.git/info/exclude': '!y\nv\n', '.gitignore': '!z\nw\n' };
    expect(ignored(files, ['x', 'y', 'z', 'w'], env)).toEqual(['x', 'y', 'w']);
    const xdg = { ...noConfig, XDG_CONFIG_HOME: projectFolder({ 'git/ignore': 'x\n' }) };
    expect(ignored(files, ['x', 'w'], xdg)).toEqual(['x', 'w']);
    const own = { ...files, '.git/config': `[core]\n excludesfile = "${join(home, 'gone')}"\n` };
    expect(ignored(own, ['x'], env)).toEqual([]);
  });

  test('a linked work tree has the settings of its repository, and an info/exclude of its own', () => {
    const mine = join(projectFolder({ mine: 'x\n' }), 'mine');
    const repository = projectFolder({
      '.git/HEAD': '',
      '.git/config': `[core]\n\tignoreCase = true\n\texcludesFile = ${mine}\n`,
      '.git/info/exclude': 'common\n',
      '.git/worktrees/w/commondir': '../..\n',
      '.git/worktrees/w/info/exclude': 'own\n',
    });
    const root = projectFolder({
      '.git': `gitdir: ${join(repository, '.git/worktrees/w')}\n`,
      '.gitignore': 'Data\n',
    });
    const gitIgnore = new GitIgnore(root, noConfig);
    const ignored = ['x', 'DATA', 'own', 'common'].filter((path) => gitIgnore.ignores(path, false));
    expect(ignored).toEqual(['x', 'DATA', 'own']);
  });

  test('of a project in a part of the repository all files above count', () => {
    const repository = projectFolder({ '.git/HEAD': '', '.gitignore': '/a/project/data\n' });
    writeFiles(repository, { 'a/.gitignore': 'tmp/\n' });
    mkdirSync(join(repository, 'a/project'), { recursive: true });
    const inside = new GitIgnore(join(repository, 'a/project'), noConfig);
    expect(['data', 'tmp', 'other'].map((path) => inside.ignores(path, true))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('letters of either case are one where the repository says so', () => {
    const files = { '.git/config': '[core]\n\tignoreCase = true\n', '.gitignore': 'Data\n' };
    expect(ignored(files, ['data/', 'DATA'])).toEqual(['data/', 'DATA']);
  });
});
