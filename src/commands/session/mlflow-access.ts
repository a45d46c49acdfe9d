import { startTrackingServer, trackingServerSettings } from '../../container/tracking/server.ts';
import { ExpectedFailure } from '../../errors.ts';
import { originOf } from '../../git/git.ts';
import { type MlflowClient, mlflowClient, mlflowServerOf } from '../../mlflow/client.ts';
import { projectName } from '../../run/prepare/context.ts';
import { baseImage, localTrackingImage } from '../../run/prepare/prepare.ts';
import { dagsHubOf } from '../../servers/dagshub.ts';
import { chooseTracking } from '../../servers/tracking.ts';
import { openEngine, type ProjectSession } from './session.ts';

/** The registry that stages of this project register with. */
export interface ModelRegistry {
  readonly client: MlflowClient;
  /** The name that the project's model has there. */
  readonly model: string;
}

/**
 * The server that stages log to: the one that the environment names, DagsHub's, or the local one,
 * which is started. Throws 'tracking' where there is none.
 */
export async function openRegistry(
  session: ProjectSession,
  signal: AbortSignal,
): Promise<ModelRegistry> {
  const { project, env } = session;
  const origin = await originOf(project.root);
  const tracking = chooseTracking(env, dagsHubOf(env, origin));
  const model = projectName(project, { env, origin });
  if (tracking.kind === 'off') {
    throw new ExpectedFailure({
      kind: 'tracking',
      cause: 'there is no MLflow server: SIBLING_LOCAL_TRACKING is off',
      hint: 'Set MLFLOW_TRACKING_URI, or DagsHub credentials in .env.',
    });
  }
  const variables =
    tracking.kind === 'remote'
      ? tracking.env
      : { MLFLOW_TRACKING_URI: await localUri(session, signal) };
  const server = mlflowServerOf(variables);
  if (!server) throw new Error('a tracking server without an address');
  return { client: mlflowClient(server, { signal }), model };
}

async function localUri(session: ProjectSession, signal: AbortSignal): Promise<string> {
  const engine = await openEngine(session);
  const request = { ...session, engine, signal };
  const image = await localTrackingImage(request, await baseImage(request));
  const settings = trackingServerSettings(session.env);
  return (await startTrackingServer(engine, settings, image.id, signal)).uri;
}
