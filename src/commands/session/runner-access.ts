import type { Engine } from '../../container/engine.ts';
import { choosePlacement } from '../../container/files/choose.ts';
import { originOf } from '../../git/git.ts';
import { isLoopback } from '../../network/address.ts';
import { clearTextWarnings } from '../../remote/clear-text.ts';
import { requireUsable } from '../../remote/first-look.ts';
import { chooseRemote, type Remote, remoteEndpoint } from '../../remote/remote.ts';
import { placeOfRun } from '../../run/cache/job-facts.ts';
import { announce } from '../../run/lock/presence.ts';
import {
  baseImage,
  type ImageRequest,
  prepareRemote,
  runnerImage,
} from '../../run/prepare/prepare.ts';
import { newRunId } from '../../run/run.ts';
import { insideRunner, type RunnerContainer, type RunnerRequest } from '../../run/runner/runner.ts';
import { type DagsHub, dagsHubOf } from '../../servers/dagshub.ts';
import type { ProjectSession } from './session.ts';

/** How a command other than `run` reaches DVC. */
export interface DvcAccess {
  /** Absent inside the runner image. */
  readonly where: RunnerContainer | undefined;
  readonly request: Omit<RunnerRequest, 'onOutput'>;
  readonly remote: Remote;
  /** As the environment has it, whether or not the remote is DagsHub's. */
  readonly dagsHub: DagsHub | undefined;
}

/** Makes the runner image ready and says which remote DVC shall use: the project's, or `given`. */
export async function accessDvc(
  session: ProjectSession,
  engine: Engine,
  signal: AbortSignal,
  given?: Remote,
): Promise<DvcAccess> {
  const { project, env } = session;
  const dagsHub = dagsHubOf(env, await originOf(project.root));
  const remote = given ?? chooseRemote(project.root, project.id, env, dagsHub);
  requireUsable(project, remote, env);
  for (const line of clearTextWarnings(remote)) session.report(line);
  await prepareRemote(remote, project);
  const images = { ...session, engine, signal };
  const where = insideRunner(env)
    ? undefined
    : await runnerHere(images, isLoopback(remoteEndpoint(remote)));
  const run = newRunId();
  await announce(project, run, 'dvc', { writes: false });
  const runCache = await placeOfRun(project.root, env);
  const request = {
    ...{ project, run, remote, stageEnv: {}, env: {}, signal },
    ...(runCache && { runCache }),
  };
  return { where, request, remote, dagsHub };
}

async function runnerHere(images: ImageRequest, hostNetwork: boolean): Promise<RunnerContainer> {
  const { engine, project, env } = images;
  const image = (await runnerImage(images, await baseImage(images))).id;
  const placement = await choosePlacement(engine, project, env, async () => image);
  return { engine, image, placement, hostNetwork };
}
