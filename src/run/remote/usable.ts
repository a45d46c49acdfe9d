import { ExpectedFailure } from '../../errors.ts';
import { type Project, siblingFolder } from '../../project/project.ts';
import type { Remote } from '../../remote/remote.ts';
import { prepareRemote } from '../prepare/prepare.ts';
import type { RemoteUse } from './use.ts';

/**
 * The remote, ready to be given to the runner. A folder that cannot be used is warned of, and an empty
 * one of the project's own stands in for it; throws 'remote' where it was insisted on.
 */
export async function usableRemote(
  remote: Remote,
  project: Project,
  use: RemoteUse,
  warn: (line: string) => void,
): Promise<Remote> {
  try {
    await prepareRemote(remote, project);
    return remote;
  } catch (error) {
    if (use === 'insisted' || !(error instanceof ExpectedFailure)) throw error;
    const { cause, hint } = error.failure;
    if (use === 'if-it-answers') {
      warn(`warning: ${cause}: the run goes on with what is here. ${hint}`);
    }
    return { kind: 'folder', folder: await siblingFolder(project, 'no-remote') };
  }
}
