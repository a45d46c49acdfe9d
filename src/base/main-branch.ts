import { git } from '../git/git.ts';

/** The branch that a repository's work goes into. */
export interface MainBranch {
  readonly name: string;
  /** The remote that it is a branch of; undefined for a local one. */
  readonly remote?: string;
  /** Its full ref, undefined where the clone has none. */
  readonly ref?: string;
}

const usualNames = ['main', 'master'];

/**
 * The main branch as far as this clone knows: what its remote calls HEAD, else a branch of the remote
 * with a usual name, else a local one: `init.defaultBranch`, a usual name, the only one there is. Asks
 * no server. Undefined where the clone of one branch cannot tell.
 */
export async function mainBranch(root: string): Promise<MainBranch | undefined> {
  const remote = await mainRemote(root);
  if (remote !== undefined) {
    const prefix = `refs/remotes/${remote}/`;
    const head = await git(root, 'symbolic-ref', '--quiet', `${prefix}HEAD`);
    if (head?.startsWith(prefix)) return ofRemote(root, remote, head.slice(prefix.length));
    for (const name of usualNames) {
      const found = await ofRemote(root, remote, name);
      if (found.ref !== undefined) return found;
    }
  }
  const wanted = await git(root, 'config', '--get', 'init.defaultBranch');
  const branches = await refs(root, 'refs/heads');
  const name = [wanted, ...usualNames].find((one) => branches.includes(`refs/heads/${one}`));
  if (name) return { name, ref: `refs/heads/${name}` };
  const [ref] = branches;
  const isOnly = branches.length === 1 && (await refs(root, 'refs/remotes')).length === 0;
  return ref !== undefined && isOnly ? { name: ref.replace('refs/heads/', ''), ref } : undefined;
}

/** A branch of a remote, with its ref where the clone has it. */
export async function ofRemote(root: string, remote: string, name: string): Promise<MainBranch> {
  const ref = `refs/remotes/${remote}/${name}`;
  const isHere = await git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  return { name, remote, ...(isHere && { ref }) };
}

/**
 * The remote whose HEAD counts: `origin`, else the only one, else that of `checkout.defaultRemote` or
 * of the current branch, else `upstream`.
 */
export async function mainRemote(root: string): Promise<string | undefined> {
  const remotes = (await git(root, 'remote'))?.split('\n').filter(Boolean) ?? [];
  if (remotes.includes('origin') || remotes.length < 2) {
    return remotes.includes('origin') ? 'origin' : remotes[0];
  }
  const branch = await git(root, 'symbolic-ref', '--quiet', '--short', 'HEAD');
  const named = [
    await git(root, 'config', '--get', 'checkout.defaultRemote'),
    branch && (await git(root, 'config', '--get', `branch.${branch}.remote`)),
    'upstream',
  ];
  return named.find((name) => name && remotes.includes(name));
}

async function refs(root: string, below: string): Promise<string[]> {
  const listed = await git(root, 'for-each-ref', '--format=%(refname)', below);
  return listed?.split('\n').filter(Boolean) ?? [];
}
