import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { downloadArtifact } from '../../../src/github/artifact/download.ts';
import { artifactService } from '../../../src/github/artifact/service.ts';
import { uploadArtifact } from '../../../src/github/artifact/upload.ts';

const claims = { scp: 'Actions.Something Actions.Results:run-1:job-2' };
const token = `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const archive = new Uint8Array([80, 75, 1, 2]);

let server: Server;
let url: string;
let answers: Record<string, [status: number, body: unknown]>;
let before: (path: string) => number | undefined;
let seen: { path: string; headers: Record<string, unknown>; body: Buffer }[];
beforeEach(async () => {
  seen = [];
  before = () => undefined;
  server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace(/^.*\//, '');
    seen.push({ path, headers: request.headers, body: await buffer(request) });
    const other = before(path);
    const [status, body] = answers[path.replace(/[?].*/, '')] ?? [404, {}];
    response.writeHead(other ?? status);
    response.end(body instanceof Buffer ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  answers = {
    CreateArtifact: [200, { ok: true, signed_upload_url: `${url}blob?sig=a%2Fb%3D` }],
    blob: [201, {}],
    FinalizeArtifact: [200, { ok: true, artifact_id: '5' }],
  };
});
afterEach(() => {
  server.close();
});

describe('an artifact', () => {
  test('is announced, uploaded and finished', async () => {
    expect(await uploadArtifact({ url, token }, 'sibling-report', archive)).toBe('5');
    const id = encodeURIComponent(Buffer.from('0'.repeat(32)).toString('base64'));
    expect(seen.map(({ path }) => path)).toEqual([
      'CreateArtifact',
      `blob?sig=a%2Fb%3D&comp=block&blockid=${id}`,
      'blob?sig=a%2Fb%3D&comp=blocklist',
      'FinalizeArtifact',
    ]);
    const [create, blob, list, finalize] = seen;
    const ids = { workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'job-2' };
    expect(JSON.parse(String(create?.body))).toEqual({
      ...ids,
      name: 'sibling-report',
      version: 4,
    });
    expect(create?.headers.authorization).toBe(`Bearer ${token}`);
    expect(String(list?.body)).toContain(`<Latest>${decodeURIComponent(id)}</Latest>`);
    // The address is signed; the token is not its owner's business.
    expect(blob?.headers.authorization).toBeUndefined();
    expect(blob?.body).toEqual(Buffer.from(archive));
    expect(JSON.parse(String(finalize?.body))).toEqual({
      ...{ ...ids, name: 'sibling-report', size: '4' },
      hash: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
    });
  });

  test.each([
    ['CreateArtifact', [403, {}], 'CreateArtifact was answered with 403'],
    ['CreateArtifact', [200, { ok: false }], 'CreateArtifact was refused'],
    ['blob', [403, {}], 'the upload was answered with 403'],
    ['FinalizeArtifact', [200, {}], 'FinalizeArtifact was refused'],
  ] as const)('says when %s answers %j', async (path, answer, message) => {
    answers[path] = [answer[0], answer[1]];
    await expect(uploadArtifact({ url, token }, 'a', archive)).rejects.toThrow(message);
  });

  test('is kept although the service falters', async () => {
    let faults = 2;
    before = (path) => (path.startsWith('blob') && faults-- > 0 ? 503 : undefined);
    expect(await uploadArtifact({ url, token }, 'a', archive)).toBe('5');
    expect(
      seen.map(({ path }) => path).filter((path) => path.includes('comp=block&')),
    ).toHaveLength(3);
  });

  test.each([
    ['CreateArtifact', 'the answer is a fault of the server', 502],
    ['CreateArtifact', 'the answer is cut', 'cut'],
    ['FinalizeArtifact', 'the answer is a fault of the server', 502],
    ['FinalizeArtifact', 'the answer is cut', 'cut'],
  ] as const)('is kept although %s did its work and %s', async (method, _, fault) => {
    const done = new Set<string>();
    const listed = { name: 'a', workflow_job_run_backend_id: 'job-2', size: '4', database_id: '5' };
    answers.DeleteArtifact = [200, { ok: true, artifact_id: '4' }];
    answers.ListArtifacts = [
      200,
      { artifacts: [{ ...listed, name: 'ab', database_id: '6' }, listed] },
    ];
    const whole = answers[method];
    before = (path) => {
      if (path === 'DeleteArtifact') done.delete('CreateArtifact');
      if (path !== method) return undefined;
      const isFirst = done.size === 0 && seen.filter((one) => one.path === path).length === 1;
      if (!isFirst && done.has(path)) return 409;
      done.add(path);
      if (isFirst) answers[method] = [200, fault === 'cut' ? Buffer.from('{"ok": tr') : {}];
      else if (whole) answers[method] = whole;
      return isFirst && fault !== 'cut' ? fault : undefined;
    };
    expect(await uploadArtifact({ url, token }, 'a', archive)).toBe('5');
    const methods = seen.map(({ path }) => path).filter((path) => path.endsWith('Artifact'));
    expect(methods.filter((path) => path === 'DeleteArtifact')).toHaveLength(
      method === 'CreateArtifact' ? 1 : 0,
    );
  });

  test('that was there before is not overwritten', async () => {
    answers.CreateArtifact = [409, {}];
    await expect(uploadArtifact({ url, token }, 'a', archive)).rejects.toThrow(
      'CreateArtifact was answered with 409',
    );
    expect(seen).toHaveLength(1);
  });

  test('of any job of the run is found, asked for and fetched', async () => {
    const artifact = {
      ...{ name: 'a', workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'job-1' },
    };
    // Newest first, as GitHub lists them: an earlier attempt's comes after it.
    const newer = { ...artifact, database_id: '1000' };
    const older = { ...artifact, workflow_job_run_backend_id: 'job-0', database_id: '999' };
    const artifacts = [{ ...newer, name: 'a-b' }, newer, older];
    answers.ListArtifacts = [200, { artifacts }];
    answers.GetSignedArtifactURL = [200, { signed_url: `${url}zip?sig=a%2Fb%3D` }];
    answers.zip = [200, Buffer.from(archive)];
    expect(await downloadArtifact({ url, token }, 'a', 4)).toEqual(Buffer.from(archive));
    const [list, sign, zip] = seen;
    const ids = { workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'job-2' };
    expect(JSON.parse(String(list?.body))).toEqual({ ...ids, name_filter: 'a' });
    expect(JSON.parse(String(sign?.body))).toEqual(artifact);
    expect(zip?.path).toBe('zip?sig=a%2Fb%3D');
    expect(zip?.headers.authorization).toBeUndefined();
    await expect(downloadArtifact({ url, token }, 'a', 3)).rejects.toThrow('more than 3 bytes');
    expect(await downloadArtifact({ url, token }, 'other', 4)).toBeUndefined();
    answers.zip = [404, {}];
    await expect(downloadArtifact({ url, token }, 'a', 4)).rejects.toThrow(
      'the download was answered with 404',
    );
  });

  test('needs a token of a run', async () => {
    await expect(uploadArtifact({ url, token: 'x' }, 'a', archive)).rejects.toThrow(
      'the token names no run',
    );
  });

  test('has nowhere to go outside of a workflow', () => {
    expect(artifactService({})).toBeUndefined();
    expect(artifactService({ ACTIONS_RESULTS_URL: url, ACTIONS_RUNTIME_TOKEN: 't' })).toEqual({
      ...{ url, token: 't' },
    });
  });
});
