import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type RepositoryOwners, repositoryOwners } from './repository-owners.ts';
import { ofThisRepository } from './settings.ts';

/** A submodule's mode in the index (gitformat-index), and what says that a part of it is elsewhere. */
const signs = [Buffer.from([0, 0, 0xe0, 0]), Buffer.from('link')];

type Named = readonly [name: string, value: string];

const known = new Map<string, { readonly stamp: string; readonly settings: readonly Named[] }>();

/**
 * Settings that keep Git from looking for changes in the working trees of submodules; none where all that
 * are here, at any depth, are the caller's own. Git looks by a process of its own that asks nobody whose
 * a submodule is, and that runs the filters and monitors that are named in its Git folder. Remembered
 * until the index is written.
 */
export function unseenSubmodules(owners: RepositoryOwners, caller: number): readonly Named[] {
  const { top, gitFolder } = owners;
  const index = join(gitFolder, 'index');
  const files = [index, join(top, '.gitmodules'), join(gitFolder, 'config')];
  const stamp = files
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stats) => `${stats?.mtimeMs} ${stats?.size}`)
    .join();
  const before = known.get(top);
  if (before?.stamp === stamp) return before.settings;
  const isAny = mayHaveSubmodules(index) && submodulesOf(top).some(isForeign);
  const settings = isAny ? unseen(top) : [];
  known.set(top, { stamp, settings });
  return settings;

  function isForeign(path: string): boolean {
    const inside = repositoryOwners(path);
    if (inside?.top !== realpathOr(path)) return false; // not fetched
    const all = [inside.topOwner, ...inside.gitOwners];
    return all.some((uid) => uid !== caller) || unseenSubmodules(inside, caller).length > 0;
  }
}

/** What a submodule is told of itself (`submodule.NAME.ignore`) counts for more than the setting of all. */
function unseen(top: string): Named[] {
  const names = [[], ['--file', '.gitmodules']].flatMap((from) =>
    asked(top, ['config', ...from, '--null', '--name-only', '--get-regexp', '[.]ignore$']),
  );
  const own = [...new Set(names)].filter((name) => /^submodule\./.test(name));
  return [['diff.ignoreSubmodules', 'dirty'], ...own.map((name) => [name, 'dirty'] as const)];
}

function mayHaveSubmodules(index: string): boolean {
  try {
    const bytes = readFileSync(index);
    return signs.some((sign) => bytes.includes(sign));
  } catch {
    return false;
  }
}

function submodulesOf(top: string): string[] {
  return asked(top, ['ls-files', '--stage', '-z']).flatMap((line) => {
    const path = /^160000 [0-9a-f]+ \d\t(.*)$/s.exec(line)?.[1];
    return path === undefined ? [] : [join(top, path)];
  });
}

/** The answer's parts; none where Git refuses, as it then does for all calls. */
function asked(top: string, question: readonly string[]): string[] {
  try {
    const answer = execFileSync('git', ['-c', 'core.fsmonitor=false', ...question], {
      ...{ cwd: top, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] },
      env: ofThisRepository(process.env),
    });
    return answer.split('\0').filter((part) => part !== '');
  } catch {
    return [];
  }
}

function realpathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
