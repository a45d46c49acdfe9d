import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExpectedFailure } from '../errors.ts';
import { gitProcess } from '../git/git.ts';
import { whyRefused } from '../git/trust/call.ts';
import { readWhole, whyUnreadable } from '../system/read-whole.ts';
import { readEnvFile } from './env-file/read.ts';

/** Variables that say where to go and as whom: an empty one, as a workflow sets it, says nothing. */
const addresses = /^(DAGSHUB|MLFLOW|SIBLING|DVC|AWS)_/;

/**
 * The environment with the project's `.env` beneath it, which is read as Docker Compose reads it: what is set in the environment wins, so
 * that one command can differ from the file; set to nothing, it takes the file's value away. An
 * empty value in `.env` counts as unset. A `.env` that Git tracks is nobody's own: whoever changes
 * the repository could name the server that the environment's credentials go to. It is not read, and
 * `warn` is told so.
 */
export function readEnvironment(
  root: string,
  env: NodeJS.ProcessEnv,
  warn: (line: string) => void,
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries({ ...ownFile(root, env, warn), ...env }).filter(
      ([name, value]) => value !== '' || !addresses.test(name),
    ),
  );
}

function ownFile(root: string, env: NodeJS.ProcessEnv, warn: (line: string) => void) {
  const path = join(root, '.env');
  if (!existsSync(path)) return {};
  const origin = originOfEnvFile(root, env);
  if (origin !== 'own') {
    const refused = origin === 'unknown' ? whyRefused(root) : undefined;
    warn(
      refused
        ? `warning: .env is not read, for ${refused.cause}. ${refused.hint}`
        : notRead[origin],
    );
    return {};
  }
  const file = readEnvFile(path, readEnvBytes(path), env);
  return Object.fromEntries(Object.entries(file).filter(([, value]) => value !== ''));
}

const notRead = {
  tracked:
    'warning: .env is not read, for Git tracks it: whoever changes the repository could choose where your credentials go. Take it out (git rm --cached .env), and add .env to .gitignore.',
  unknown:
    'warning: .env is not read, for this checkout does not tell whether it came with the repository.',
} as const;

/** Bytes; Docker Compose itself knows no limit. */
const largestEnvFile = 2 ** 20;

/** A `.env` as it is. Throws 'configuration' for one that cannot be read. */
export function readEnvBytes(path: string): Buffer {
  try {
    return readWhole(path, { limit: largestEnvFile });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ExpectedFailure(
      {
        kind: 'configuration',
        cause: `.env ${whyUnreadable(error)}`,
        hint:
          code === 'EISDIR'
            ? 'It is a folder, as docker run makes one for a mount of a file that is not there: remove it.'
            : 'Make it a file that you may read, or remove it.',
        place: { file: path },
      },
      { cause: error },
    );
  }
}

/** Whether `.env` is of this machine, or came with the repository; there need not be one yet. */
export function originOfEnvFile(
  root: string,
  env: NodeJS.ProcessEnv,
): 'own' | 'tracked' | 'unknown' {
  // Also under a name that is the same file where case does not count.
  const question = ['ls-files', '--error-unmatch', '--', ':(icase).env'];
  try {
    const { args, options } = gitProcess(root, question);
    execFileSync('git', args, { stdio: 'ignore', ...options });
    return 'tracked';
  } catch (error) {
    if ((error as { status?: number }).status === 1) return 'own';
    // A job without a Git repository may have got the files of one all the same.
    return isInRepository(root) || env.GITHUB_ACTIONS === 'true' ? 'unknown' : 'own';
  }
}

function isInRepository(folder: string): boolean {
  if (existsSync(join(folder, '.git'))) return true;
  return folder !== dirname(folder) && isInRepository(dirname(folder));
}
