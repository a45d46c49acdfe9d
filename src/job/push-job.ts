import { isLoopback } from '../address.ts';
import { clearTextWarnings } from '../clear-text.ts';
import { connectEngine } from '../container/engine.ts';
import { choosePlacement } from '../container/files/choose.ts';
import { dagsHubOf } from '../dagshub.ts';
import { requireUsable } from '../dvc-remotes/first-look.ts';
import { originOf } from '../git.ts';
import { untilInterrupted } from '../interruption.ts';
import { baseImage, prepareRemote, runnerImage } from '../prepare.ts';
import type { Project } from '../project.ts';
import { chooseRemote, remoteEndpoint, remoteName } from '../remote.ts';
import { newRunId } from '../run.ts';
import { plainTransferView } from '../terminal/transfer-view.ts';
import { push } from '../transfer.ts';

/** Pushes a stage's outs, or all, from a workflow job. Throws 'remote' or 'credentials'. */
export async function pushFromJob(
  project: Project,
  env: NodeJS.ProcessEnv,
  stage: string,
  report: (line: string) => void,
): Promise<void> {
  const dagsHub = dagsHubOf(env, await originOf(project.root));
  const remote = chooseRemote(project.root, project.id, env, dagsHub);
  requireUsable(project, remote, env);
  const engine = await connectEngine(env);
  for (const line of clearTextWarnings(remote)) report(line);
  await prepareRemote(remote, project);
  const signal = untilInterrupted();
  const images = { engine, project, env, report, verbose: false, signal };
  const image = (await runnerImage(images, await baseImage(images))).reference;
  const where = {
    engine,
    image,
    placement: await choosePlacement(engine, project, env, async () => image),
    hostNetwork: isLoopback(remoteEndpoint(remote)),
  };
  report(`Pushing to ${remoteName(remote)}`);
  const request = { project, run: newRunId(), remote, stageEnv: {}, env: {}, signal };
  const view = plainTransferView(report);
  await push({ where, request, targets: stage ? [stage] : [], view, dagsHub });
}
