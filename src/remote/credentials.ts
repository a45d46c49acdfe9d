import { readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { homeOf } from '../dvc/config/files.ts';
import { ExpectedFailure, type Place } from '../errors.ts';
import { placeInEnvFile } from '../project/env-file/place.ts';
import { contains } from '../system/contains.ts';
import { readWhole } from '../system/read-whole.ts';

/**
 * What of this machine the DVC remote may use: names of variables, and paths of files and folders. Only
 * who runs Sibling says so, never a file that comes with a repository.
 */
export const credentialsSetting = 'SIBLING_REMOTE_CREDENTIALS';

/** The variable by which clients of SSH find the agent; its value is a socket. */
const agentVariable = 'SSH_AUTH_SOCK';

export interface RemoteCredentials {
  readonly variables: Readonly<Record<string, string>>;
  /** Absolute paths of this machine, files and folders. */
  readonly paths: readonly string[];
  /** The home folder that paths of programs count from. */
  readonly home: string;
  /** The socket of an SSH agent. */
  readonly agent?: string;
}

/** More than any key, token or profile takes: what is larger was named by mistake. */
const largest = 1024 * 1024;

/** What the setting names, whether it is there or not; undefined where it names nothing. */
export function namedCredentials(
  root: string,
  env: NodeJS.ProcessEnv,
): RemoteCredentials | undefined {
  const words = wordsOf(env);
  if (words.length === 0) return undefined;
  const names = words.filter(isName);
  const values = names.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  const variables = values.filter(([name]) => name !== agentVariable);
  const files = variables.filter(([name, value]) => namesFile(name, value));
  const own = words.filter((word) => !isName(word)).map((word) => ofHome(root, word, env));
  const agent = names.includes(agentVariable) ? env[agentVariable] : undefined;
  return {
    variables: Object.fromEntries(variables),
    paths: [...new Set([...own, ...files.map(([, value]) => value)])],
    home: homeOf(env),
    ...(agent && { agent }),
  };
}

/**
 * Throws 'configuration', by name and line, for a variable that the setting names and that is not set,
 * and for a file that is not there or cannot be read.
 */
export function requireCredentials(root: string, env: NodeJS.ProcessEnv): void {
  const named = namedCredentials(root, env);
  if (named === undefined) return;
  const place = placeInEnvFile(root, credentialsSetting);
  const unset = wordsOf(env).find((word) => isName(word) && !env[word]);
  if (unset !== undefined) throw refused(`names the variable ${unset}, which is not set`, place);
  const { agent } = named;
  if (agent !== undefined && !statSync(agent, { throwIfNoEntry: false })?.isSocket()) {
    throw refused(`names ${agentVariable}, and at ${agent} there is no agent`, place);
  }
  packFiles(named, place);
}

function wordsOf(env: NodeJS.ProcessEnv): string[] {
  const words = (env.SIBLING_REMOTE_CREDENTIALS ?? '').split(',').map((word) => word.trim());
  return words.filter((word) => word !== '');
}

function isName(word: string): boolean {
  return /^[A-Za-z_]\w*$/.test(word);
}

/** `~` is the home folder; what is relative counts from the project, where `.env` is. */
function ofHome(root: string, path: string, env: NodeJS.ProcessEnv): string {
  return resolve(root, path.replace(/^~(?=\/|$)/, homeOf(env)));
}

function namesFile(name: string, value: string): boolean {
  const isFile = /(?:_FILE|_PATH|_DIR|_CREDENTIALS|_BUNDLE|CCNAME)$/.test(name);
  return isFile && isAbsolute(value);
}

function refused(what: string, place: Place | undefined): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `${credentialsSetting} ${what}`,
    hint: `Name variables that are set, and files, for example ${credentialsSetting}=AWS_PROFILE,~/.aws; docs/REMOTES.md has more.`,
    ...(place && { place }),
  });
}

/** A file to be laid where DVC runs: below its home folder, or anywhere (then `target` begins with `files/`). */
export interface PackedFile {
  /** Absolute, on this machine: what options and variables call it. */
  readonly source: string;
  /** Relative to the folder of all of them. */
  readonly target: string;
  readonly base64: string;
}

/**
 * The files with their contents, those of folders too. Throws 'configuration' for what cannot be read or
 * is too much for credentials.
 */
export function packFiles(
  { paths, home }: Pick<RemoteCredentials, 'paths' | 'home'>,
  place?: Place,
): readonly PackedFile[] {
  let left = largest;
  const pack = (path: string, target: string): PackedFile[] => {
    try {
      const stats = statSync(path);
      if (stats.isDirectory()) {
        return readdirSync(path).flatMap((name) => pack(join(path, name), join(target, name)));
      }
      // Sockets and the like are of programs that run.
      if (!stats.isFile()) return [];
      left -= stats.size;
      if (left < 0) throw refused(`names more than 1 MiB with ${path}: no credentials`, place);
      return [{ source: path, target, base64: readWhole(path).toString('base64') }];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      if (code === 'ENOENT') throw refused(`names ${path}, which is not there`, place);
      throw refused(`names ${path}, which cannot be read (${code})`, place);
    }
  };
  return paths.flatMap((path, at) => {
    const isOfHome = contains(home, path) && path !== home;
    const target = isOfHome
      ? join('home', relative(home, path))
      : join('files', `${at}`, basename(path));
    return pack(path, target);
  });
}
