import { EnvFileError, parseEnvFile } from '../../../src/project/env-file/parse.ts';
import type { Answer, Question } from './reference.ts';

/** What our reader makes of it, as Compose would say it: names without a value are of the environment. */
export function ourAnswer({ text, env = {} }: Question): Answer {
  try {
    const { assignments, inherited } = parseEnvFile(text, (name) =>
      Object.hasOwn(env, name) ? env[name] : undefined,
    );
    // In the order of the file; a name without a value ends its line.
    const all = [
      ...assignments,
      ...inherited.map(({ name, line }) => ({
        name,
        line,
        value: Object.hasOwn(env, name) ? env[name] : undefined,
      })),
    ].sort((a, b) => a.line - b.line);
    const values = all.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
    return { values: Object.fromEntries(values) };
  } catch (error) {
    if (error instanceof EnvFileError) return { error: error.message };
    throw error;
  }
}
