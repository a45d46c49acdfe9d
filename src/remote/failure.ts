import type { Failure } from '../errors.ts';
import { byteSize } from '../terminal/table.ts';
import { type ClientWords, clientWords } from './client-words.ts';
import { type Remote, remoteName } from './remote.ts';
import type { NamedObject, TransferTrouble } from './transfer-events.ts';

export type Direction = 'push' | 'pull';

/** Why a push or pull failed. */
export interface TransferFailure extends Failure {
  /** Whether another try may go well. */
  readonly mayPass: boolean;
}

const writing = '(PutObject|CreateMultipartUpload|UploadPart|CompleteMultipartUpload)';

const noRemote = /config file error: remote '(.*?)' doesn't exist/;
/** dvc-runner/remote/chosen.py; DVC itself would make the folder, in its container. */
const noFolder = /config file error: the folder of remote '(.*?)' is not there: (.*)/;

/**
 * The words in which DVC, its S3 client and dvc-runner/events/failure_reason.py report what a person can
 * mend, most specific first.
 */
const explanations: readonly ClientWords[] = [
  {
    pattern: /Unable to acquire lock/,
    kind: 'busy',
    cause: 'was not asked: another DVC is at work in this workspace',
    hint: 'Wait until it has ended.',
    mayPass: true,
  },
  {
    pattern: noRemote,
    kind: 'configuration',
    cause: 'was not asked: an out names another remote, and credentials go to this one alone',
    hint: 'Take `remote:` out of its entry in dvc.yaml or in the .dvc file; or let .dvc/config decide, without DagsHub credentials and DVC_REMOTE_URL.',
  },
  {
    pattern: noFolder,
    ofPath: true,
    kind: 'remote',
    cause: 'was not asked: an out names another remote, whose folder is not there',
    hint: 'Is its disk there? A new one has to be made first (mkdir); .dvc/config says where it is.',
  },
  {
    // dvc-runner/started_programs.py
    pattern: /would start a program, \S+, beside the engine/,
    kind: 'configuration',
    cause:
      'was not asked: its configuration names a program (credential_process and the like), which would run beside the engine’s socket',
    hint: 'Give the credentials themselves (docs/REMOTES.md): a key in .dvc/config.local, or lent variables.',
  },
  {
    pattern: /Can't remove the following unsaved files/,
    kind: 'usage',
    cause: 'has other contents than files here that nothing else has, so that none was replaced',
    hint: 'Keep them elsewhere, or remove them, then pull again. sibling run saves what a stage made.',
  },
  ...clientWords,
  {
    pattern: /has other bytes than its name says/,
    kind: 'remote',
    cause: 'has objects whose bytes are not what their names say: they are not believed',
    hint: 'Somebody or something has changed them there. Remove these objects from the remote, and push them from where they are right (sibling push); or run the stages again.',
  },
  {
    pattern: /RequestTimeTooSkewed/,
    kind: 'remote',
    cause: "refuses this machine's clock",
    hint: 'The time here differs too much from the time there: set the clock (timedatectl set-ntp true; in a virtual machine restart it).',
  },
  {
    pattern: /InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken/,
    kind: 'credentials',
    cause: 'refused the credentials',
    hint: 'Check DAGSHUB_USER_NAME and DAGSHUB_TOKEN in .env (of another S3 server AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY): is the token still valid, does it belong to that user?',
  },
  {
    pattern: new RegExp(
      `${writing}: HTTP 40[13]|\\((AccessDenied|Unauthorized|40[13])\\) when calling the ${writing}`,
    ),
    kind: 'credentials',
    cause: 'lets these credentials read, but not write',
    hint: 'Ask the owner of the repository or bucket for write access.',
  },
  {
    pattern: /\b401\b|Unauthorized/i,
    kind: 'credentials',
    cause: 'refused the credentials',
    hint: 'Check DAGSHUB_USER_NAME and DAGSHUB_TOKEN in .env: is the token still valid, does it belong to that user?',
  },
  {
    pattern: /\b403\b|Forbidden|AccessDenied/i,
    kind: 'credentials',
    cause: 'does not allow this',
    hint: 'The token is stale, or its user may not use the repository: make a new token, or ask its owner for access.',
  },
  {
    pattern: /NoSuchBucket|InvalidBucketName|ListObjectsV2: HTTP 404/i,
    kind: 'remote',
    cause: 'does not exist',
    hint: 'Check the repository in DAGSHUB_REPO or MLFLOW_TRACKING_URI, or the bucket in DVC_REMOTE_URL.',
  },
  {
    pattern:
      /HTTP 413|EntityTooLarge|Request Entity Too Large|failed to transfer.*400 Bad Request/i,
    kind: 'remote',
    cause: 'does not take files as large as this',
    hint: 'Make the out smaller, or several of it; or use a remote without such a limit (DVC_REMOTE_URL).',
  },
  {
    pattern: /HTTP 400\b/,
    kind: 'remote',
    cause: 'refuses what it was sent (HTTP 400)',
    hint: 'Its own words are above. Some servers refuse large files in this way.',
  },
  {
    pattern: /WRONG_VERSION_NUMBER|record layer failure/,
    kind: 'remote',
    cause: 'does not speak TLS',
    hint: 'Its address says https: check it, or the proxy between.',
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|SSL validation failed|SSLError/,
    kind: 'remote',
    cause: 'shows a certificate that is not trusted here',
    hint: "Set SSL_CERT_FILE to a bundle that has its authority's certificate (with images built anew, the base image trusts it then). A wrong clock looks like this too.",
  },
  {
    pattern: /No space left on device|Disk quota exceeded/i,
    kind: 'remote',
    cause: 'or this machine has no space left',
    hint: 'Free some space, then try again: what has arrived stays.',
  },
  {
    pattern:
      /HTTP (5\d\d|429)|\b50[0234]\b|Service Temporarily Unavailable|SlowDown|InternalError/i,
    kind: 'remote',
    cause: 'has trouble of its own',
    hint: 'Try again in a few minutes: what has arrived is not sent again.',
    mayPass: true,
  },
  {
    pattern:
      /Could not connect|Connect call failed|All connection attempts failed|Cannot connect to host|name resolution|ServiceRequestError|Connection (refused|reset|was closed)|ConnectionClosedError|Name or service not known|timed out|[Tt]imeout|EndpointConnectionError|IncompleteRead|ClientPayloadError/,
    kind: 'remote',
    cause: 'cannot be reached',
    hint: 'Check the network and the address.',
    mayPass: true,
  },
  {
    pattern: /do not exist neither locally nor on remote|missing-files|Some of the cache files/i,
    kind: 'remote',
    cause: 'lacks files that dvc.lock names',
    hint: lackingHint('pull'),
  },
];

