import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a command ended. */
export interface CommandResult {
  /** 128 plus the signal's number is what a shell would say; here a killed command has -1. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's own; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
  /** Killed after that many milliseconds. */
  readonly timeout?: number;
  /** What it reads from its standard input; nothing otherwise. */
  readonly input?: string;
}

/** Runs a command to its end and never throws for its exit code: tests look at it. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { env, timeout = 300_000, input, ...options }: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(program, args, {
    ...options,
    timeout,
    env: { ...process.env, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code: code ?? -1, stdout, stderr };
}

/** Runs a command that must succeed and gives its output. */
export async function outputOf(
  program: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(program, args, options);
  if (code === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} exited with ${code}:\n${stdout}${stderr}`);
}
