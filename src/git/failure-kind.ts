import type { FailureKind } from '../errors.ts';

/** Whether a command of Git asks a server. */
export function asksServer(command: string): boolean {
  return ['clone', 'fetch', 'ls-remote', 'pull', 'push'].includes(command);
}

/** Words of Git (remote-curl.c, credential.c), of ssh, and of servers, about who asks. */
const refused =
  /authentication failed|permission (?:to .* )?denied|could not read (?:username|password)|terminal prompts disabled|invalid username or (?:password|token)|returned error: 40[13]|host key verification failed|write access to repository not granted/i;

/** Words about the way there, or about a server that is out of order. */
const away =
  /could not resolve|couldn.t connect|failed to connect|connection (?:timed out|refused|reset|closed)|operation timed out|no route to host|network is unreachable|unable to access|could not read from remote repository|rpc failed|early eof|hung up unexpectedly|gnutls|ssl|returned error: [45]\d\d|repository .* (?:not found|does not exist)|does not appear to be a git repository/i;

/**
 * Who can mend that Git failed: 'credentials' where the server does not take who asks, 'github' where
 * it cannot be reached or is out of order, else 'usage'.
 */
export function gitFailureKind(command: string, stderr: string): FailureKind {
  if (!asksServer(command)) return 'usage';
  if (refused.test(stderr)) return 'credentials';
  return away.test(stderr) ? 'github' : 'usage';
}
