import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The variable that tells the job's later steps where the credentials are. */
export const credentialsVariable = 'SIBLING_CREDENTIALS_FILE';

/**
 * Keeps credentials for this job's Sibling steps in a file of their own: the job's environment
 * would hand them to every other step too.
 */
export async function writeCredentials(
  env: NodeJS.ProcessEnv,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(env.RUNNER_TEMP ?? tmpdir(), `sibling-${randomBytes(6).toString('hex')}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'credentials.json');
  await writeFile(path, JSON.stringify(values), { mode: 0o600, flag: 'wx' });
  return path;
}

/** The environment with the job's credentials in it. */
export function withCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = env[credentialsVariable];
  if (!path || !existsSync(path)) return env;
  return { ...env, ...JSON.parse(readFileSync(path, 'utf8')) };
}

export async function removeCredentials(path: string): Promise<void> {
  await rm(join(path, '..'), { recursive: true, force: true });
}
