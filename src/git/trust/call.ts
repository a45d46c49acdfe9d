import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { unseenSubmodules } from './foreign-submodules.ts';
import { parseSettings, programsOff, programsOffEnvironment } from './programs-off.ts';
import { type RepositoryOwners, repositoryOwners } from './repository-owners.ts';
import { type Standing, standing } from './standing.ts';

/** How Git is started: before its own arguments, and as whom. */
export interface GitCall {
  /** Settings for this call alone (`-c NAME=VALUE`). */
  readonly settings: readonly string[];
  /** Variables beside, or in place of, those of `environmentFor`. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether what the repository names is none of the caller's. */
  readonly isTheirs?: boolean;
  /** Set where Git runs as the user whose repository it is. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const asCaller: GitCall = { settings: [], env: {} };

/**
 * How Git is called in a folder so that nobody's programs but the caller's own are run by the caller.
 * Git itself refuses a repository whose files are not the caller's (`safe.directory`), and nothing is
 * added to that for anybody but root. Root, working for a user, runs Git as the owner of a repository
 * that is wholly theirs; and in each that is not wholly root's no program that it names is run.
 */
export function gitCall(folder: string, env: NodeJS.ProcessEnv = process.env): GitCall {
  const caller = process.geteuid?.();
  if (caller === undefined) return asCaller;
  const owners = repositoryOwners(folder);
  if (caller !== 0) return owners ? withoutTheirSubmodules(asCaller, owners, caller) : asCaller;
  const found = standing(owners, caller, env.GITHUB_ACTIONS === 'true');
  if (owners === undefined) return withoutSudo;
  if (found.kind === 'own') return withoutTheirSubmodules(withoutSudo, owners, caller);
  const call = callFor(owners, found, env);
  const named = programsOf(owners, call, env);
  return {
    ...{ ...call, isTheirs: true },
    settings: [...call.settings, ...named.filter(isPlainName).flatMap(asOption)],
    env: {
      ...call.env,
      ...asVariables(
        named.filter((each) => !isPlainName(each)),
        env,
      ),
    },
  };
}

/** Only the commits of submodules are looked at where one is of another user's. */
function withoutTheirSubmodules(call: GitCall, owners: RepositoryOwners, caller: number): GitCall {
  const named = unseenSubmodules(owners, caller);
  if (named.length === 0) return call;
  return {
    ...{ ...call, settings: [...call.settings, ...named.filter(isPlainName).flatMap(asOption)] },
    env: {
      ...call.env,
      ...asVariables(
        named.filter((each) => !isPlainName(each)),
        process.env,
      ),
    },
  };
}

/** Git would take what belongs to the user behind sudo for root's own. */
const withoutSudo: GitCall = { settings: [], env: { SUDO_UID: undefined } };

function callFor(
  { top, gitFolder }: RepositoryOwners,
  found: Standing,
  env: NodeJS.ProcessEnv,
): GitCall {
  const base = { ...withoutSudo.env, ...programsOffEnvironment };
  if (found.kind === 'given') {
    const { user } = found;
    return { settings: [], env: { ...base, ...environmentOf(user.uid, env) }, user };
  }
  if (found.kind === 'foreign') return { settings: [], env: base };
  const vouched = [top, gitFolder].flatMap((path) => ['-c', `safe.directory=${path}`]);
  return { settings: vouched, env: base };
}

/** What `git clone` needs where it reads from such a repository by a process of its own. */
export function uploadPack(top: string): string[] {
  const { settings } = gitCall(top);
  const vouched = settings.filter((word) => word.startsWith('safe.directory='));
  if (vouched.length === 0) return [];
  const options = vouched.map((word) => ` -c ${quoted(word)}`).join('');
  return ['--upload-pack', `git${options} upload-pack`];
}

type Named = readonly [string, string];

/** On a command line the first `=` ends the name. */
function isPlainName([name]: Named): boolean {
  return !name.includes('=');
}

function asOption([name, value]: Named): string[] {
  return ['-c', `${name}=${value}`];
}

function asVariables(named: readonly Named[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (named.length === 0) return {};
  const first = Number(env.GIT_CONFIG_COUNT ?? 0);
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(first + named.length)],
    ...named.flatMap(([name, value], at) => [
      [`GIT_CONFIG_KEY_${first + at}`, name],
      [`GIT_CONFIG_VALUE_${first + at}`, value],
    ]),
  ]);
}

