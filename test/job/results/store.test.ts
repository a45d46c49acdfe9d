import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import { zipFile } from '../../../src/github/artifact/zip-file.ts';
import { bringResults } from '../../../src/job/results/needed-stages.ts';
import { resultsFolder, resultsStore } from '../../../src/job/results/store.ts';

const folders: string[] = [];
const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  for (const server of servers) server.close();
});
const project = { user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 } };
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

function folderStore() {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-store-'));
  folders.push(folder);
  const env = { SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: folder };
  return { store: resultsStore(env, project), kept: join(folder, resultsFolder) };
}

/** A run's artifact service with its archives by name. */
async function service() {
  const archives = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://x');
    const body = await buffer(request);
    const answer = (data: unknown) => response.end(JSON.stringify(data));
    const { name, name_filter } = pathname.includes('/twirp/') ? JSON.parse(String(body)) : {};
    if (pathname.endsWith('CreateArtifact')) {
      return answer({ ok: true, signed_upload_url: `${url}/${name}` });
    }
    if (pathname.endsWith('FinalizeArtifact')) return answer({ ok: true, artifact_id: '1' });
    if (pathname.endsWith('ListArtifacts')) {
      return answer({ artifacts: archives.has(name_filter) ? [{ name: name_filter }] : [] });
    }
    if (pathname.endsWith('GetSignedArtifactURL')) {
      return answer({ signed_url: `${url}/${name}` });
    }
    if (request.method === 'PUT' && request.url?.includes('comp=block&')) {
      archives.set(pathname.slice(1), body);
    }
    return response.end(request.method === 'GET' ? archives.get(pathname.slice(1)) : '');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claims = Buffer.from(JSON.stringify({ scp: 'Actions.Results:run:job' }));
  const env = {
    ACTIONS_RESULTS_URL: `${url}/`,
    ACTIONS_RUNTIME_TOKEN: `h.${claims.toString('base64url')}.s`,
  };
  return { store: resultsStore(env, project), archives };
}

async function refusal(promise: Promise<unknown>) {
  const error = await promise.catch((thrown) => thrown);
  if (!(error instanceof ExpectedFailure)) throw new Error(`not refused: ${error}`);
  return error.failure;
}

describe('what a job found', () => {
  test('is kept in the folder that jobs share, for a month', async () => {
    const { store, kept } = folderStore();
    const old = await store.keep('old');
    const longAgo = Date.now() / 1000 - 31 * 24 * 3600;
    utimesSync(join(kept, `${old}.json`), longAgo, longAgo);
    expect(await store.keep('ä')).toBe(hashOf('ä'));
    expect(readdirSync(kept)).toEqual([`${hashOf('ä')}.json`]);
    expect(await store.fetch('train', hashOf('ä'))).toBe('ä');
    expect(await refusal(store.fetch('train', old))).toMatchObject({
      kind: 'usage',
      cause: `what job train found is not in the folder ${kept} (${old})`,
      hint: expect.stringContaining('Run the whole workflow again'),
    });
  });

  test('is refused where it is not what the job left', async () => {
    const { store, kept } = folderStore();
    const hash = await store.keep('left');
    writeFileSync(join(kept, `${hash}.json`), 'changed');
    expect((await refusal(store.fetch('train', hash))).cause).toMatch(/as the job left it/);
  });

  test('is kept as artifacts of the run where jobs share no disk', async () => {
    const { store, archives } = await service();
    const hash = await store.keep('found');
    expect([...archives.keys()]).toEqual([`sibling-results-${hash}`]);
    expect(await store.fetch('train', hash)).toBe('found');
    archives.set(
      `sibling-results-${hash}`,
      Buffer.from(zipFile('results.json', Buffer.from('other'))),
    );
    expect((await refusal(store.fetch('train', hash))).cause).toMatch(/as the job left it/);
    archives.set(`sibling-results-${hash}`, Buffer.from(zipFile('x', Buffer.from('found'))));
    expect((await refusal(store.fetch('train', hash))).cause).toMatch(/does not hold results.json/);
    expect((await refusal(store.fetch('train', hashOf('none')))).cause).toMatch(
      /^what job train found is not in the artifacts of this run/,
    );
  });

  test('has nowhere to go without a service and without a shared disk', async () => {
    const found = await refusal(Promise.resolve().then(() => resultsStore({}, project)));
    expect(found.hint).toMatch(/SIBLING_TRANSPORT=folder.*--artifact-server-path/);
    const needs = [{ job: 'train', result: 'failure' }];
    // Where nobody left anything there is nothing to ask for.
    expect(await bringResults(needs, () => resultsStore({}, project))).toEqual(needs);
  });
});
