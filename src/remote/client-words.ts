import type { FailureKind } from '../errors.ts';

/** What a client of DVC's says, and what it means for a person; `cause` follows the remote's name. */
export interface ClientWords {
  readonly pattern: RegExp;
  readonly kind: FailureKind;
  readonly cause: string;
  readonly hint: string;
  readonly mayPass?: true;
  /** The pattern is about a path; for all others paths are taken out, whatever words they have. */
  readonly ofPath?: true;
}

/**
 * The words of the clients of proxies, SSH (asyncssh), WebDAV (webdav4), Azure (adlfs) and Google (gcsfs) for what
 * a person can mend. Those of S3 are in failure.ts.
 */
export const clientWords: readonly ClientWords[] = [
  {
    pattern: /HTTP 407|Proxy Authentication Required/i,
    kind: 'credentials',
    cause: 'was not reached: the proxy on the way refuses the login',
    hint: 'Check the user and the password in HTTPS_PROXY or HTTP_PROXY; or let NO_PROXY name the server.',
  },
  {
    pattern: /ProxyConnectionError|Failed to connect to proxy|ProxyError/,
    kind: 'remote',
    cause: 'cannot be reached through the proxy',
    hint: 'Check HTTPS_PROXY and HTTP_PROXY; or let NO_PROXY name the server.',
    mayPass: true,
  },
  {
    pattern:
      /Permission denied for user|PermissionDenied: |Private key .*passphrase|KeyImportError|agent refused operation/i,
    kind: 'credentials',
    cause: 'refused the user or the key',
    hint: 'Check the user in its address, and the key: SIBLING_REMOTE_CREDENTIALS names what DVC is given (docs/REMOTES.md). A key with a passphrase needs an agent (SSH_AUTH_SOCK) or the option passphrase.',
  },
  {
    pattern:
      /AuthenticationFailed|Authentication to Azure|ClientAuthenticationError|CredentialUnavailable|DefaultCredentialsError|RefreshError|invalid_grant|Anonymous caller/,
    kind: 'credentials',
    cause: 'refused the credentials',
    hint: 'Check what SIBLING_REMOTE_CREDENTIALS names, and the options of the remote: docs/REMOTES.md says which each kind takes.',
  },
  {
    pattern:
      /The resource .*could not be found in the server|ContainerNotFound|No such container|The specified container does not exist|(?<!NoSuchBucket: )The specified bucket does not exist/i,
    kind: 'remote',
    cause: 'does not exist there',
    hint: 'Make the folder, container or bucket of its address on the server, or mend the address.',
  },
];
