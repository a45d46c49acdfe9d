import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { ExpectedFailure } from './errors.ts';

const run = promisify(execFile);

/** Root may work in a folder that belongs to another user; the repository is one above it, maybe. */
const trusting = ['-c', 'safe.directory=*'];

/**
 * What a configuration must not change of what Git answers (git-config): a pager, a monitor of files,
 * colours, signatures in a log, quoted names, paths relative to a folder.
 */
const plain = [
  ...[
    'core.pager=cat',
    'core.fsmonitor=false',
    'color.ui=false',
    'core.quotePath=false',
    'log.showSignature=false',
  ],
  ...['diff.relative=false', 'diff.noprefix=false', 'diff.mnemonicPrefix=false'],
  ...['status.relativePaths=false', 'advice.detachedHead=false'],
].flatMap((setting) => ['-c', setting]);

/**
 * Before the arguments of every call of Git: what it works on, and how it answers whoever's machine
 * it is. How the network is reached (proxies, url.insteadOf, credentials) stays the machine's.
 */
export function gitArguments(root: string, args: readonly string[]): string[] {
  return [...trusting, ...plain, '-C', root, ...args];
}

/** Git's environment: without the variables of a hook or a shell that mean another repository. */
export function gitEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !elsewhere.has(name));
  // Else even `git status` rewrites the index, as root in somebody else's folder.
  return { ...Object.fromEntries(kept), GIT_OPTIONAL_LOCKS: '0' };
}

/** What Git sets for its hooks (githooks), and what would change the answers. */
const elsewhere = new Set([
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'],
  ...['GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_COMMON_DIR', 'GIT_NAMESPACE', 'GIT_QUARANTINE_PATH'],
  ...['GIT_PAGER', 'GIT_EXTERNAL_DIFF', 'GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS'],
  ...['GIT_NOGLOB_PATHSPECS', 'GIT_ICASE_PATHSPECS', 'GIT_DEFAULT_HASH'],
]);

/**
 * For commits that are nobody's own, such as a job's: hooks, signing, templates and habits of the
 * machine are for what a person commits, and may wait for one.
 */
export const unattended = [
  ...['core.hooksPath=/dev/null', 'core.editor=true'],
  ...['sequence.editor=true', 'commit.gpgSign=false', 'tag.gpgSign=false', 'push.gpgSign=false'],
  ...[
    'commit.template=',
    'commit.cleanup=whitespace',
    'commit.verbose=false',
    'commit.status=false',
  ],
  ...['rebase.autoStash=false', 'rebase.autoSquash=false', 'rebase.updateRefs=false'],
  ...['rebase.missingCommitsCheck=ignore', 'rerere.enabled=false', 'push.followTags=false'],
  ...['push.recurseSubmodules=no', 'fetch.recurseSubmodules=false', 'fetch.prune=false'],
  ...[
    'submodule.recurse=false',
    'init.templateDir=',
    'gc.auto=0',
    'maintenance.auto=false',
    'core.safecrlf=false',
  ],
].flatMap((setting) => ['-c', setting]);

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
    const { stdout, stderr } = await run('git', gitArguments(root, args), {
      maxBuffer: 64 * 1024 ** 2,
      encoding: 'buffer',
      timeout: seconds * 1_000,
      env: { ...gitEnvironment(), ...askingNobody, LC_ALL: 'C' },
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
  throw failureOf(purpose, stderr);
}

/** Which of the paths Git ignores. */
export async function ignoredPaths(root: string, paths: readonly string[]): Promise<Set<string>> {
  const { stdout } = await withInput(root, ['check-ignore', '-z', '--stdin'], paths);
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
  const child = spawn('git', gitArguments(root, args), { env: gitEnvironment() });
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

/** Git's answer. Throws 'usage' with Git's own words when it refuses. */
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
  throw failureOf(purpose, answer.stderr, answer.error);
}

function failureOf(
  { purpose, hint = 'What Git said is above.' }: GitPurpose,
  stderr: string,
  error?: unknown,
): ExpectedFailure {
  const details = stderr.trim().split('\n').slice(-10);
  return new ExpectedFailure(
    { kind: 'usage', cause: `${purpose} failed`, hint, details },
    { cause: error },
  );
}

/** How Git ended, with what it printed. */
export type GitAnswer =
  | { readonly isDone: true; readonly stdout: string }
  | { readonly isDone: false; readonly stderr: string; readonly error: unknown };

/** Git's answer, or its words when it refuses. */
export async function askGit(root: string, args: readonly string[]): Promise<GitAnswer> {
  try {
    const { stdout } = await run('git', gitArguments(root, args), {
      maxBuffer: 64 * 1024 ** 2,
      env: gitEnvironment(),
    });
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
