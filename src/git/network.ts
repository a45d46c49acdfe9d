import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { git, gitProcess } from './git.ts';

const run = promisify(execFile);

/** Whether Git has done it, or what it said last. */
export type NetworkResult = { readonly isDone: true } | { readonly isDone: false; reason: string };

/**
 * Runs a Git command that asks a server, and never a person. It ends when `signal` aborts, which is
 * thrown, when nothing has come for `quiet` seconds over HTTP, and after `longest` seconds in any case.
 */
export async function gitOverNetwork(
  root: string,
  args: readonly string[],
  signal: AbortSignal,
  { quiet = 30, longest = 600 }: { readonly quiet?: number; readonly longest?: number } = {},
): Promise<NetworkResult> {
  const limits = ['-c', 'http.lowSpeedLimit=1', '-c', `http.lowSpeedTime=${quiet}`];
  const isSshSet =
    process.env.GIT_SSH_COMMAND ||
    process.env.GIT_SSH ||
    (await git(root, 'config', '--get', 'core.sshCommand'));
  const ssh = `ssh -oBatchMode=yes -oConnectTimeout=${quiet} -oServerAliveInterval=${quiet}`;
  try {
    const call = gitProcess(root, [...limits, ...args], {
      GIT_TERMINAL_PROMPT: '0',
      ...(!isSshSet && { GIT_SSH_COMMAND: ssh }),
    });
    await run('git', call.args, { signal, timeout: longest * 1000, ...call.options });
    return { isDone: true };
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = '', killed } = error as { stderr?: string; killed?: boolean };
    if (killed) {
      return { isDone: false, reason: `git ${args[0]} was given up after ${longest} seconds` };
    }
    return { isDone: false, reason: lastWords(stderr) || `git ${args[0]} failed` };
  }
}

/** The last fatal line with the one before it, which is that of ssh; advice comes after. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const fatal = lines.findLastIndex((line) => line.startsWith('fatal:'));
  const end = fatal < 0 ? lines.length : fatal + 1;
  return lines.slice(Math.max(0, end - 2), end).join(' ');
}
