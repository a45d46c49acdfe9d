import { ExpectedFailure, type Failure } from '../../errors.ts';
import { originOf } from '../../git/git.ts';
import { type Project, siblingFolder } from '../../project/project.ts';
import { depTrouble, remoteTrouble } from '../../remote/first-look.ts';
import { chooseRemote, type Remote } from '../../remote/remote.ts';
import { dagsHubOf } from '../../servers/dagshub.ts';
import type { ConfiguredStage } from '../../stage/options/options.ts';
import { placeText } from '../../terminal/failure-text.ts';
import type { RemoteUse } from './use.ts';

/** What of a run decides whether its remote will do. */
interface UseOfRemote {
  readonly project: Project;
  readonly env: NodeJS.ProcessEnv;
  readonly stages: readonly ConfiguredStage[];
  readonly remoteUse?: RemoteUse;
  readonly view: { line(text: string): void };
}

/**
 * The remote that a run takes, before anything is built for it. One that DVC could not use as things are
 * set is warned of, and an empty folder stands in for it: local work needs no remote. Throws
 * 'configuration' where it was insisted on, and for a dep at an address of such a kind.
 */
export async function knownRemote(
  { project, env, stages, remoteUse = 'if-it-answers', view }: UseOfRemote,
  remote: Remote,
): Promise<Remote> {
  const dep = depTrouble(
    project.root,
    stages.map(({ stage }) => stage),
    env,
  );
  if (dep !== undefined) throw new ExpectedFailure(dep);
  if (remoteUse === 'never') return remote;
  const trouble = remoteTrouble(project, remote, env);
  if (trouble === undefined) return remote;
  if (remoteUse === 'insisted') throw new ExpectedFailure(trouble);
  view.line(`warning: ${troubleLine(trouble)} The run goes on with what is here.`);
  return { kind: 'folder', folder: await siblingFolder(project, 'no-remote') };
}

/** Says what a push or a pull of this project would stumble over, in one line, and asks nobody. */
export async function warnOfRemote(
  project: Project,
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<void> {
  try {
    // Without credentials of DagsHub's no process is started only to find its repository.
    const isAsked = env.DAGSHUB_USER_NAME || env.DAGSHUB_TOKEN || env.DAGSHUB_USER_TOKEN;
    const dagsHub = isAsked ? dagsHubOf(env, await originOf(project.root)) : undefined;
    warnOfTrouble(project, chooseRemote(project.root, project.id, env, dagsHub), env, (text) =>
      report(`warning: ${text}`),
    );
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    report(`warning: ${troubleLine(error.failure)}`);
  }
}

/** The same of a remote that is chosen already. */
export function warnOfTrouble(
  project: Pick<Project, 'root' | 'folders'>,
  remote: Remote,
  env: NodeJS.ProcessEnv,
  warn: (text: string) => void,
): void {
  try {
    const trouble = remoteTrouble(project, remote, env);
    if (trouble !== undefined) warn(troubleLine(trouble));
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    warn(troubleLine(error.failure));
  }
}

/** A trouble with the remote in one line. */
function troubleLine({ cause, hint, place }: Failure): string {
  const where = place ? `${placeText(place)}: ` : '';
  return `${where}${cause}. ${hint}`;
}
