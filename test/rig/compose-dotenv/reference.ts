import { spawnSync } from 'node:child_process';
import { toolPath } from '../tools.ts';

/** A `.env`, and the environment that it is read in. */
export interface Question {
  readonly text: string;
  readonly env?: Readonly<Record<string, string>>;
}

export type Answer =
  | { readonly values: Readonly<Record<string, string>> }
  | { readonly error: string };

/** What Docker Compose's own reader makes of each of these. */
export function askCompose(questions: readonly Question[]): Answer[] {
  const lines = questions.map(({ text, env = {} }) => JSON.stringify({ text, env }));
  const { stdout, stderr, status } = spawnSync(toolPath('compose-dotenv'), [], {
    input: lines.join('\n'),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`compose-dotenv: ${stderr}`);
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => ({ values: {}, ...JSON.parse(line) }));
  return answers.map(({ values, error }) => (error === undefined ? { values } : { error }));
}
