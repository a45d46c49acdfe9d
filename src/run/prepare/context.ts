import { basename } from 'node:path';
import { gitState } from '../../git/git.ts';
import type { Project } from '../../project/project.ts';
import { hostOf, namedRepository } from '../../servers/dagshub.ts';

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
  return {
    run,
    project: projectName(project, { env, origin }),
    git: (await gitState(project.root)) ?? null,
    run_url: server && repository && id ? `${server}/${repository}/actions/runs/${id}` : null,
  };
}

/**
 * What the project, its experiment and its model are called in MLflow: the repository's name,
 * wherever it is checked out.
 */
export function projectName(
  project: Project,
  { env, origin }: Pick<RunFacts, 'env' | 'origin'>,
): string {
  const known = namedRepository(env.DAGSHUB_REPO || env.GITHUB_REPOSITORY || origin, hostOf(env));
  return known?.repo ?? basename(project.root);
}