/**
 * What the repository's configuration names, all of it off. Read for each call: it may be written to, and
 * so may each file that it includes.
 */
function programsOf(
  { top }: RepositoryOwners,
  { settings, env, user }: GitCall,
  outer: NodeJS.ProcessEnv,
): readonly Named[] {
  const all = parseSettings(listed('--show-scope'));
  const submodules = existsSync(join(top, '.gitmodules'))
    ? parseSettings(listed('--show-scope', '--file', '.gitmodules'))
    : [];
  return programsOff(all, submodules);

  function listed(...options: string[]): string {
    try {
      const list = ['config', '--null', '--list', ...options];
      return execFileSync('git', [...settings, '-C', top, ...list], {
        ...{ env: { ...outer, ...env }, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 },
        ...{ stdio: ['ignore', 'pipe', 'ignore'], ...user },
      });
    } catch {
      return ''; // refused: then nothing of it is read
    }
  }
}

/** Of the caller's variables those that Git needs: whoever has the same uid can read them all. */
const forGit =
  /^(?:PATH|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|GIT_\w+|SSL_CERT_\w+|CURL_CA_BUNDLE|(?:https?|all|no)_proxy)$/i;

function environmentOf(uid: number, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const left = Object.keys(env).filter((name) => !forGit.test(name));
  return { ...Object.fromEntries(left.map((name) => [name, undefined])), HOME: homeFor(uid, env) };
}

/** The caller's home folder where it is that user's, such as a job's; else the user's own. */
function homeFor(uid: number, { HOME }: NodeJS.ProcessEnv): string {
  if (HOME && statSync(HOME, { throwIfNoEntry: false })?.uid === uid) return HOME;
  return entryOf(uid)?.home ?? '/nonexistent';
}

/** A repository that Git does not work in. */
export interface Refusal {
  readonly cause: string;
  readonly hint: string;
  /** The command of the hint. */
  readonly command: string;
}

/** Whose repository it is that Git refuses, and what to write to trust it; undefined where it does not. */
export function whyRefused(folder: string): Refusal | undefined {
  const caller = process.geteuid?.();
  if (caller === undefined) return undefined;
  const owners = repositoryOwners(folder);
  const found = standing(owners, caller, false);
  if (owners === undefined || found.kind !== 'foreign') return undefined;
  const { top } = owners;
  try {
    const env = { ...process.env, ...withoutSudo.env, LC_ALL: 'C' };
    execFileSync('git', ['-C', top, 'rev-parse', '--git-dir'], { env, stdio: 'pipe' });
    return undefined; // the caller's configuration trusts it
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? '');
    if (!/dubious ownership|unsafe repository/.test(said)) return undefined;
  }
  const who = (uid: number) => `${entryOf(uid)?.name ?? 'a user without a name'} (uid ${uid})`;
  const command = `git config --global --add safe.directory ${quoted(top)}`;
  return {
    cause: `the Git repository ${top} belongs to ${who(found.owner)}, and you are ${who(caller)}: Git does not work in it, for it may name programs to run`,
    hint: `If you trust whoever can write there: ${command}`,
    command,
  };
}

function quoted(path: string): string {
  return /^[\w./@%+,:=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function entryOf(uid: number): { name: string; home: string } | undefined {
  try {
    const own = userInfo();
    if (own.uid === uid) return { name: own.username, home: own.homedir };
  } catch {
    // a uid without an entry
  }
  try {
    const lines = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
    const [name, , , , , home] = lines.find((parts) => parts[2] === String(uid)) ?? [];
    return name && home ? { name, home } : undefined;
  } catch {
    return undefined;
  }
}
