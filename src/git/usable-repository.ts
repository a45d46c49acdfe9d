import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ExpectedFailure } from '../errors.ts';
import { readWhole } from '../system/read-whole.ts';
import { gitBytes } from './git.ts';

/**
 * Throws 'configuration' where DVC finds no Git repository around the project, or one that it cannot
 * work with. It looks for `.git` itself and reads little (dulwich/repo.py, Repo.discover): what does
 * not stop it, such as a HEAD that means nothing, is not refused.
 */
export async function requireUsableRepository(root: string): Promise<void> {
  const workTree = workTreeOf(root);
  if (workTree === undefined) {
    throw failure(
      `${root} lies in no Git repository, which DVC wants`,
      'Make one (git init), or let DVC do without: dvc config core.no_scm true.',
    );
  }
  const config = join(workTree, '.git/config');
  if (existsSync(config)) {
    // By its name, for a repository that Git itself does not take for one.
    const listed = await gitBytes(workTree, ['config', '--file', config, '--list']);
    if (!listed.isDone && !/ENOENT/.test(listed.said)) throw unreadable(workTree, listed.said);
    // Git reads over a setting in no section, which ends DVC (dulwich/config.py).
    const first = /^\s*[^\s#;].*/m.exec(readWhole(config).toString('utf8'))?.[0].trim() ?? '[';
    if (!first.startsWith('[')) throw unreadable(workTree, `config sets ${first} in no section`);
  }
  const index = await gitBytes(workTree, ['ls-files', '--', ':(top,literal).dvc/tmp']);
  if (!index.isDone && /index/i.test(index.said)) throw unreadable(workTree, index.said);
}

/** Where the nearest repository is, as DVC finds it. */
function workTreeOf(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const place = join(folder, '.git');
    const found = existsSync(place) ? statSync(place) : undefined;
    if (found?.isFile()) {
      requireNamed(folder, place);
      return folder;
    }
    if (found && isFolder(join(place, 'objects'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Of a linked work tree or a submodule `.git` is a file that says where the repository is. */
function requireNamed(workTree: string, file: string): void {
  const named = /^gitdir: (.+?)[\r\n]*$/.exec(readWhole(file).toString('utf8'))?.[1];
  if (named === undefined) {
    throw failure(
      `${file} is a file without the line "gitdir: FOLDER"`,
      'Remove it, and clone the repository anew.',
    );
  }
  const folder = resolve(workTree, named);
  if (isFolder(folder)) return;
  throw failure(
    `${file} names the Git repository ${folder}, which is not there`,
    'Bring it back, or mend the link (git worktree repair, git submodule update --init).',
  );
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function unreadable(workTree: string, said: string): ExpectedFailure {
  return failure(
    `Git cannot read ${join(workTree, '.git')}: ${said}`,
    'Mend it (git status says the same), then run again.',
  );
}

function failure(cause: string, hint: string): ExpectedFailure {
  return new ExpectedFailure({ kind: 'configuration', cause, hint });
}
