import { basename } from 'node:path';
import { repositoryName } from './dagshub.ts';
import { gitState } from './git.ts';
import type { Project } from './project.ts';

/** The run that a stage belongs to. */
interface RunFacts {
  readonly run: string;
  readonly env: NodeJS.ProcessEnv;
  /** The address of Git's remote, if there is one. */
  readonly origin: string | undefined;
}

/** What a stage may know about the run it belongs to: for tags, never for results. */
export async function runContext(
  project: Project,
  { run, env, origin }: RunFacts,
): Promise<Record<string, unknown>> {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  // What the project is called in MLflow: the repository's name, wherever it is checked out.
  const known = repositoryName(env.DAGSHUB_REPO ?? env.GITHUB_REPOSITORY ?? origin);
  return {
    run,
    project: known?.repo ?? basename(project.root),
    git: (await gitState(project.root)) ?? null,
    run_url: server && repository && id ? `${server}/${repository}/actions/runs/${id}` : null,
  };
}
