import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sign } from '../rig/dagshub/signature.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import type { Repository } from '../rig/dagshub/world.ts';
import { runCommand } from '../rig/run-command.ts';
import { type ScratchProject, scratchProject } from '../rig/scratch-project.ts';
import { toolPath } from '../rig/tools.ts';

jest.setTimeout(120_000); // real programs start here: MLflow takes 9 s on two idle cores

let dagsHub: DagsHubStandIn;
let repository: Repository;
beforeAll(async () => {
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', 'token-ada');
  dagsHub.addUser('eve', 'token-eve');
  repository = dagsHub.addRepository('ada', 'iris', {
    private: true,
    mirror: true,
    collaborators: { eve: 'read' },
  });
  dagsHub.addRepository('ada', 'alone');
});
afterAll(() => dagsHub.stop());
beforeEach(() => {
  dagsHub.faults.set([]);
  dagsHub.requests.length = 0;
});

/** What the storage holds, by key. */
async function objects(): Promise<string[]> {
  const { folder } = await dagsHub.storage(repository);
  const entries = await readdir(join(folder, 'dvc'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('DVC', () => {
  let project: ScratchProject;
  beforeAll(async () => {
    project = await scratchProject({
      files: {
        'dvc.yaml':
          'stages:\n  copy:\n    cmd: mkdir -p out && cp in.txt out/a && echo b > out/b\n    deps: [in.txt]\n    outs: [out]\n',
        'in.txt': 'first\n',
      },
    });
    expect(await dvc('token-ada', 'init', '--quiet')).toMatchObject({ code: 0 });
    await project.write(
      '.dvc/config',
      `[core]\nremote = dagshub\n['remote "dagshub"']\nurl = s3://dvc\nendpointurl = ${dagsHub.url}/ada/iris.s3\n`,
    );
    expect(await dvc('token-ada', 'repro', '--quiet')).toMatchObject({ code: 0 });
  });
  afterAll(() => project.remove());

  function dvc(token: string, ...args: string[]) {
    return runCommand(toolPath('dvc'), args, {
      cwd: project.root,
      env: {
        AWS_ACCESS_KEY_ID: token,
        AWS_SECRET_ACCESS_KEY: token,
        AWS_CA_BUNDLE: undefined,
        DVC_NO_ANALYTICS: '1',
        DVC_SITE_CACHE_DIR: project.path('.dvc/site'),
      },
    });
  }

  test('with a wrong token is refused, and nothing arrives', async () => {
    const { code, stderr } = await dvc('wrong', 'push', '--run-cache');
    expect(code).not.toBe(0);
    expect(stderr).toContain('Forbidden');
    expect(dagsHub.requests.length).toBeGreaterThan(0);
    expect(new Set(dagsHub.requests.map(({ status }) => status))).toEqual(new Set([403]));
    expect(await objects()).toEqual([]);
  });

  test('without write access may not push', async () => {
    const { code } = await dvc('token-eve', 'push');
    expect(code).not.toBe(0);
    expect(await objects()).toEqual([]);
  });

  test('pushes, and pulls into an empty cache, with the run-cache', async () => {
    expect(await dvc('token-ada', 'push', '--run-cache')).toMatchObject({ code: 0 });
    expect(dagsHub.requests.every(({ authorization }) => authorization)).toBe(true);
    expect((await objects()).length).toBeGreaterThanOrEqual(4); // two files, their list, a run

    await runCommand('rm', ['-rf', '.dvc/cache', 'out', 'dvc.lock'], { cwd: project.root });
    expect(await dvc('token-eve', 'repro', '--pull')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('cached'),
    });
    expect(await readFile(project.path('out/a'), 'utf8')).toBe('first\n');
  });

  test('survives resets and 503s on the way', async () => {
    await project.write('in.txt', 'second\n');
    expect(await dvc('token-ada', 'repro', '--quiet')).toMatchObject({ code: 0 });
    dagsHub.faults.set([
      { service: 's3', match: '^PUT', kind: 503, times: 1 },
      { service: 's3', match: '^PUT', kind: 'reset', times: 1 },
    ]);
    expect(await dvc('token-ada', 'push')).toMatchObject({ code: 0 });
    const struck = dagsHub.requests.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
    expect(struck.sort()).toEqual([503, 'reset']);
  });
});

describe('S3 uploads', () => {
  const content = 'hello';

  async function put(key: string, body: string, extra: Record<string, string>) {
    const target = `/ada/iris.s3/dvc/${key}`;
    const { host } = new URL(dagsHub.url);
    const headers = await sign(
      { method: 'PUT', target, headers: { host, ...extra } },
      { accessKey: 'token-ada', secretKey: 'token-ada', region: 'us-east-1' },
    );
    return fetch(dagsHub.url + target, { method: 'PUT', body, headers });
  }

  async function stored(key: string): Promise<string> {
    const { folder } = await dagsHub.storage(repository);
    return readFile(join(folder, 'dvc', key), 'utf8');
  }

  const sha256 = createHash('sha256').update(content).digest();

  test.each([
    ['a hash of the body', content, { 'x-amz-content-sha256': sha256.toString('hex') }],
    ['an unsigned body', content, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }],
    [
      'chunks and a checksum after them',
      `5\r\n${content}\r\n0\r\nx-amz-checksum-sha256:${sha256.toString('base64')}\r\n\r\n`,
      {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'content-encoding': 'aws-chunked',
        'x-amz-decoded-content-length': String(content.length),
        'x-amz-trailer': 'x-amz-checksum-sha256',
      },
    ],
  ])('with %s', async (name, body, headers) => {
    const key = name.replaceAll(' ', '-');
    expect((await put(key, body, headers)).status).toBe(200);
    expect(await stored(key)).toBe(content);
  });

  test('with another body than was signed are refused', async () => {
    const headers = { 'x-amz-content-sha256': sha256.toString('hex') };
    const response = await put('other', 'other', headers);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('XAmzContentSHA256Mismatch');
    await expect(stored('other')).rejects.toThrow('ENOENT');
  });

  test('from a clock that is wrong are refused', async () => {
    const target = '/ada/iris.s3/dvc/late';
    const headers = await sign(
      { method: 'GET', target, headers: { host: new URL(dagsHub.url).host } },
      { accessKey: 'token-ada', secretKey: 'token-ada', region: 'us-east-1' },
      new Date(Date.now() - 16 * 60 * 1000),
    );
    const response = await fetch(dagsHub.url + target, { headers });
    expect(await response.text()).toContain('RequestTimeTooSkewed');
  });
});

describe('the REST API', () => {
  async function call(path: string, token: string | undefined, method = 'GET') {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const response = await fetch(`${dagsHub.url}/api/v1${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: basic(token) },
    });
    return { status: response.status, body: JSON.parse((await response.text()) || 'null') };
  }

  test.each([
    ['GET', '/user', 'ada:token-ada', 200],
    ['GET', '/user', 'ada:wrong', 401],
    ['GET', '/user', undefined, 401],
    ['GET', '/repos/ada/iris', 'ada:token-ada', 200],
    ['GET', '/repos/ada/iris', 'ada:wrong', 401],
    ['GET', '/repos/ada/iris', undefined, 404],
    ['GET', '/repos/ada/missing', 'ada:token-ada', 404],
    ['GET', '/repos/ada/iris/experiments', 'eve:token-eve', 200],
    ['POST', '/repos/ada/iris/mirror-sync', 'eve:token-eve', 403],
    ['POST', '/repos/ada/iris/mirror-sync', undefined, 401],
    ['POST', '/repos/ada/alone/mirror-sync', 'ada:token-ada', 404],
  ])('%s %s as %s: %d', async (method, path, token, status) => {
    expect((await call(path, token, method)).status).toBe(status);
  });

  test('tells who may write', async () => {
    const permissions = async (token: string) =>
      (await call('/repos/ada/iris', token)).body.permissions;
    expect(await permissions('ada:token-ada')).toMatchObject({ admin: true, push: true });
    expect(await permissions('eve:token-eve')).toMatchObject({ push: false, pull: true });
  });

  test('counts the calls that synchronise a mirror', async () => {
    const before = repository.mirrorSyncs;
    expect(await call('/repos/ada/iris/mirror-sync', 'ada:token-ada', 'POST')).toMatchObject({
      status: 202,
    });
    expect(repository.mirrorSyncs).toBe(before + 1);
  });
});

describe('MLflow', () => {
  const logRun = `
import mlflow, pathlib
mlflow.set_experiment("stand-in")
with mlflow.start_run() as run:
    mlflow.log_param("depth", 3)
    mlflow.log_metric("accuracy", 0.9)
    pathlib.Path("note.txt").write_text("kept")
    mlflow.log_artifact("note.txt")
print(mlflow.artifacts.load_text(run.info.artifact_uri + "/note.txt"))
`;
  let project: ScratchProject;
  beforeAll(async () => {
    project = await scratchProject({ git: false });
  });
  afterAll(() => project.remove());

  function client(token: string) {
    return runCommand(toolPath('python', { set: 'mlflow-3' }), ['-c', logRun], {
      cwd: project.root,
      env: {
        MLFLOW_TRACKING_URI: `${dagsHub.url}/ada/iris.mlflow`,
        MLFLOW_TRACKING_USERNAME: 'ada',
        MLFLOW_TRACKING_PASSWORD: token,
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2',
        MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0',
      },
    });
  }

  test('takes a run with its artifacts from a client with the right token', async () => {
    const { code, stdout } = await client('token-ada');
    expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({ code: 0, last: 'kept' });
    expect(dagsHub.requests.every(({ status }) => status < 400 || status === 404)).toBe(true);
  });

  test('answers 401 to a wrong token', async () => {
    const { code, stderr } = await client('wrong');
    expect(code).not.toBe(0);
    expect(stderr).toContain('401');
  });

  test('goes on after a 503', async () => {
    dagsHub.faults.set([{ service: 'mlflow', match: 'runs/create', kind: 503, times: 1 }]);
    expect(await client('token-ada')).toMatchObject({ code: 0 });
    expect(dagsHub.requests.filter(({ fault }) => fault === 503)).toHaveLength(1);
  });
});
