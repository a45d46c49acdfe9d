import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { TransferEvent } from '../../src/remote/transfer-events.ts';
import { EventReader } from '../../src/run/progress/events.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import type { Repository } from '../rig/dagshub/world.ts';
import { type DataProject, makeDataProject, manyFiles } from '../rig/data-project.ts';
import { repository as repositoryRoot } from '../rig/repository.ts';
import { outputOf } from '../rig/run-command.ts';
import { startS3Server } from '../rig/s3-server.ts';
import { sibling, startSibling } from '../rig/stage-project.ts';
import { toolPath } from '../rig/tools.ts';

jest.setTimeout(120_000);

let dagsHub: DagsHubStandIn;
beforeAll(async () => {
  dagsHub = await startDagsHub();
  for (const name of ['ada', 'eve']) dagsHub.addUser(name, `token-${name}`);
});
afterAll(() => dagsHub.stop());

/** A project of its own with a repository of its own. */
const projects: DataProject[] = [];
let repository: Repository;
let number = 0;
beforeEach(() => {
  dagsHub.faults.set([]);
  dagsHub.requests.length = 0;
  number += 1;
  repository = dagsHub.addRepository('ada', `data-${number}`, {
    private: true,
    collaborators: { eve: 'read' },
  });
});
afterAll(() => {
  for (const project of projects) project.remove();
});

function project(outs: Parameters<typeof makeDataProject>[0]): DataProject {
  const made = makeDataProject(outs);
  projects.push(made);
  return made;
}

function environment(user = 'ada', token = `token-${user}`): NodeJS.ProcessEnv {
  return {
    DAGSHUB_CLIENT_HOST: dagsHub.url,
    DAGSHUB_USER_NAME: user,
    DAGSHUB_TOKEN: token,
    DAGSHUB_REPO: `${repository.owner}/${repository.name}`,
  };
}

