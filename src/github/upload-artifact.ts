import { createHash } from 'node:crypto';
import { httpFetch } from '../network/http.ts';

/** What GitHub gives to a step of an action, and act with --artifact-server-path. */
export interface ArtifactService {
  readonly url: string;
  readonly token: string;
}

/** Undefined where artifacts cannot be kept: outside of a workflow, or under plain act. */
export function artifactService(env: NodeJS.ProcessEnv): ArtifactService | undefined {
  const { ACTIONS_RESULTS_URL: url, ACTIONS_RUNTIME_TOKEN: token } = env;
  return url && token ? { url, token } : undefined;
}

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
  const created = await call(service, 'CreateArtifact', { ...ids, name, version: 4 });
  const address = created.signed_upload_url ?? created.signedUploadUrl;
  if (typeof address !== 'string') throw new Error('CreateArtifact gave no address to upload to');
  await putBlocks(address, archive);
  const finished = await call(service, 'FinalizeArtifact', {
    ...{ ...ids, name, size: String(archive.byteLength) },
    hash: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
  });
  const id = String(finished.artifact_id ?? finished.artifactId);
  return /^\d+$/.test(id) ? id : undefined;
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
    const signal = AbortSignal.timeout(timeout);
    const answer = await httpFetch(url, { method: 'PUT', headers, body, signal });
    if (!answer.ok) throw new Error(`the upload was answered with ${answer.status}`);
  }
}

/** Milliseconds after which a request counts as lost. */
const timeout = 30_000;

async function call(
  { url, token }: ArtifactService,
  method: string,
  body: object,
): Promise<Record<string, unknown>> {
  const path = `twirp/github.actions.results.api.v1.ArtifactService/${method}`;
  const answer = await httpFetch(new URL(path, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} was answered with ${answer.status}`);
  const data = JSON.parse(text) as Record<string, unknown>;
  if (data.ok !== true) throw new Error(`${method} was refused`);
  return data;
}

/** The run and the job, from the scope `Actions.Results:RUN:JOB` of the token. */
function backendIds(token: string): Record<string, string> {
  const claims = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}',
  ) as { scp?: unknown };
  const scope = / ?Actions\.Results:([^: ]+):([^: ]+)/.exec(String(claims.scp));
  if (!scope?.[1] || !scope[2]) throw new Error('the token names no run to upload for');
  return { workflow_run_backend_id: scope[1], workflow_job_run_backend_id: scope[2] };
}
