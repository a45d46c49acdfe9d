import { createHash } from 'node:crypto';
import { httpFetch } from '../../network/http.ts';
import {
  type ArtifactService,
  backendIds,
  callService,
  patiently,
  Refusal,
  requireGood,
  timeout,
} from './service.ts';

/**
 * Keeps an archive as an artifact of this workflow run, as @actions/artifact does (protocol version 4:
 * announce, upload to the address given, finish), whose Azure client is ten times this action. Gives the
 * artifact's id, undefined where the service has none. Rejects with an Error that says which step failed.
 */
export async function uploadArtifact(
  service: ArtifactService,
  name: string,
  archive: Uint8Array<ArrayBuffer>,
): Promise<string | undefined> {
  const ids = backendIds(service.token);
  const created = await patiently((attempt) => create(attempt > 1));
  const address = created.signed_upload_url ?? created.signedUploadUrl;
  if (typeof address !== 'string') throw new Error('CreateArtifact gave no address to upload to');
  await patiently(() => putBlocks(address, archive));
  const finished = await patiently((attempt) => finish(attempt > 1));
  const id = String(finished.artifact_id ?? finished.artifactId ?? finished.database_id);
  return /^\d+$/.test(id) ? id : undefined;

  /** A name that is there when it is asked for again is ours: only the answer was lost. */
  async function create(isAgain: boolean): Promise<Record<string, unknown>> {
    const body = { ...ids, name, version: 4 };
    try {
      return await call('CreateArtifact', body);
    } catch (error) {
      if (!isAgain || !isRefusal(error, [409])) throw error;
      // As upload-artifact overwrites one: the address to upload to was in the answer.
      await call('DeleteArtifact', { ...ids, name });
      return call('CreateArtifact', body);
    }
  }

  /** What is finished already cannot be finished again; then it is listed. */
  async function finish(isAgain: boolean): Promise<Record<string, unknown>> {
    const hash = `sha256:${createHash('sha256').update(archive).digest('hex')}`;
    const size = String(archive.byteLength);
    try {
      return await call('FinalizeArtifact', { ...ids, name, size, hash });
    } catch (error) {
      if (!isAgain || !isRefusal(error, [400, 404, 409, 412])) throw error;
      const { artifacts } = await callService(service, 'ListArtifacts', {
        ...ids,
        name_filter: name,
      });
      const own = (Array.isArray(artifacts) ? artifacts : []).find(
        (one) =>
          one?.name === name &&
          one.workflow_job_run_backend_id === ids.workflow_job_run_backend_id &&
          String(one.size) === size,
      );
      if (own === undefined) throw error;
      return own;
    }
  }

  async function call(method: string, body: object): Promise<Record<string, unknown>> {
    const data = await callService(service, method, body);
    if (data.ok !== true) throw new Error(`${method} was refused`);
    return data;
  }
}

function isRefusal(error: unknown, statuses: readonly number[]): boolean {
  return error instanceof Refusal && statuses.includes(error.status);
}

/** Azure's way to write a blob in parts: one block, then the list of blocks. */
async function putBlocks(address: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
  const id = Buffer.from('0'.repeat(32)).toString('base64');
  await put({ comp: 'block', blockid: id }, 'application/zip', content);
  const list = `<?xml version="1.0" encoding="utf-8"?><BlockList><Latest>${id}</Latest></BlockList>`;
  await put({ comp: 'blocklist' }, 'application/xml', list);

  async function put(
    query: Readonly<Record<string, string>>,
    type: string,
    body: string | Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    // Added as text: the address is signed, and URL would write its query anew.
    const url = `${address}${address.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
    const headers = { 'content-type': type, 'x-ms-blob-content-type': 'application/zip' };
    const signal = AbortSignal.timeout(timeoutFor(content.byteLength));
    requireGood('the upload', await httpFetch(url, { method: 'PUT', headers, body, signal }));
  }
}

/** Milliseconds for a transfer, at a quarter of a megabyte a second or faster. */
export function timeoutFor(bytes: number): number {
  return timeout + Math.ceil(bytes / 250);
}
