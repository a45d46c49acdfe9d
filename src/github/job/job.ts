import { homedir } from 'node:os';
import { join } from 'node:path';
import { distinctName } from '../../text/distinct-name.ts';

/** Whether this job runs under act, on somebody's own machine. */
export function underAct(env: NodeJS.ProcessEnv): boolean {
  return env.ACT === 'true';
}

/**
 * An id for what this job starts on the engine, the same for its main and its post step, whatever
 * happened to the main one. Several jobs may share one engine.
 */
export function jobRunId(env: NodeJS.ProcessEnv, stage: string): string {
  const parts = [env.GITHUB_RUN_ID, env.GITHUB_RUN_ATTEMPT, env.GITHUB_JOB, stage];
  return distinctName('gh', ...parts.map((part) => part ?? ''));
}

/**
 * Where data are between jobs while there is no remote: a folder of the user where jobs share a
 * disk, else one of the job's own that artifacts carry from job to job.
 */
export function localRemoteFolder(env: NodeJS.ProcessEnv): string {
  if (env.SIBLING_LOCAL_REMOTE) return env.SIBLING_LOCAL_REMOTE;
  if (localTransport(env) === 'artifacts') return join(env.RUNNER_TEMP ?? '/tmp', 'sibling-remote');
  const repository = (env.GITHUB_REPOSITORY ?? 'repository').replace(/[^\w.-]/g, '-');
  const data = env.XDG_DATA_HOME ?? join(env.HOME ?? homedir(), '.local/share');
  return join(data, 'sibling/remotes', `act-${repository}`);
}

/**
 * How data get from job to job without a remote: in a folder that the jobs share, as under act, or
 * by artifacts, which a workflow moves between the machines of GitHub. SIBLING_TRANSPORT decides
 * for runners of one's own that share a disk.
 */
export function localTransport(env: NodeJS.ProcessEnv): 'folder' | 'artifacts' {
  const wanted = env.SIBLING_TRANSPORT;
  if (wanted === 'folder' || wanted === 'artifacts') return wanted;
  return underAct(env) ? 'folder' : 'artifacts';
}

/** The files of a commit on GitHub, of the whole repository or of a folder in it; undefined outside GitHub, where the server has no such commit. */
export function filesUrl(
  env: NodeJS.ProcessEnv,
  commit: string | undefined,
  folder = '',
): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env;
  if (!server || !repository || !commit || underAct(env)) return undefined;
  const below = folder.split('/').map(encodeURIComponent).join('/').replace(/\/$/, '');
  return `${server}/${repository}/tree/${commit}${below === '' ? '' : `/${below}`}`;
}

/** The page of this workflow run; undefined outside GitHub. */
export function runUrl(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined;
}
