import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
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

/**
 * Git's answer for paths of any number, which it reads from its standard input, separated by NUL: more
 * than fit on a command line. Each is what it says, no pattern. Throws 'usage' when Git refuses.
 */
export async function gitForPaths(
  root: string,
  [command = '', ...args]: readonly string[],
  paths: readonly string[],
): Promise<string> {
  const fromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  const all = ['--literal-pathspecs', command, ...args, ...fromInput];
  const { code, stdout, stderr } = await withInput(root, all, paths);
  if (code === 0) return stdout.replace(/\n$/, '');
  throw refusal(command, stderr);
}

/** Which of the paths Git ignores. */
export async function ignoredPaths(root: string, paths: readonly string[]): Promise<Set<string>> {
  const { stdout } = await withInput(root, ['check-ignore', '-z', '--stdin'], paths);
  return new Set(stdout.split('\0').filter((path) => path !== ''));
}

async function withInput(
  root: string,
  args: readonly string[],
  paths: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('git', [...trusting, '-C', root, ...args]);
  // Git may end before it has read all.
  child.stdin.on('error', () => undefined).end(paths.map((path) => `${path}\0`).join(''));
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number | null, stdout, stderr };
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
    const { stdout } = await run('git', [...trusting, '-C', root, ...args], {
      maxBuffer: 64 * 1024 ** 2,
    });
    return stdout.replace(/\n$/, '');
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw refusal(args[0] ?? '', stderr, error);
  }
}

function refusal(command: string, stderr: string, error?: unknown): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'usage',
      cause: `git ${command} failed`,
      hint: 'What Git said is above.',
      details: stderr.trim().split('\n').slice(-10),
    },
    { cause: error },
  );
}
