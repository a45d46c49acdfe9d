import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/**
 * The environment with the project's `.env` beneath it: what is set in the environment wins, so
 * that one command can differ from the file. An empty value in `.env` counts as unset.
 */
export function readEnvironment(root: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = join(root, '.env');
  if (!existsSync(path)) return { ...env };
  const file = parseEnv(readFileSync(path, 'utf8'));
  const filled = Object.entries(file).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(filled), ...env };
}
