import { startTrackingServer, trackingServerSettings } from '../../container/tracking/server.ts';
import { originOf } from '../../git/git.ts';
import { dagsHubOf } from '../../servers/dagshub.ts';
import { chooseTracking, networkTo } from '../../servers/tracking.ts';
import type { StageOptions } from '../../stage/options/options.ts';
import { baseImage, type ImageRequest, localTrackingImage } from './prepare.ts';

/** How a stage that tracks reaches its MLflow server. */
export interface StageTracking {
  /** The engine's network from which it is reached; `none` where there is nothing to track with. */
  readonly network: string;
  /** What the stage's MLflow client needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** The server that the environment names, DagsHub's, or a local one, which is started. */
export async function trackingOf(request: ImageRequest): Promise<StageTracking> {
  const origin = await originOf(request.project.root);
  const tracking = chooseTracking(request.env, dagsHubOf(request.env, origin));
  if (tracking.kind === 'off') return { network: 'none', env: {} };
  if (tracking.kind === 'remote') {
    return { network: networkTo(tracking.uri), env: tracking.env };
  }
  const image = await localTrackingImage(request, await baseImage(request));
  const server = await startTrackingServer(
    request.engine,
    trackingServerSettings(request.env),
    image.id,
    request.signal,
  );
  return { network: server.network, env: { MLFLOW_TRACKING_URI: server.stageUri } };
}

/** The engine's network that stands for `meta.sibling.network`. */
export function networkName(
  { network }: StageOptions,
  tracking: StageTracking | undefined,
): string {
  if (network === 'tracking') return tracking?.network ?? 'none';
  return network === 'internet' ? 'bridge' : 'none';
}
