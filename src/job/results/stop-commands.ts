import { randomBytes } from 'node:crypto';

/**
 * Keeps GitHub's runner from obeying workflow commands in a stage's output, until the function that is
 * given back is called. The runner finds some forms anywhere in a line, so a prefix is not enough.
 * Nobody can guess what makes it obey again.
 */
export function stopCommands(
  env: NodeJS.ProcessEnv,
  write: (text: string) => void = (text) => void process.stdout.write(text),
): () => void {
  if (env.GITHUB_ACTIONS !== 'true') return () => undefined;
  const token = randomBytes(16).toString('hex');
  write(`::stop-commands::${token}\n`);
  // The stage's last line may have no end.
  return () => write(`\n::${token}::\n`);
}
