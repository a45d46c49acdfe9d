import type { Engine } from '../container/engine.ts';
import { choosePlacement } from '../container/files/choose.ts';
import { isLoopback } from '../network/address.ts';
import type { Project } from '../project/project.ts';
import { clearTextWarnings } from '../remote/clear-text.ts';
import { type Remote, remoteEndpoint, remoteName } from '../remote/remote.ts';
import { placeOfRun } from '../run/cache/job-facts.ts';
import { baseImage, prepareRemote, runnerImage } from '../run/prepare/prepare.ts';
import { newRunId } from '../run/run.ts';
import type { DagsHub } from '../servers/dagshub.ts';
import { pull, push, type TransferRequest } from '../transfer/transfer.ts';
import { plainTransferView } from '../transfer/view.ts';

export interface JobTransfer {
  readonly project: Project;
  readonly env: NodeJS.ProcessEnv;
  readonly engine: Engine;
  readonly dagsHub: DagsHub | undefined;
  readonly remote: Remote;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/** Pushes outs from a workflow job; all of them if none is named. Throws 'remote' or 'credentials'. */
export async function pushInJob(job: JobTransfer, targets: readonly string[]): Promise<void> {
  const transfer = await transferOf(job, targets);
  job.report(`Pushing to ${remoteName(job.remote)}`);
  await push(transfer);
}

/** Pulls outs into a workflow job's workspace. Throws as `pushInJob`. */
export async function pullInJob(job: JobTransfer, targets: readonly string[]): Promise<void> {
  const transfer = await transferOf(job, targets);
  job.report(`Pulling ${targets.join(', ')} from ${remoteName(job.remote)}`);
  await pull(transfer);
}

async function transferOf(
  { project, env, engine, dagsHub, remote, signal, report }: JobTransfer,
  targets: readonly string[],
): Promise<TransferRequest> {
  for (const line of clearTextWarnings(remote)) report(line);
  await prepareRemote(remote, project);
  const images = { engine, project, env, report, verbose: false, signal };
  const image = (await runnerImage(images, await baseImage(images))).id;
  const where = {
    engine,
    image,
    placement: await choosePlacement(engine, project, env, async () => image),
    hostNetwork: isLoopback(remoteEndpoint(remote)),
  };
  const runCache = await placeOfRun(project.root, env);
  const request = {
    ...{ project, run: newRunId(), remote, stageEnv: {}, env: {}, signal },
    ...(runCache && { runCache }),
  };
  return { where, request, targets, view: plainTransferView(report), dagsHub };
}
