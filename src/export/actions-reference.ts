import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ExpectedFailure } from '../errors.ts';
import { contains } from '../system/contains.ts';
import { installationMark } from '../system/installation.ts';

/** Where a workflow finds Sibling's actions. */
export interface ActionsReference {
  /** `./actions` of the same repository, or `OWNER/REPO/actions`. */
  readonly actions: string;
  /** A tag, branch or commit of another repository; absent for a path. */
  readonly ref?: string;
}

const own = './actions';

/**
 * The actions that a workflow uses: those that were named (`OWNER/REPO@REF`, a path in this
 * repository), else those that it used before, else this repository's own. Throws 'usage' where they
 * are not there, or nobody says where they are.
 */
export function actionsReference(
  named: { readonly actions?: string | undefined; readonly ref?: string | undefined },
  before: ActionsReference | undefined,
  top: string,
): ActionsReference {
  const given = named.actions ?? before?.actions ?? own;
  const [path = '', inPath] = given.split('@');
  const ref = inPath ?? named.ref ?? (named.actions === undefined ? before?.ref : undefined);
  if (path.startsWith('./')) {
    if (ref !== undefined) throw refused(`${path} is of this repository, and takes no ref`);
    if (!hasActions(top, path))
      throw refused(`${path} at Git's root does not hold Sibling's actions`);
    if (!hasInstallation(top, path)) {
      throw refused(
        `${path} has Sibling's actions without the rest of Sibling, which they need: no folder above them has ${installationMark}`,
      );
    }
    return { actions: path };
  }
  if (!/^[\w.-]+\/[\w.-]+(?:\/[\w.-]+)*$/.test(path)) {
    throw refused(`${given} is neither OWNER/REPO@REF nor a path that starts with ./`);
  }
  if (!ref || !/^[\w./+-]+$/.test(ref)) throw refused(`${given} names no tag or commit`);
  return { actions: path.split('/').length === 2 ? `${path}/actions` : path, ref };
}

function hasActions(top: string, path: string): boolean {
  return existsSync(join(top, path, 'run-stage/action.yml'));
}

/** Whether the actions are part of a whole Sibling in this repository, such as a submodule. */
function hasInstallation(top: string, path: string): boolean {
  const folder = resolve(top, path);
  if (!contains(top, folder)) return false;
  return (
    existsSync(join(folder, installationMark)) ||
    (folder !== resolve(top) && hasInstallation(top, relative(top, dirname(folder))))
  );
}

function refused(cause: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause,
    hint: 'Say which repository has them, and a tag or commit of it:\n\nsibling export github --actions OWNER/REPO@REF\n\nOr have all of Sibling in this repository, as the submodule tools/sibling for example:\n\nsibling export github --actions ./tools/sibling/actions\n\nThe workflow remembers it.',
  });
}
