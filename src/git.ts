import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ExpectedFailure } from './errors.ts';

const run = promisify(execFile);

/** Root may work in a folder that belongs to another user; the repository is one above it, maybe. */
const trusting = ['-c', 'safe.directory=*'];

/** Git's answer without its last line end; undefined when it fails or there is no repository. */
export async function git(root: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', [...trusting, '-C', root, ...args], {
      maxBuffer: 64 * 1024 ** 2,
      // Else even `git status` rewrites the index, as root in somebody else's folder.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
    });
    return stdout.replace(/\n$/, '');
  } catch {
    return undefined;
  }
}

/** The address of the remote `origin`; undefined where there is none. */
export function originOf(root: string): Promise<string | undefined> {
  return git(root, 'remote', 'get-url', 'origin');
}

/** As `git`, byte by byte. */
export async function gitBytes(root: string, ...args: string[]): Promise<Uint8Array | undefined> {
  try {
    const all = [...trusting, '-C', root, ...args];
    const { stdout } = await run('git', all, { maxBuffer: 64 * 1024 ** 2, encoding: 'buffer' });
    return stdout;
  } catch {
    return undefined;
  }
}

/** Where a project stands in Git. */
export interface GitState {
  readonly commit: string;
  readonly branch: string | null;
  readonly dirty: boolean;
}

export async function gitState(root: string): Promise<GitState | undefined> {
  const commit = await git(root, 'rev-parse', 'HEAD');
  if (!commit) return undefined;
  const [branch, status] = await Promise.all([
    git(root, 'symbolic-ref', '--short', '-q', 'HEAD'),
    git(root, 'status', '--porcelain', '--untracked-files=no'),
  ]);
  return { commit, branch: branch || null, dirty: Boolean(status) };
}

/** Git's answer. Throws 'usage' with Git's own words when it refuses. */
export async function gitOrThrow(root: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await run('git', [...trusting, '-C', root, ...args]);
    return stdout.replace(/\n$/, '');
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new ExpectedFailure(
      {
        kind: 'usage',
        cause: `git ${args[0]} failed`,
        hint: 'What Git said is above.',
        details: stderr.trim().split('\n').slice(-10),
      },
      { cause: error },
    );
  }
}
