import type { Failure } from '../../errors.ts';
import { explainWords } from '../../remote/failure.ts';
import { type Remote, remoteName } from '../../remote/remote.ts';
import type { RemoteStory, RemoteUse } from './use.ts';

/** The one line about a remote that is away and not needed so far; `why` is what it said. */
export function awayWarning(remote: Remote, why: string): string {
  const { cause, hint } = explainWords(why);
  return `warning: ${remoteName(remote)} ${cause} (${why}): the run goes on with what is here, and does not ask it again. ${hint} (--pull insists on it, --no-pull never asks it.)`;
}

/**
 * The failure of a run that could not go on without its remote: the remote was insisted on, or alone
 * has what a stage reads. Undefined for any other.
 */
export function remoteFailure(
  remote: Remote,
  use: RemoteUse,
  { away, needed }: RemoteStory,
): Failure | undefined {
  if (needed === undefined) {
    return use === 'insisted' && away !== undefined ? insistedInVain(remote, away) : undefined;
  }
  const { stage, paths } = needed;
  const shown = paths.slice(0, 5).join(', ');
  const names = paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown;
  const cause = `${stage} needs ${names}, which ${paths.length === 1 ? 'is' : 'are'} not here`;
  const name = remoteName(remote);
  if (use === 'never') {
    return {
      kind: 'remote',
      cause: `${cause}, and ${name} was not asked (--no-pull)`,
      hint: 'Run without --no-pull; or bring the data here: sibling pull.',
    };
  }
  if (away === undefined) {
    return {
      kind: 'remote',
      cause: `${cause}, and ${name} does not have ${paths.length === 1 ? 'it' : 'them'} either`,
      hint: 'Run the stages that make it, or let whoever has the data push them (sibling push).',
    };
  }
  const known = explainWords(away);
  return {
    kind: known.kind,
    cause: `${cause}, and the remote is away: ${name} ${known.cause}`,
    hint: known.hint,
    details: [away],
  };
}

function insistedInVain(remote: Remote, away: string): Failure {
  const { kind, cause, hint } = explainWords(away);
  return {
    kind,
    cause: `${remoteName(remote)} ${cause}, and --pull insists on it`,
    hint: `${hint} Without --pull the run goes on with what is here.`,
    details: [away],
  };
}
