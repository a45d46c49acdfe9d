import { ExpectedFailure } from '../errors.ts';
import { git, gitBytes } from '../git/git.ts';
import type { BaseRevision } from './base.ts';
import { localRevision } from './committed-files.ts';
import { fetchBranch, runFetch } from './fetch.ts';
import { mainRemote, ofRemote } from './main-branch.ts';

/** A revision that a person names. Throws 'usage' for one that Git does not know. */
export async function namedRevision(root: string, rev: string): Promise<BaseRevision> {
  return localRevision(root, await resolveRevision(root, rev, false), rev);
}

/**
 * The commit that a person means: any revision of Git's, or a branch that only the remote has, which
 * is fetched where it may. Throws 'usage' for one that is not there, or is several.
 */
export async function resolveRevision(
  root: string,
  rev: string,
  mayFetch: boolean,
): Promise<string> {
  const args = ['-c', 'core.warnAmbiguousRefs=true', 'rev-parse', '--verify', `${rev}^{commit}`];
  const answer = await gitBytes(root, args);
  if (/ambiguous/.test(answer.stderr)) throw await ambiguous(root, rev);
  if (answer.isDone) return new TextDecoder().decode(answer.stdout).trim();
  const remote = await mainRemote(root);
  const name = remote && rev.startsWith(`${remote}/`) ? rev.slice(remote.length + 1) : rev;
  const isName = (await git(root, 'check-ref-format', '--branch', name)) === name;
  if (!isName || remote === undefined) throw unknown(rev, 'Give a branch, a tag or a commit.');
  const fetch = fetchBranch({ name, remote }, false);
  if (mayFetch && !(await ofRemote(root, remote, name)).ref) await runFetch(root, fetch);
  const { ref } = await ofRemote(root, remote, name);
  const commit = ref && (await git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`));
  if (commit) return commit;
  throw unknown(
    rev,
    `Give a branch, a tag or a commit; a branch of ${remote} comes by
${fetch.command}`,
  );
}

function unknown(rev: string, hint: string): ExpectedFailure {
  return new ExpectedFailure({ kind: 'usage', cause: `Git knows no revision ${rev}`, hint });
}

async function ambiguous(root: string, rev: string): Promise<ExpectedFailure> {
  const names = ['', 'tags/', 'heads/', 'remotes/'].map((folder) => `refs/${folder}${rev}`);
  const refs = await git(root, 'for-each-ref', '--format=%(refname)', ...names);
  const commits = /^[0-9a-f]{4,}$/.test(rev)
    ? await git(root, 'rev-parse', `--disambiguate=${rev}`)
    : '';
  const meant = [...(refs?.split('\n') ?? []), ...(commits?.split('\n') ?? [])].filter(Boolean);
  return new ExpectedFailure({
    kind: 'usage',
    cause: `${rev} is ambiguous: Git knows several revisions by that name`,
    hint: `Say which one is meant: ${meant.slice(0, 6).join(', ')}`,
  });
}
