import { ExpectedFailure } from '../errors.ts';
import { hostNameOf, isLoopback, isSameOrigin, splitCredentials } from '../network/address.ts';
import { type DagsHub, mlflowUri } from './dagshub.ts';

/** Which MLflow server stages log to. */
export type Tracking =
  | { readonly kind: 'local' }
  /** Nowhere: on a machine that is thrown away, a server would be too. */
  | { readonly kind: 'off' }
  | {
      readonly kind: 'remote';
      readonly uri: string;
      /** What an MLflow client needs in its environment. */
      readonly env: Readonly<Record<string, string>>;
    };

/**
 * MLFLOW_TRACKING_URI if it is set, else DagsHub's server with credentials, else a local one, or
 * none where SIBLING_LOCAL_TRACKING is `off`. DagsHub's credentials go to its own server only. Throws
 * 'credentials' for DagsHub's server over plain http.
 */
export function chooseTracking(env: NodeJS.ProcessEnv, dagsHub: DagsHub | undefined): Tracking {
  const given = env.MLFLOW_TRACKING_URI ?? (dagsHub ? mlflowUri(dagsHub) : undefined);
  if (!given) return { kind: env.SIBLING_LOCAL_TRACKING === 'off' ? 'off' : 'local' };
  // An address is shown and kept in many places: the credentials in it travel beside it.
  const { address: uri, ...inAddress } = splitCredentials(given);
  if (dagsHub) refuseClearText(uri, dagsHub);
  const isDagsHub = dagsHub !== undefined && isSameOrigin(uri, dagsHub.host);
  const own = isDagsHub ? dagsHub : undefined;
  const username = env.MLFLOW_TRACKING_USERNAME ?? inAddress.username ?? own?.user;
  const password = env.MLFLOW_TRACKING_PASSWORD ?? inAddress.password ?? own?.token;
  const token = env.MLFLOW_TRACKING_TOKEN;
  return {
    kind: 'remote',
    uri,
    env: {
      MLFLOW_TRACKING_URI: uri,
      ...(username !== undefined && { MLFLOW_TRACKING_USERNAME: username }),
      ...(password !== undefined && { MLFLOW_TRACKING_PASSWORD: password }),
      ...(token && { MLFLOW_TRACKING_TOKEN: token }),
    },
  };
}

/** The token would be sent in clear text, and DagsHub answers with a redirection to https anyway. */
function refuseClearText(uri: string, { host }: DagsHub): void {
  if (hostNameOf(uri) !== hostNameOf(host)) return;
  if (!/^http:/i.test(uri) || !/^https:/i.test(host)) return;
  throw new ExpectedFailure({
    kind: 'credentials',
    cause: `MLFLOW_TRACKING_URI is ${uri}: over http anybody on the way could read the token`,
    hint: `Set MLFLOW_TRACKING_URI=${uri.replace(/^http:/i, 'https:')}, or unset it: DagsHub's MLflow is found without.`,
  });
}

/** The engine's network from which a server elsewhere is reached: the host's own for its loopback. */
export function networkTo(uri: string): 'host' | 'bridge' {
  return isLoopback(uri) ? 'host' : 'bridge';
}
