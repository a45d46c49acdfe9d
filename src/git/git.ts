import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { ExpectedFailure, type FailureKind } from '../errors.ts';
import { asksServer, gitFailureKind } from './failure-kind.ts';
import { gitCall, whyRefused } from './trust/call.ts';
import { withoutServers } from './trust/programs-off.ts';
import { ofThisRepository, plain } from './trust/settings.ts';

const run = promisify(execFile);

/** A call of Git, for what starts it. */
export interface GitProcess {
  readonly args: string[];
  readonly options: {
    readonly env: NodeJS.ProcessEnv;
    readonly uid?: number;
    readonly gid?: number;
  };
}

/**
 * Every call of Git: what it works on, how it answers whoever's machine it is, and, in a repository of
 * another user's, as whom and without which programs (src/git/trust/). How the network is reached
 * (proxies, url.insteadOf, credentials) stays the machine's.
 */
export function gitProcess(
  root: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): GitProcess {
  const { settings, env, user, isTheirs } = gitCall(root, process.env);
  return {
    // What is said of this call stands behind what is true of all, and counts.
    args: [...plain, ...settings, '-C', root, ...(isTheirs ? withoutServers(args) : args)],
    options: {
      // Else even `git status` rewrites the index, as root in somebody else's folder.
      env: { ...ofThisRepository(process.env), GIT_OPTIONAL_LOCKS: '0', ...variables, ...env },
      ...user,
    },
  };
}

/** Git's answer without its last line end; undefined when it fails or there is no repository. */
export async function git(root: string, ...args: string[]): Promise<string | undefined> {
  const answer = await askGit(root, args);
  return answer.isDone ? answer.stdout : undefined;
}

/** The address of the remote `origin`; undefined where there is none. */
export function originOf(root: string): Promise<string | undefined> {
  return git(root, 'remote', 'get-url', 'origin');
}

/** What a Git command printed, or its last words; `stderr` is all that it said beside. */
type GitOutput =
  | { readonly isDone: true; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly isDone: false; readonly said: string; readonly stderr: string };

/**
 * Runs a Git command and gives its output byte by byte, in English. It asks nobody for a password,
 * not even where a partial clone gets a content from its server, and ends after `seconds`.
 */
export async function gitBytes(
  root: string,
  args: readonly string[],
  seconds = 60,
): Promise<GitOutput> {
  try {
    const call = gitProcess(root, args, { ...askingNobody, LC_ALL: 'C' });
    const { stdout, stderr } = await run('git', call.args, {
      maxBuffer: 64 * 1024 ** 2,
      encoding: 'buffer',
      timeout: seconds * 1_000,
      ...call.options,
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
export const askingNobody = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GCM_INTERACTIVE: 'never',
};

/**
 * Git's answer for paths of any number, which it reads from its standard input, separated by NUL: more
 * than fit on a command line. Each is what it says, no pattern. Throws 'usage' when Git
 * refuses.
 */
export async function gitForPaths(
  purpose: GitPurpose,
  root: string,
  args: readonly string[],
  paths: readonly string[],
): Promise<string> {
  const fromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  const all = ['--literal-pathspecs', ...args, ...fromInput];
  const { code, stdout, stderr } = await withInput(root, all, paths);
  if (code === 0) return stdout.replace(/\n$/, '');
  throw failureOf(purpose, root, stderr);
}

/** Which of the paths Git ignores. Throws 'usage' where Git refuses to say. */
export async function ignoredPaths(root: string, paths: readonly string[]): Promise<Set<string>> {
  const question = ['check-ignore', '-z', '--stdin'];
  const { code, stdout, stderr } = await withInput(root, question, paths);
  // 1 where it ignores none.
  if (code !== 0 && code !== 1) {
    throw failureOf({ purpose: 'asking what Git ignores' }, root, stderr);
  }
  return new Set(stdout.split('\0').filter((path) => path !== ''));
}

/**
 * The value of an attribute (gitattributes) of each of the paths, which are relative to the folder;
 * undefined where Git cannot tell.
 */
export async function attributeOf(
  folder: string,
  attribute: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const args = ['check-attr', '-z', '--stdin', attribute];
  const { code, stdout } = await withInput(folder, args, paths);
  if (code !== 0) return undefined;
  const words = stdout.split('\0');
  return new Map(paths.map((path, index) => [path, words[3 * index + 2] ?? '']));
}

async function withInput(
  root: string,
  args: readonly string[],
  paths: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const call = gitProcess(root, args);
  const child = spawn('git', call.args, { ...call.options, stdio: 'pipe' });
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

/** What a call is for, where Git's own command would not tell a person: "committing the results". */
export interface GitPurpose {
  readonly purpose: string;
  readonly hint?: string;
}

/**
 * Git's answer. Throws with Git's own words when it refuses: 'credentials' or 'github' where that was
 * the server's doing or the network's, else 'usage'.
 */
export async function gitOrThrow(root: string, ...args: string[]): Promise<string> {
  return gitFor({ purpose: `git ${subcommand(args)}` }, root, ...args);
}

/** As `gitOrThrow`; the failure says that `purpose` failed. */
export async function gitFor(
  purpose: GitPurpose,
  root: string,
  ...args: string[]
): Promise<string> {
  const answer = await askGit(root, args);
  if (answer.isDone) return answer.stdout;
  throw failureOf(purpose, root, answer.stderr, {
    kind: gitFailureKind(subcommand(args), answer.stderr),
    error: answer.error,
  });
}

function failureOf(
  { purpose, hint = 'What Git said is above.' }: GitPurpose,
  root: string,
  stderr: string,
  { kind = 'usage', error }: { readonly kind?: FailureKind; readonly error?: unknown } = {},
): ExpectedFailure {
  const refused = whyRefused(root);
  if (refused) {
    const { cause, hint } = refused;
    return new ExpectedFailure({ kind: 'usage', cause, hint }, { cause: error });
  }
  const details = stderr.trim().split('\n').slice(-10);
  return new ExpectedFailure({ kind, cause: `${purpose} failed`, hint, details }, { cause: error });
}

/** How Git ended, with what it printed. */
export type GitAnswer =
  | { readonly isDone: true; readonly stdout: string }
  | { readonly isDone: false; readonly stderr: string; readonly error: unknown };

/** Git's answer, or its words when it refuses. */
export async function askGit(root: string, args: readonly string[]): Promise<GitAnswer> {
  try {
    // What is said of a server is understood in English alone.
    const call = gitProcess(root, args, asksServer(subcommand(args)) ? { LC_ALL: 'C' } : {});
    const { stdout } = await run('git', call.args, { maxBuffer: 64 * 1024 ** 2, ...call.options });
    return { isDone: true, stdout: stdout.replace(/\n$/, '') };
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return { isDone: false, stderr: (stderr || (error as Error).message).trim(), error };
  }
}

/** The name of Git's command behind settings of this one call (`-c NAME=VALUE`). */
function subcommand(args: readonly string[]): string {
  let at = 0;
  while (args[at] === '-c') at += 2;
  return args.slice(at).find((word) => !word.startsWith('-')) ?? '';
}
