import type { Check } from '../check.ts';
import { projectCheck, type Subject } from '../subject.ts';
import { cacheCheck } from './cache.ts';
import { clockCheck } from './clock.ts';
import { configCheck } from './config.ts';
import { dagsHubChecks } from './dagshub.ts';
import { dataChecks } from './data.ts';
import { engineChecks } from './engine.ts';
import { envChecks } from './env.ts';
import { gitChecks } from './git.ts';
import { imageChecks } from './image.ts';
import { certificateCheck, diskCheck } from './machine.ts';
import { mlflowChecks } from './mlflow.ts';
import { pipelineChecks } from './pipeline.ts';
import { remoteCheck } from './remote.ts';
import { workspaceCheck } from './workspace.ts';

export interface DoctorOptions {
  /** Whether to make a model on the MLflow server, and remove it. */
  readonly writeProbes: boolean;
}

/** Every check, in the order in which a person mends: first what others stand on. */
export function allChecks(subject: Subject, options: DoctorOptions): readonly Check[] {
  const project = projectCheck(subject);
  const { socket, engine, api, disk: engineDisk } = engineChecks(subject);
  const { base, runner } = imageChecks(subject, engine);
  const workspace = workspaceCheck(subject, project, engine);
  const { file, credentials } = envChecks(subject, project);
  const { pipeline, images, variables } = pipelineChecks(subject, project, credentials);
  const { repository, lock, secrets } = gitChecks(project, pipeline);
  const { deps, outs } = dataChecks(subject, project, pipeline);
  const dagsHub = dagsHubChecks(credentials);
  const needs = { project, credentials, engine, workspace, runner };
  const mlflow = mlflowChecks(subject, credentials, engine, options);
  return [
    project,
    diskCheck(subject),
    certificateCheck(subject),
    ...[socket, engine, api, engineDisk, base, runner, workspace],
    ...[file, credentials, repository, secrets],
    ...[pipeline, images, variables, lock, deps, outs],
    cacheCheck(subject, project),
    configCheck(subject, project),
    clockCheck(subject),
    ...[dagsHub.user, dagsHub.repository, dagsHub.write],
    remoteCheck(subject, needs),
    ...[mlflow.server, mlflow.authentication, mlflow.write, mlflow.aliases],
  ];
}
