import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure } from '../errors.ts';
import { type Direction, explainTransfer } from '../remote/failure.ts';
import { remoteName } from '../remote/remote.ts';
import type { DagsHub } from '../servers/dagshub.ts';
import { type Attempt, type AttemptRequest, transferOnce } from './attempt.ts';
import { withCredentialsAsked } from './credentials.ts';
import { verifiedText } from './verified.ts';

export interface TransferRequest extends AttemptRequest {
  /** Asked about its credentials when they may be the reason of a failure. */
  readonly dagsHub: DagsHub | undefined;
}

/** Tries and the wait before the second, in milliseconds; each further wait is 1.5 times longer. */
const tries = 5;
const firstWait = 3_000;

/**
 * Sends outs, the run-cache and the objects of uncached metrics (dvc-runner/transfer/uncached_metrics.py) to
 * the remote, which is then asked for each of them (dvc-runner/transfer/whole.py). What may pass by
 * itself is tried again; a push resumes, for objects are named by content. Throws 'remote' or
 * 'credentials' with cause, remedy and the paths of what was not sent.
 */
export async function push(transfer: TransferRequest): Promise<void> {
  const { remote, runCache } = transfer.request;
  if (runCache?.isFork && remote.kind !== 'folder') {
    transfer.view.line(
      `Nothing is sent: ${remoteName(remote)} takes no data from the pull request of a fork (docs/SECURITY.md)`,
    );
    return;
  }
  const { verified } = await withRetries(transfer, 'push');
  transfer.view.line(verifiedText(verified, transfer.targets));
}

/** Fetches what dvc.lock names into the workspace. Throws like `push`. */
export async function pull(transfer: TransferRequest): Promise<void> {
  const { output } = await withRetries(transfer, 'pull');
  for (const line of output) transfer.view.line(line);
}

async function withRetries(transfer: TransferRequest, direction: Direction): Promise<Attempt> {
  const { view, dagsHub, request } = transfer;
  let wait = firstWait;
  for (let number = 1; ; number++) {
    const attempt = await transferOnce(transfer, direction);
    if (attempt.code === 0) return attempt;
    const failure = explainTransfer(direction, request.remote, attempt.output, attempt.trouble);
    if (number === tries || !failure.mayPass) {
      const asked = await withCredentialsAsked(direction, failure, request.remote, dagsHub);
      throw new ExpectedFailure(asked);
    }
    view.line(`${failure.cause}; trying again in ${wait / 1000} s (${number} of ${tries - 1})`);
    await sleep(wait, undefined, { ...(request.signal && { signal: request.signal }) });
    wait *= 1.5;
  }
}
