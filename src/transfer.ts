import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure, type Failure } from './errors.ts';
import {
  type RunnerContainer,
  type RunnerRequest,
  runDvcHere,
  runDvcInContainer,
} from './runner.ts';
import { explainTransfer } from './transfer-failure.ts';

export interface TransferRequest {
  /** Absent inside the runner image. */
  readonly where: RunnerContainer | undefined;
  readonly request: Omit<RunnerRequest, 'onOutput'>;
  readonly targets: readonly string[];
  readonly report: (line: string) => void;
}

/** Tries and the wait before the second, in milliseconds; each further wait is 1.5 times longer. */
const tries = 5;
const firstWait = 3_000;

/**
 * Sends outs, the run-cache and the objects of uncached metrics (dvc-runner/uncached_metrics.py) to
 * the remote, and asks it whether it has what dvc.lock names. What may pass by itself is tried again; a push resumes, for objects are
 * named by content. Throws 'remote' or 'credentials' with cause and remedy.
 */
export async function push(transfer: TransferRequest): Promise<void> {
  await withRetries(transfer, ['push', '--run-cache', ...transfer.targets], 'push');
  const verified = await dvc(transfer, ['status', '--cloud', '--json', ...transfer.targets], false);
  const missing = verified.code === 0 ? Object.keys(statusOf(verified.output)) : [];
  if (verified.code === 0 && missing.length === 0) return;
  throw new ExpectedFailure(
    missing.length > 0
      ? {
          kind: 'remote',
          cause: `after the push the remote still lacks ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`,
          hint: 'Push again. If the file is not in the local cache either, run its stage again.',
        }
      : explainTransfer('push', transfer.request.remote, verified.output),
  );
}

/** Fetches what dvc.lock names into the workspace. Throws like `push`. */
export async function pull(transfer: TransferRequest): Promise<void> {
  await withRetries(transfer, ['pull', '--run-cache', ...transfer.targets], 'pull');
}

async function withRetries(
  transfer: TransferRequest,
  dvcArguments: readonly string[],
  direction: 'push' | 'pull',
): Promise<void> {
  let wait = firstWait;
  for (let attempt = 1; ; attempt++) {
    const { code, output } = await dvc(transfer, dvcArguments, true);
    if (code === 0) return;
    const failure = explainTransfer(direction, transfer.request.remote, output);
    if (attempt === tries || !mayPass(failure)) throw new ExpectedFailure(failure);
    transfer.report(
      `${failure.cause}; trying again in ${wait / 1000} s (${attempt} of ${tries - 1})`,
    );
    const { signal } = transfer.request;
    await sleep(wait, undefined, { ...(signal && { signal }) });
    wait *= 1.5;
  }
}

/** Wrong credentials and absent files stay so; trouble of the remote or the network may end. */
function mayPass(failure: Failure): boolean {
  return failure.kind === 'remote' && !/lacks files|does not exist|no space/.test(failure.cause);
}

async function dvc(
  { where, request, report }: TransferRequest,
  dvcArguments: readonly string[],
  show: boolean,
): Promise<{ code: number; output: string[] }> {
  const output: string[] = [];
  const full: RunnerRequest = {
    ...request,
    onOutput: ({ lines }) => {
      output.push(...lines);
      if (show) for (const line of lines.filter((text) => text.trim() !== '')) report(line);
    },
  };
  const code = where
    ? await runDvcInContainer(where, full, dvcArguments)
    : await runDvcHere(full, dvcArguments);
  if (code !== 0) request.signal?.throwIfAborted();
  return { code, output };
}

function statusOf(output: readonly string[]): Record<string, unknown> {
  const line = output.find((text) => text.startsWith('{'));
  return line ? JSON.parse(line) : {};
}
