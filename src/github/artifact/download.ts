import { httpFetch } from '../../network/http.ts';
import {
  type ArtifactService,
  backendIds,
  callService,
  patiently,
  requireGood,
} from './service.ts';
import { timeoutFor } from './upload.ts';

/**
 * The archive of an artifact of this workflow run, of any job and attempt, as @actions/artifact gets it
 * (protocol version 4: find, ask for an address, fetch). Undefined when the run has none of that name.
 * Rejects with an Error that says which step failed, and for an archive of more than `maxSize` bytes.
 */
export async function downloadArtifact(
  service: ArtifactService,
  name: string,
  maxSize: number,
): Promise<Buffer | undefined> {
  const ids = backendIds(service.token);
  const list = await patiently(() =>
    callService(service, 'ListArtifacts', { ...ids, name_filter: name }),
  );
  const named = (Array.isArray(list.artifacts) ? list.artifacts : []).filter(
    (each: unknown) => Object(each).name === name,
  );
  // Nothing says how the list is ordered; ids grow with time.
  const [found] = named.sort((left: object, right: object) => numberOf(right) - numberOf(left));
  if (found === undefined) return undefined;
  const signed = await patiently(() =>
    callService(service, 'GetSignedArtifactURL', {
      // An artifact belongs to the job that made it.
      ...ids,
      ...idOf(found, 'workflow_run_backend_id', 'workflowRunBackendId'),
      ...idOf(found, 'workflow_job_run_backend_id', 'workflowJobRunBackendId'),
      name,
    }),
  );
  const address = signed.signed_url ?? signed.signedUrl;
  if (typeof address !== 'string') throw new Error('GetSignedArtifactURL gave no address');
  return patiently(() => archiveAt(address, maxSize));
}

/** Its id in GitHub's database, an int64 that comes as a text; -1 where it has none. */
function numberOf(artifact: object): number {
  const { database_id, databaseId } = artifact as { database_id?: unknown; databaseId?: unknown };
  const id = Number(database_id ?? databaseId ?? -1);
  return Number.isFinite(id) ? id : -1;
}

function idOf(artifact: object, name: string, otherName: string): Record<string, unknown> {
  const found = artifact as Readonly<Record<string, unknown>>;
  const id = found[name] ?? found[otherName];
  return id === undefined ? {} : { [name]: id };
}

async function archiveAt(address: string, maxSize: number): Promise<Buffer> {
  const answer = await httpFetch(address, { signal: AbortSignal.timeout(timeoutFor(maxSize)) });
  requireGood('the download', answer);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.length;
    if (size > maxSize) throw new Error(`it has more than ${maxSize} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
