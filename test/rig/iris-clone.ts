import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from './repository.ts';
import { git } from './stage-project.ts';

/** A clone of this repository as its files are now, committed or not, in a Git repository of its own. */
export function cloneIris(owner?: { uid: number; gid: number }): string {
  const root = mkdtempSync(join(tmpdir(), 'sibling-iris-'));
  chmodSync(root, 0o755);
  const listed = execFileSync(
    'git',
    ['-C', repository, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { encoding: 'utf8' },
  );
  const files = listed.split('\0').filter((file) => file !== '' && exists(join(repository, file)));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(repository, file), join(root, file), { verbatimSymlinks: true });
  }
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'start');
  if (owner) {
    execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, root]);
    chownSync(root, owner.uid, owner.gid);
  }
  return root;
}

/** Every path below `root` that does not belong to `uid`. */
export function foreignFiles(root: string, uid: number): string[] {
  const found = execFileSync('find', [root, '!', '-uid', String(uid)], { encoding: 'utf8' });
  return found.split('\n').filter(Boolean);
}

/** Also true of a link that leads nowhere; false of what git still lists but was removed. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
