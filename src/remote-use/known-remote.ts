import { depTrouble, remoteTrouble } from '../dvc-remotes/first-look.ts';
import { ExpectedFailure, type Failure } from '../errors.ts';
import { placeText } from '../failure-text.ts';
import { type Project, siblingFolder } from '../project.ts';
import type { Remote } from '../remote.ts';
import type { ConfiguredStage } from '../stage-options.ts';
import type { RemoteUse } from './remote-use.ts';

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
  view.line(`${troubleLine(trouble)} The run goes on with what is here.`);
  // DVC does not ask a project's own in a run.
  if (remote.kind === 'project') return remote;
  return { kind: 'folder', folder: await siblingFolder(project, 'no-remote') };
}

/** A trouble with the remote as one line of warning. */
export function troubleLine({ cause, hint, place }: Failure): string {
  const where = place ? `${placeText(place)}: ` : '';
  return `warning: ${where}${cause}. ${hint}`;
}
