import { connectEngine } from '../container/engine.ts';
import { originOf } from '../git/git.ts';
import type { Project } from '../project/project.ts';
import { requireUsable } from '../remote/first-look.ts';
import { chooseRemote } from '../remote/remote.ts';
import { dagsHubOf } from '../servers/dagshub.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { pushInJob } from './transfer.ts';

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
  const signal = untilInterrupted();
  const job = { project, env, engine, dagsHub, remote, signal, report };
  await pushInJob(job, stage ? [stage] : []);
}