/** What these words say, whatever the files are called that they are about. */
function explained(said: string, paths: readonly string[] = []): ClientWords | undefined {
  const named = paths.toSorted((one, other) => other.length - one.length);
  const words = named.reduce((text, path) => text.replaceAll(path, '…'), said);
  // Quoted, as Python has a path in an error; and what else has a slash, but for an address.
  const bare = words
    .replace(/(['"])[^'"\n]*\/[^'"\n]*\1/g, '…')
    .replace(/(?<![\w:/])[\w.~-]*\/[\w./~-]*/g, '…');
  return explanations.find(({ pattern, ofPath }) => pattern.test(ofPath ? said : bare));
}

/** What a remote, or its client, said, in a person's words; `cause` follows the remote's name. */
export function explainWords(said: string): Pick<ClientWords, 'kind' | 'cause' | 'hint'> {
  const known = explained(said);
  return known ?? { kind: 'remote', cause: 'could not be used', hint: 'Its own words say why.' };
}

/** A failed push or pull in a person's words; DVC's own last lines are its details. */
export function explainTransfer(
  direction: Direction,
  remote: Remote,
  output: readonly string[],
  trouble: TransferTrouble = {},
): TransferFailure {
  const { failed, lacking, broken } = trouble;
  const whys = [...new Set([broken?.why, ...(failed?.objects ?? []).map(({ why }) => why)])];
  const said = whys.filter((why) => why !== undefined);
  const details = [...said.slice(0, 3), ...output.filter((line) => !isNoise(line)).slice(-10)];
  if (lacking !== undefined && failed === undefined && broken === undefined) {
    return { ...explainLacking(direction, remote, lacking), details };
  }
  // What S3 said of the objects goes before what DVC makes of it.
  const text = (said.length > 0 ? said : output).join('\n');
  const paths = [...(failed?.objects ?? []), ...(lacking?.objects ?? [])].map(({ path }) => path);
  const known = noSuchRemote(remote, text) ?? explained(text, paths);
  const done = direction === 'push' ? 'sent' : 'fetched';
  const names = failed === undefined ? '' : `: ${namesText(failed)} not ${done}`;
  return {
    kind: known?.kind ?? 'remote',
    cause: `${direction} failed: ${remoteName(remote)} ${known?.cause ?? 'could not be used'}${names}`,
    hint: known?.hint ?? 'What DVC said is above.',
    details,
    mayPass: known === undefined || known.mayPass === true,
  };
}

/** A remote that no configuration has: the default one, or one that an out names. */
function noSuchRemote(remote: Remote, text: string): ClientWords | undefined {
  const [, missing] = noRemote.exec(text) ?? [];
  if (missing === undefined || remote.kind === 'address') return undefined;
  if (remote.kind === 'folder' || missing !== remote.name) {
    return {
      pattern: noRemote,
      kind: 'configuration',
      cause: `was not asked: an out names another remote, ${missing}, which no .dvc/config has`,
      hint: `Correct \`remote:\` of its entry in dvc.yaml or in the .dvc file, or add that remote: dvc remote add ${missing} ADDRESS.`,
    };
  }
  return {
    pattern: noRemote,
    kind: 'configuration',
    cause: 'is the default, and no remote of that name is there',
    hint: `dvc remote list shows the remotes that there are: dvc remote default NAME takes one of them, dvc remote add ${missing} ADDRESS makes it.`,
  };
}

function explainLacking(
  direction: Direction,
  remote: Remote,
  lacking: NonNullable<TransferTrouble['lacking']>,
): TransferFailure {
  const nowhere = lacking.count - lacking.here;
  const names = namesText(
    nowhere === 0
      ? lacking
      : { count: nowhere, objects: lacking.objects.filter(({ here }) => !here) },
  );
  const name = remoteName(remote);
  const causes: Record<Direction, string> = {
    push:
      nowhere === 0
        ? `after the push ${name} still lacks what it was sent: ${names} not there`
        : `push failed: neither this machine nor ${name} has all that dvc.lock names: ${names} nowhere`,
    pull: `pull failed: ${name} lacks files that dvc.lock names: ${names} not there`,
  };
  return {
    kind: 'remote',
    cause: causes[direction],
    hint: lackingHint(nowhere === 0 ? undefined : direction),
    mayPass: nowhere === 0,
  };
}

function lackingHint(direction: Direction | undefined): string {
  switch (direction) {
    case 'push':
      return 'Run the stages that make them again (sibling run), or push from where they are.';
    case 'pull':
      return 'Whoever made them has to push (sibling push); or run the stages again (sibling run). With DagsHub, wrong credentials look like this too.';
    case undefined:
      return 'Push again. If that does not help, something removes objects from the remote.';
  }
}

/** `a.txt (2.0 MB), b.txt and 3 more were`: ready for a participle. */
function namesText({
  count,
  objects,
}: {
  readonly count: number;
  readonly objects: readonly NamedObject[];
}): string {
  const shown = objects
    .slice(0, 5)
    .map(({ path, size }) => (size === undefined ? path : `${path} (${byteSize(size)})`));
  const rest =
    count > shown.length ? ` and ${(count - shown.length).toLocaleString('en-US')} more` : '';
  return `${shown.join(', ')}${rest} ${count === 1 ? 'was' : 'were'}`;
}

function isNoise(line: string): boolean {
  return line.trim() === '' || line.startsWith('Having any troubles?');
}
