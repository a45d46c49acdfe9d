import { lstat, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { repository } from './repository.ts';
import { type ScratchOptions, type ScratchProject, scratchProject } from './scratch-project.ts';

let project: ScratchProject | undefined;
afterEach(() => project?.remove());

async function make(options?: ScratchOptions): Promise<ScratchProject> {
  project = await scratchProject(options);
  return project;
}

describe('a scratch project', () => {
  test('has a fixture’s files and its own, committed', async () => {
    const { git, root } = await make({
      fixture: 'stubs/ssh2',
      files: { 'a/b.txt': 'own\n' },
    });
    expect((await git('ls-files')).split('\n')).toEqual(
      expect.arrayContaining(['a/b.txt', 'package.json']),
    );
    expect(await git('status', '--porcelain')).toBe('');
    expect(root.startsWith(repository)).toBe(false);
  });

  test('commits what is written later, and not what is ignored', async () => {
    const { git, write, commit } = await make({ files: { '.gitignore': 'secret\n' } });
    const before = (await git('rev-parse', 'HEAD')).trim();
    await write('later.txt', 'x');
    await write('secret', 'x');
    const after = await commit('Later');
    expect(await git('diff', '--name-only', before, after)).toBe('later.txt\n');
  });

  test('is gone when it is removed', async () => {
    const { root, remove } = await make();
    await remove();
    await expect(stat(root)).rejects.toThrow('ENOENT');
  });

  const root = process.getuid?.() === 0;
  (root ? test : test.skip)('belongs to another user if wanted, links not followed', async () => {
    const outside = join(repository, 'build/rig-outside');
    await mkdir(join(repository, 'build'), { recursive: true });
    await writeFile(outside, '');
    const made = await make({ files: { 'a/b.txt': 'x' }, owner: { uid: 4321, gid: 4322 } });
    await symlink(outside, made.path('link'));
    await made.write('c.txt', 'x');
    for (const path of ['', 'a', 'a/b.txt', 'c.txt', '.git/HEAD', '.git/index']) {
      expect(await lstat(made.path(path))).toMatchObject({ uid: 4321, gid: 4322 });
    }
    expect((await lstat(outside)).uid).not.toBe(4321);
    await rm(outside);
  });
  if (!root)
    console.log('not root: whether a scratch project can belong to another user is untested');
});
