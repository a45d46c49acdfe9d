import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedFailure } from '../errors.ts';
import { branchOf } from './folder-project.ts';

/** Where a workflow finds Sibling's actions. */
export interface ActionsReference {
  /** `./actions` of the same repository, or `OWNER/REPO/actions`. */
  readonly actions: string;
  /** A tag, branch or commit of another repository; absent for a path. */
  readonly ref?: string;
}

const own = './actions';

/** What a workflow that this wrote says of itself, so that writing it again needs no options. */
export interface Remembered {
  readonly actions?: ActionsReference;
  readonly branch?: string;
  readonly proposesResults: boolean;
}

export function remembered(text: string | undefined): Remembered {
  const [, actions, ref] = /^ *uses: (\S+)\/run-stage(?:@(\S+))?$/m.exec(text ?? '') ?? [];
  // Of a list that somebody wrote by hand nothing is taken over.
  const [, branch] = /^ {4}branches: \[("(?:[^"\\]|\\.)*"|[^\],"]+)\]$/m.exec(text ?? '') ?? [];
  return {
    ...(actions !== undefined && { actions: { actions, ...(ref !== undefined && { ref }) } }),
    ...(branch !== undefined && { branch: branchOf(branch) }),
    proposesResults: /^ *on-protected-branch: pull-request$/m.test(text ?? ''),
  };
}

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
  if (named.actions === undefined && named.ref === undefined && before) {
    const isHere = !before.actions.startsWith('./') || hasActions(top, before.actions);
    if (isHere) return before;
  }
  const given = named.actions ?? before?.actions ?? own;
  const [path = '', inPath] = given.split('@');
  const ref = inPath ?? named.ref;
  if (path.startsWith('./')) {
    if (ref === undefined && hasActions(top, path)) return { actions: path };
    throw refused(
      ref === undefined
        ? `${path} at Git's root does not hold Sibling's actions`
        : `${path} is of this repository, and takes no ref`,
    );
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

function refused(cause: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause,
    hint: 'Say which repository has them, and a tag or commit of it:\n\nsibling export github --actions OWNER/REPO@REF\n\nThe workflow remembers it.',
  });
}