/** Where an object is, below the bucket. */
function key(md5 = ''): string {
  return `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;
}

async function storedAt(md5: string | undefined): Promise<string> {
  return join((await dagsHub.storage(repository)).folder, 'dvc', key(md5));
}

/** The objects that were sent (PUT) or fetched (GET) with success, as often as that happened. */
function moved(method: 'PUT' | 'GET'): string[] {
  return dagsHub.requests
    .filter((request) => request.method === method && request.status === 200)
    .map(({ path }) => /files\/md5\/[0-9a-f]{2}\/[0-9a-f.dir]+$/.exec(path)?.[0] ?? '')
    .filter((path) => path !== '');
}

async function requestsWith(count: number, method: 'PUT' | 'GET'): Promise<void> {
  while (moved(method).length < count) await new Promise((resolve) => setTimeout(resolve, 20));
}

function wipe({ root }: DataProject): void {
  for (const path of ['data', 'model.bin', '.dvc/cache', '.sibling']) {
    rmSync(join(root, path), { recursive: true, force: true });
  }
}

function isRight({ root, md5s }: DataProject, path: string): boolean {
  const content = readFileSync(join(root, path));
  return createHash('md5').update(content).digest('hex') === md5s.get(path);
}

test('2,000 files arrive whole through 10 % of 5xx and resets', async () => {
  const many = project({ folder: manyFiles(2_000, 10_000) });
  const shares = [500, 502, 503, 'reset'] as const;
  dagsHub.faults.set(
    shares.map((kind, at) => ({ kind, service: 's3', probability: 0.025, seed: 100 + at })),
  );
  const pushed = await sibling(many.root, ['push'], { env: environment() });
  expect(pushed).toMatchObject({ code: 0 });
  expect(dagsHub.requests.filter(({ fault }) => fault).length).toBeGreaterThan(100);
  expect(pushed.stderr).toContain('has all 2,001 objects that dvc.lock names');
  expect(pushed.stderr).toMatch(/sent 2,000 files, 20.0 MB in /);
  for (const md5 of many.md5s.values()) expect(existsSync(await storedAt(md5))).toBe(true);
  // Progress never says what was not so.
  const told = [...pushed.stderr.matchAll(/sent ([\d,]+) of ([\d,]+) files/g)];
  const files = told.map(([, sent]) => Number(sent?.replace(',', '')));
  expect(files).toEqual([...files].sort((left, right) => left - right));
  for (const [, , all] of told) expect(all).toBe('2,000');
});

describe('an object that was removed from the remote behind DVC', () => {
  let few: DataProject;
  beforeEach(async () => {
    few = project({ folder: manyFiles(3, 100), files: { 'model.bin': 1_000 } });
    expect(await sibling(few.root, ['push'], { env: environment() })).toMatchObject({ code: 0 });
    dagsHub.requests.length = 0;
    rmSync(await storedAt(few.md5s.get('data/000/1.bin')));
  });

  test('is sent again, and nothing else', async () => {
    const again = await sibling(few.root, ['push'], { env: environment() });
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain('sent 1 file, 100 B');
    expect(moved('PUT')).toEqual([key(few.md5s.get('data/000/1.bin'))]);
  });

  test('fails by name when this machine lacks it too', async () => {
    rmSync(join(few.root, '.dvc/cache', key(few.md5s.get('data/000/1.bin'))));
    const again = await sibling(few.root, ['push'], { env: environment() });
    expect(again.code).toBe(7);
    expect(again.stderr).toMatch(/neither this machine nor .*: data\/000\/1.bin was nowhere/);
    expect(again.stderr).not.toContain('The remote was asked, and has');
  });
});

test('a push waits for another DVC in the workspace, and begins anew', async () => {
  const few = project({ folder: manyFiles(3, 100) });
  mkdirSync(join(few.root, '.dvc/tmp'), { recursive: true });
  const lock = ['--no-fork', join(few.root, '.dvc/tmp/lock'), 'sleep', '60'];
  const other = spawn('flock', lock, { stdio: 'ignore' });
  const pushing = startSibling(few.root, ['push'], { env: environment() });
  await pushing.until(/another DVC is at work in this workspace; trying again in 3 s \(1 of 4\)/);
  other.kill();
  expect(await pushing.finished).toMatchObject({ code: 0 });
});

describe('a push that fails says what, and why', () => {
  let few: DataProject;
  beforeEach(() => {
    few = project({ folder: manyFiles(3, 100), files: { 'model.bin': 2_000_000 } });
  });
  const refuse = (kind: 400 | 413, path: string) =>
    dagsHub.faults.set([{ kind, match: `^PUT .*${key(few.md5s.get(path)).slice(-30)}` }]);

  test('one object that is refused each time', async () => {
    refuse(400, 'data/000/2.bin');
    const failed = await sibling(few.root, ['push'], { env: environment() });
    expect(failed.code).toBe(7);
    expect(failed.stderr).toMatch(
      /refuses what it was sent .*: data\/000\/2.bin \(100 B\) was not/,
    );
    // The others have arrived, the folder's list has not: it would promise the file.
    expect(existsSync(await storedAt(few.md5s.get('data/000/1.bin')))).toBe(true);
    expect(existsSync(await storedAt(few.md5s.get('data')))).toBe(false);
  });

  test('a file that is too large', async () => {
    refuse(413, 'model.bin');
    const failed = await sibling(few.root, ['push'], { env: environment() });
    expect(failed.code).toBe(7);
    expect(failed.stderr).toMatch(/does not take files as large as this: model.bin \(2.0 MB\)/);
  });

  test.each([
    ['wrong', 'ada', 'wrong', /does not accept the token of user ada \(HTTP 401\)/],
    ['not allowed to write', 'eve', 'token-eve', /eve may read ada\/data-\d+, but not write to it/],
  ])('credentials that are %s', async (_, user, token, says) => {
    const failed = await sibling(few.root, ['push'], { env: environment(user, token) });
    expect(failed.code).toBe(8);
    expect(failed.stderr).toMatch(says);
  });

  test('a clock that is wrong', async () => {
    const now = Date.now;
    Date.now = () => now() + 20 * 60_000;
    const failed = await sibling(few.root, ['push'], { env: environment() });
    Date.now = now;
    expect(failed.code).toBe(7);
    expect(failed.stderr).toContain("refuses this machine's clock");
  });
});

describe('a transfer that is stopped goes on where it was', () => {
  let many: DataProject;
  const slow = { kind: 'slow', service: 's3', delay: 100 } as const;
  beforeEach(() => {
    many = project({ folder: manyFiles(150, 2_000) });
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('push: %s', async (signal) => {
    dagsHub.faults.set([{ ...slow, match: '^PUT' }]);
    const stopped = startSibling(many.root, ['push'], { env: environment() });
    await requestsWith(30, 'PUT');
    stopped.kill(signal);
    const { code } = await stopped.finished;
    expect(code).toBe(signal === 'SIGINT' ? 130 : null);
    dagsHub.faults.set([]);
    const again = await sibling(many.root, ['push'], { env: environment() });
    expect(again).toMatchObject({ code: 0 });
    // The container of a push that was killed goes on: it is ended first.
    expect(again.stderr.includes('Cleaning up after run')).toBe(signal === 'SIGKILL');
    const sent = moved('PUT');
    expect(new Set(sent).size).toBe(sent.length);
    // Nobody heard the answer for those that were on their way when it was stopped.
    expect(sent.length).toBeGreaterThan(151 - 32);
    for (const md5 of many.md5s.values()) expect(existsSync(await storedAt(md5))).toBe(true);
  });

  test('pull: nothing is half there, and nothing comes twice', async () => {
    expect(await sibling(many.root, ['push'], { env: environment() })).toMatchObject({ code: 0 });
    wipe(many);
    dagsHub.faults.set([{ ...slow, match: '^GET .*files/md5/../' }]);
    dagsHub.requests.length = 0;
    const stopped = startSibling(many.root, ['pull'], { env: environment() });
    await requestsWith(30, 'GET');
    stopped.kill('SIGINT');
    expect((await stopped.finished).code).toBe(130);
    const here = existsSync(join(many.root, 'data'))
      ? readdirSync(join(many.root, 'data'), { recursive: true, encoding: 'utf8' })
      : [];
    for (const path of here.filter((each) => each.includes('.'))) {
      expect(isRight(many, `data/${path}`)).toBe(true);
    }
    dagsHub.faults.set([{ kind: 'reset', match: '^GET .*files/md5/../', times: 5 }]);
    const again = await sibling(many.root, ['pull'], { env: environment() });
    expect(again).toMatchObject({ code: 0 });
    for (const path of many.md5s.keys())
      if (path !== 'data') expect(isRight(many, path)).toBe(true);
    const files = moved('GET').filter((path) => !path.endsWith('.dir'));
    // Those on their way when it was stopped come twice, and no more than these.
    expect(files.length - new Set(files).size).toBeLessThan(32);
    expect(again.stderr).not.toContain('fetched 150 files');
  });

  test('pull of large files: what is half there is removed', async () => {
    const large = project({ folder: manyFiles(20, 8_000_000) });
    expect(await sibling(large.root, ['push'], { env: environment() })).toMatchObject({ code: 0 });
    wipe(large);
    const half = () =>
      readdirSync(large.root, { recursive: true, encoding: 'utf8' }).filter((path) =>
        /\.[\w-]{22}\.tmp$/.test(path),
      );
    const stopped = startSibling(large.root, ['pull'], { env: environment() });
    while (half().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stopped.kill('SIGINT');
    expect((await stopped.finished).code).toBe(130);
    expect(half()).toEqual([]);
    expect(existsSync(join(large.root, 'data'))).toBe(false);
  });
});

test('pull says whether the files were never pushed or the credentials are wrong', async () => {
  const few = project({ folder: manyFiles(3, 100) });
  expect(await sibling(few.root, ['push'], { env: environment() })).toMatchObject({ code: 0 });
  rmSync(await storedAt(few.md5s.get('data/000/1.bin')));
  wipe(few);
  const failed = await sibling(few.root, ['pull'], { env: environment() });
  expect(failed.code).toBe(7);
  expect(failed.stderr).toMatch(/lacks files that dvc.lock names: .*data\/000\/1.bin/);
  expect(failed.stderr).toContain('accepts the credentials of ada: the files were never pushed');
  const refused = await sibling(few.root, ['pull'], { env: environment('ada', 'wrong') });
  expect(refused.code).toBe(8);
  expect(refused.stderr).toContain('does not accept the token of user ada');
});

test('any S3 server will do', async () => {
  const few = project({ folder: manyFiles(3, 100), files: { 'model.bin': 1_000 } });
  const server = await startS3Server();
  await server.makeBucket('bucket');
  const env = {
    DVC_REMOTE_URL: 's3://bucket/below',
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: server.accessKey,
    AWS_SECRET_ACCESS_KEY: server.secretKey,
    AWS_REGION: server.region,
  };
  try {
    expect(await sibling(few.root, ['push'], { env })).toMatchObject({ code: 0 });
    wipe(few);
    expect(await sibling(few.root, ['pull'], { env })).toMatchObject({ code: 0 });
    expect(isRight(few, 'model.bin')).toBe(true);
    const missing = { ...env, DVC_REMOTE_URL: 's3://elsewhere' };
    const failed = await sibling(few.root, ['push'], { env: missing });
    expect(failed.code).toBe(7);
    expect(failed.stderr).toMatch(/s3:\/\/elsewhere does not exist/);
  } finally {
    await server.stop();
  }
});

test('the bytes to fetch are known for whole folders, and never guessed', async () => {
  const few = project({ folder: manyFiles(3, 100), files: { 'model.bin': 1_000 } });
  expect(await sibling(few.root, ['push'], { env: environment() })).toMatchObject({ code: 0 });
  wipe(few);
  expect(await fetched(few)).toEqual({ files: 4, ofFiles: 4, bytes: 1_300, ofBytes: 1_300 });
  rmSync(join(few.root, 'data/000/1.bin'));
  rmSync(join(few.root, '.dvc/cache', key(few.md5s.get('data/000/1.bin'))));
  expect(await fetched(few)).toEqual({ files: 1, ofFiles: 1, bytes: 100 });
});

/** The progress that the runner's DVC tells last. */
async function fetched({ root }: DataProject): Promise<object> {
  const options = {
    url: 's3://dvc',
    endpointurl: `${dagsHub.url}/${repository.owner}/${repository.name}.s3`,
    ...{ region: 'us-east-1', access_key_id: 'token-ada', secret_access_key: 'token-ada' },
  };
  const config = { core: { remote: 'sibling' }, remote: { sibling: options } };
  const file = join(root, '.dvc/tmp/config.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const entry = join(repositoryRoot, 'dvc-runner/dvc_entry.py');
  const output = await outputOf(toolPath('python', { set: 'dvc' }), [entry, 'pull'], {
    cwd: root,
    env: {
      SIBLING_DVC_CONFIG_FILE: file,
      SIBLING_TRANSFER_TOKEN: 'token',
      DVC_SITE_CACHE_DIR: join(root, '.dvc/site-cache'),
      AWS_CA_BUNDLE: undefined,
    },
  });
  const reader = new EventReader<TransferEvent>('token');
  const events = output.split('\n').map((line) => reader.take(line));
  const last = events.flatMap(({ event }) =>
    typeof event === 'object' && event.type === 'progress' ? [event] : [],
  );
  const { type, ...progress } = last.at(-1) as TransferEvent & { type: 'progress' };
  return progress;
}
