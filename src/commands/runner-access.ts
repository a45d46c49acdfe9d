import type { Engine } from '../container/engine.ts';
import { choosePlacement } from '../container/files/choose.ts';
import { dagsHubOf } from '../dagshub.ts';
import { git } from '../git.ts';
import { baseImage, prepareRemote, runnerImage } from '../prepare.ts';
import { announce } from '../presence.ts';
import { chooseRemote, type Remote, remoteEndpoint } from '../remote.ts';
import { newRunId } from '../run.ts';
import { insideRunner, type RunnerContainer, type RunnerRequest } from '../runner.ts';
import { isLoopback } from '../tracking.ts';
import type { ProjectSession } from './session.ts';

/** How a command other than `run` reaches DVC. */
export interface DvcAccess {
  /** Absent inside the runner image. */
  readonly where: RunnerContainer | undefined;
  readonly request: Omit<RunnerRequest, 'onOutput'>;
  readonly remote: Remote;
}

/** Makes the runner image ready and says which remote DVC shall use. */
export async function accessDvc(
  session: ProjectSession,
  engine: Engine,
  signal: AbortSignal,
): Promise<DvcAccess> {
  const { project, env } = session;
  const dagsHub = dagsHubOf(env, await git(project.root, 'remote', 'get-url', 'origin'));
  const remote = chooseRemote(project.root, project.id, env, dagsHub);
  await prepareRemote(remote, project);
  const images = { ...session, engine, signal };
  const where = insideRunner(env)
    ? undefined
    : {
        engine,
        image: (await runnerImage(images, await baseImage(images))).reference,
        placement: await choosePlacement(engine),
        hostNetwork: isLoopback(remoteEndpoint(remote)),
      };
  const run = newRunId();
  await announce(project, run, 'dvc', { writes: false });
  const request = { project, run, remote, stageEnv: {}, env: {}, signal };
  return { where, request, remote };
}
