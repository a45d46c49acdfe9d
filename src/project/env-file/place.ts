import { join } from 'node:path';
import type { Place } from '../../errors.ts';
import { readWhole } from '../../system/read-whole.ts';
import { parseEnvFile } from './parse.ts';
import { textOf } from './read.ts';

/** Where in the project's `.env` a variable is set; undefined where the environment itself sets it. */
export function placeInEnvFile(
  root: string,
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Place | undefined {
  if (env[name] !== undefined) return undefined;
  try {
    const text = textOf(readWhole(join(root, '.env')));
    const { assignments } = parseEnvFile(text, (variable) => env[variable]);
    const line = assignments.findLast((assignment) => assignment.name === name)?.line;
    return line === undefined ? undefined : { file: '.env', line };
  } catch {
    return undefined; // who reads the file's values has told what is wrong with it
  }
}
