import { ExpectedFailure } from '../errors.ts';
import type { Direction, TransferFailure } from '../remote/failure.ts';
import type { Remote } from '../remote/remote.ts';
import { type DagsHub, s3Endpoint } from '../servers/dagshub.ts';
import { checkRepository, checkUser } from '../servers/dagshub-api.ts';

/**
 * Asks DagsHub whether the credentials are behind a failure that may be theirs, and says which of the
 * two it is. A failure of another kind, or of a remote that is not DagsHub's, stays as it is.
 */
export async function withCredentialsAsked(
  direction: Direction,
  failure: TransferFailure,
  remote: Remote,
  dagsHub: DagsHub | undefined,
): Promise<TransferFailure> {
  if (dagsHub === undefined || !isItsStorage(remote, dagsHub)) return failure;
  const isLacking = / lacks files /.test(failure.cause);
  if (failure.kind !== 'credentials' && !isLacking) return failure;
  try {
    await checkUser(dagsHub);
    const { mayPush } = await checkRepository(dagsHub);
    if (direction === 'push' && mayPush === false) return readOnly(failure, dagsHub);
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    const { kind, cause, hint } = error.failure;
    if (kind !== 'credentials') return failure;
    return { ...failure, kind, cause: `${failure.cause}; ${cause}`, hint, mayPass: false };
  }
  const accepted = `DagsHub was asked and accepts the credentials of ${dagsHub.user}`;
  return {
    ...failure,
    hint: isLacking
      ? `${accepted}: the files were never pushed. Whoever made them has to push (sibling push); or run the stages again (sibling run).`
      : `${accepted}, its storage does not: try again in a few minutes, then with a new token.`,
  };
}

function readOnly(failure: TransferFailure, { user, owner, repo }: DagsHub): TransferFailure {
  return {
    ...failure,
    cause: `${failure.cause}; ${user} may read ${owner}/${repo}, but not write to it`,
    hint: `Ask the owner of ${owner}/${repo} to make ${user} a collaborator who may write.`,
  };
}

function isItsStorage(remote: Remote, dagsHub: DagsHub): boolean {
  return remote.kind === 'address' && remote.name === s3Endpoint(dagsHub);
}
