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
 * none where SIBLING_LOCAL_TRACKING is `off`.
 */
export function chooseTracking(env: NodeJS.ProcessEnv, dagsHub: DagsHub | undefined): Tracking {
  const uri = env.MLFLOW_TRACKING_URI ?? (dagsHub ? mlflowUri(dagsHub) : undefined);
  if (!uri) return { kind: env.SIBLING_LOCAL_TRACKING === 'off' ? 'off' : 'local' };
  const isDagsHub = dagsHub !== undefined && uri.startsWith(`${dagsHub.host}/`);
  const username = env.MLFLOW_TRACKING_USERNAME ?? (isDagsHub ? dagsHub.user : undefined);
  const password = env.MLFLOW_TRACKING_PASSWORD ?? (isDagsHub ? dagsHub.token : undefined);
  return {
    kind: 'remote',
    uri,
    env: {
      MLFLOW_TRACKING_URI: uri,
      ...(username !== undefined && { MLFLOW_TRACKING_USERNAME: username }),
      ...(password !== undefined && { MLFLOW_TRACKING_PASSWORD: password }),
    },
  };
}

/** True for an address that means this machine itself, which no bridge network reaches. */
export function isLoopback(address: string | undefined): boolean {
  if (!address || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** The engine's network from which a server elsewhere is reached: the host's own for its loopback. */
export function networkTo(uri: string): 'host' | 'bridge' {
  return isLoopback(uri) ? 'host' : 'bridge';
}
