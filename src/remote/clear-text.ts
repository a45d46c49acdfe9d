import { isClearText } from '../network/address.ts';
import type { Tracking } from '../servers/tracking.ts';
import { type Remote, remoteEndpoint } from './remote.ts';

/**
 * Warns of credentials that would go over plain http beyond the networks at hand, a line for each
 * server. Networks of one's own often have no certificates, so that it is no error.
 */
export function clearTextWarnings(remote: Remote, tracking?: Tracking): string[] {
  const servers: string[] = [];
  const { MLFLOW_TRACKING_PASSWORD: password, MLFLOW_TRACKING_TOKEN: token } =
    tracking?.kind === 'remote' ? tracking.env : {};
  if (tracking?.kind === 'remote' && (password ?? token) !== undefined) servers.push(tracking.uri);
  const endpoint = remoteEndpoint(remote);
  const hasKey = remote.kind === 'address' && remote.options.access_key_id !== undefined;
  if (endpoint !== undefined && hasKey) servers.push(endpoint);
  return servers
    .filter(isClearText)
    .map(
      (server) =>
        `warning: credentials go to ${server} over plain http, where anybody on the way can read them: use https`,
    );
}
