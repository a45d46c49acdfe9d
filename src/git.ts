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

/** What a Git command printed, or its last words; `stderr` is all that it said beside. */
type GitAnswer =
  | { readonly isDone: true; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly isDone: false; readonly said: string; readonly stderr: string };

/**
 * Runs a Git command and gives its output byte by byte, in English. It asks nobody for a password,
 * not even where a partial clone gets a content from its server, and ends after `seconds`.
 */
export async function gitAnswer(
  root: string,
  args: readonly string[],
  seconds = 60,
): Promise<GitAnswer> {
  const all = [...trusting, '-C', root, ...args];
  try {
    const { stdout, stderr } = await run('git', all, {
      maxBuffer: 64 * 1024 ** 2,
      encoding: 'buffer',
      timeout: seconds * 1_000,
      env: { ...process.env, ...unattended, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    });
    return { isDone: true, stdout, stderr: stderr.toString() };
  } catch (error) {
    const { killed, message, ...failed } = error as Error & { stderr?: Buffer; killed?: boolean };
    const stderr = failed.stderr?.toString() || message;
    if (killed) return { isDone: false, said: `nothing for ${seconds} s`, stderr };
    const lines = stderr.split('\n').map((line) => line.trim());
    const said = lines.findLast((line) => line.startsWith('fatal:')) ?? lines.findLast(Boolean);
    return {
      isDone: false,
      said: (said ?? 'nothing').replace(/^fatal: /, '').slice(0, 300),
      stderr,
    };
  }
}

/** What keeps Git and its helpers from asking a person. */
export const unattended = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GCM_INTERACTIVE: 'never',
};

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
