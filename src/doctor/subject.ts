import { ExpectedFailure } from '../errors.ts';
import { originOf } from '../git/git.ts';
import { findProject, type Project } from '../project/project.ts';
import { keepProjectSecrets } from '../project/secrets.ts';
import { readEnvironment } from '../project/settings.ts';
import { chooseRemote, type Remote } from '../remote/remote.ts';
import { type DagsHub, dagsHubOf } from '../servers/dagshub.ts';
import { chooseTracking, type Tracking } from '../servers/tracking.ts';
import type { Check } from './check.ts';

/** What is examined: all that is known before the first check looks. */
export interface Subject {
  readonly cwd: string;
  /** With the project's `.env` beneath it, where both can be read. */
  readonly env: NodeJS.ProcessEnv;
  readonly project: Found<Project>;
  readonly dagsHub: Found<DagsHub | undefined>;
  /** Undefined where it cannot be told: without a project, or with half of the credentials. */
  readonly remote: Remote | undefined;
  readonly tracking: Tracking | undefined;
}

/** What is there, or why it is not. */
type Found<T> = { readonly value: T } | { readonly fault: ExpectedFailure };

export async function subjectAt(cwd: string, env: NodeJS.ProcessEnv): Promise<Subject> {
  const project = found(() => findProject(cwd));
  if ('fault' in project) {
    return { cwd, env, project, dagsHub: project, remote: undefined, tracking: undefined };
  }
  const { root, id } = project.value;
  keepProjectSecrets(root);
  const all = environment(root, env);
  const origin = await originOf(root);
  const chosen = found(() => {
    const value = dagsHubOf(all, origin);
    return { value, tracking: chooseTracking(all, value) };
  });
  if ('fault' in chosen) {
    return { cwd, env: all, project, dagsHub: chosen, remote: undefined, tracking: undefined };
  }
  const { value, tracking } = chosen.value;
  const remote = chooseRemote(root, id, all, value);
  return { cwd, env: all, project, dagsHub: { value }, remote, tracking };
}

function found<T>(look: () => T): Found<T> {
  try {
    return { value: look() };
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    return { fault: error };
  }
}

/** A `.env` that cannot be read, or that Git tracks, is for the checks of it to tell. */
function environment(root: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  try {
    return readEnvironment(root, env, () => undefined);
  } catch {
    return env;
  }
}

/** The folder that most other checks look into. */
export function projectCheck({ project }: Subject): Check<Project> {
  return {
    name: 'project',
    kind: 'usage',
    needs: [],
    deadline: 1_000,
    look() {
      if ('fault' in project) throw project.fault;
      return { state: 'ok', text: project.value.root, value: project.value };
    },
  };
}
