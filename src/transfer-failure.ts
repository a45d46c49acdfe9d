import type { Failure, FailureKind } from './errors.ts';
import { type Remote, remoteName } from './remote.ts';

interface Explanation {
  readonly pattern: RegExp;
  readonly kind: FailureKind;
  readonly cause: string;
  readonly hint: string;
}

/** The words in which DVC and its S3 client report what a person can mend, most specific first. */
const explanations: readonly Explanation[] = [
  {
    pattern: /InvalidAccessKeyId|SignatureDoesNotMatch|\b401\b|Unauthorized/i,
    kind: 'credentials',
    cause: 'refused the credentials',
    hint: 'Check DAGSHUB_USER_NAME and DAGSHUB_TOKEN in .env: is the token still valid, does it belong to that user?',
  },
  {
    pattern: /\b403\b|Forbidden|AccessDenied/i,
    kind: 'credentials',
    cause: 'does not allow this',
    hint: 'The token is stale, or its user may not write to the repository: make a new token, or ask its owner for access.',
  },
  {
    pattern: /NoSuchBucket|\b404\b/i,
    kind: 'remote',
    cause: 'does not exist',
    hint: 'Check the repository in DAGSHUB_REPO or MLFLOW_TRACKING_URI, or the bucket in DVC_REMOTE_URL.',
  },
  {
    pattern:
      /Could not connect|Connection refused|Name or service not known|timed out|EndpointConnectionError/i,
    kind: 'remote',
    cause: 'cannot be reached',
    hint: 'Check the network and the address.',
  },
  {
    pattern: /\b50[0234]\b|Service Temporarily Unavailable|SlowDown|InternalError/i,
    kind: 'remote',
    cause: 'has trouble of its own',
    hint: 'Try again in a few minutes: what has arrived is not sent again.',
  },
  {
    pattern: /do not exist neither locally nor on remote|missing-files|Some of the cache files/i,
    kind: 'remote',
    cause: 'lacks files that dvc.lock names',
    hint: 'Whoever made them has to push (sibling push); or run the stages again (sibling run). With DagsHub, wrong credentials look like this too.',
  },
  {
    pattern: /No space left on device/i,
    kind: 'remote',
    cause: 'or this machine has no space left',
    hint: 'Free some space, then try again.',
  },
];

/** A failed push or pull in a person's words; DVC's own last lines are its details. */
export function explainTransfer(
  direction: 'push' | 'pull',
  remote: Remote,
  output: readonly string[],
): Failure {
  const text = output.join('\n');
  const known = explanations.find(({ pattern }) => pattern.test(text));
  const details = output.filter((line) => line.trim() !== '').slice(-10);
  return {
    kind: known?.kind ?? 'remote',
    cause: `${direction} failed: ${remoteName(remote)} ${known?.cause ?? 'could not be used'}`,
    hint: known?.hint ?? 'What DVC said is above.',
    details,
  };
}
