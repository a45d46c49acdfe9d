import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repository } from './repository.ts';
import { cleanEnvironment } from './stage-project.ts';

/** What a person saw, and how the program ended: minus the signal's number when by a signal. */
export interface OnTerminal {
  readonly code: number;
  readonly screen: string;
}

/** What is typed, and after which words on the screen (a regular expression). */
export type Answers = readonly (readonly [string, string])[];

/** Runs the committed command line on a pseudo terminal. */
export async function siblingOnTerminal(
  root: string,
  args: readonly string[],
  { answers, env = {} }: { readonly answers: Answers; readonly env?: NodeJS.ProcessEnv },
): Promise<OnTerminal> {
  const driver = spawn('python3', [join(repository, 'test/rig/terminal.py')], {
    cwd: root,
    env: cleanEnvironment({ TERM: 'xterm', ...env }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  driver.stdin.end(
    JSON.stringify({ program: [join(repository, 'bin/sibling'), ...args], answers }),
  );
  const [said] = await Promise.all([text(driver.stdout), once(driver, 'close')]);
  return JSON.parse(said) as OnTerminal;
}
