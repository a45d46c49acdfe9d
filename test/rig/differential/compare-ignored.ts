import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DvcIgnore } from '../../../src/dvc/ignore/dvc-ignore.ts';
import { GitIgnore } from '../../../src/dvc/ignore/git-ignore.ts';
import { NotUnderstood } from '../../../src/text/not-understood.ts';
import type { Dvc } from './dvc.ts';

/**
 * Compares which files and folders of a project DVC leaves out for its ignore files, and Git's, with
 * what the native reader says of each.
 */
export async function compareIgnored(dvc: Dvc, root: string): Promise<readonly string[]> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(
      ({ name, parentPath }) =>
        !/(?:^|\/)\.(?:git|dvc)(?:\/|$)/.test(join(relative(root, parentPath), name)),
    )
    .filter((entry) => !entry.isSymbolicLink())
    .map(
      (entry) =>
        relative(root, join(entry.parentPath, entry.name)) + (entry.isDirectory() ? '/' : ''),
    );
  const disagreements: string[] = [];
  const compare = async (what: string, question: string, says: (path: string) => boolean) => {
    const answer = await dvc.ask<boolean[]>(question, { root, paths });
    if ('error' in answer) return;
    for (const [index, path] of paths.entries()) {
      const theirs = answer.value[index];
      const ours = orDoubt(() => says(path));
      if (ours !== undefined && ours !== theirs) {
        disagreements.push(`${what}: ${path} is ${theirs ? '' : 'not '}ignored for DVC`);
      }
    }
  };
  if (existsSync(join(root, '.git'))) {
    const gitIgnore = new GitIgnore(root);
    await compare('.gitignore', 'git_ignored', (path) =>
      gitIgnore.ignores(path.replace(/\/$/, ''), path.endsWith('/')),
    );
  }
  const dvcIgnore = new DvcIgnore(root);
  await compare('.dvcignore', 'ignored', (path) =>
    dvcIgnore.ignoresPath(path.replace(/\/$/, ''), path.endsWith('/')),
  );
  return disagreements;
}

function orDoubt(ask: () => boolean): boolean | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}
