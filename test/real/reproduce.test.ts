import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existingBaseImage } from '../../src/container/base-image/base-image.ts';
import { connectEngine } from '../../src/container/engine.ts';
import { findProject } from '../../src/project/project.ts';
import type { Reproduction } from '../../src/reproduction/compare/result.ts';
import { expectedReferences } from '../../src/run/prepare/prepare.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import type { Repository } from '../rig/dagshub/world.ts';
import { fingerprint } from '../rig/folder-fingerprint.ts';
import { commitAll, registeringProject, registerVersion } from '../rig/registering-project.ts';
import { outputOf } from '../rig/run-command.ts';
import { git, removeProject, sibling, startSibling } from '../rig/stage-project.ts';

const { docker } = await connectEngine();
const root = registeringProject();
const top = git(root, 'rev-parse', '--show-toplevel');
const cloned = `${top}-clone`;
const clone = join(cloned, relative(top, root));
/** With the remote at DagsHub, and with a folder as remote; the registry is the same. */
let [atDagsHub, here]: [NodeJS.ProcessEnv, NodeJS.ProcessEnv] = [{}, {}];
/** As `here`, with the folder written relative to the clone. */
let besideIt: NodeJS.ProcessEnv = {};
let dagsHub: DagsHubStandIn;
let repository: Repository;
let commit = '';

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', 'ada-token');
  repository = dagsHub.addRepository('ada', 'words');
  atDagsHub = {
    DAGSHUB_CLIENT_HOST: dagsHub.url,
    DAGSHUB_REPO: 'ada/words',
    DAGSHUB_USER_NAME: 'ada',
    DAGSHUB_TOKEN: 'ada-token',
  };
  here = {
    DAGSHUB_REPO: 'ada/words',
    MLFLOW_TRACKING_URI: `${dagsHub.url}/ada/words.mlflow`,
    MLFLOW_TRACKING_USERNAME: 'ada',
    MLFLOW_TRACKING_PASSWORD: 'ada-token',
    SIBLING_LOCAL_REMOTE: `${top}-remote`,
  };
  besideIt = { ...here, DVC_REMOTE_URL: relative(clone, `${top}-remote`) };
  commit = await registerVersion(root, here);
  expect((await sibling(root, ['push'], { env: atDagsHub })).code).toBe(0);
  git(top, 'clone', '--quiet', top, cloned);
});
afterAll(async () => {
  await dagsHub.stop();
  for (const folder of [top, cloned, `${top}-remote`, `${cloned}-shallow`]) removeProject(folder);
});

interface Reproduced {
  readonly code: number | null;
  readonly result: Reproduction;
  readonly stderr: string;
}

async function reproduce(folder: string, args: readonly string[], env = here): Promise<Reproduced> {
  const command = ['reproduce', '--json', ...args];
  const { code, stdout, stderr } = await sibling(folder, command, { env: { ...env } });
  if (stdout === '') throw new Error(`exit code ${code}\n${stderr}`);
  return { code, result: JSON.parse(stdout) as Reproduction, stderr };
}

async function mlflow(path: string, body: object, method = 'POST'): Promise<never> {
  const answer = await fetch(`${dagsHub.url}/ada/words.mlflow/api/2.0/mlflow/${path}`, {
    method,
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('ada:ada-token').toString('base64')}`,
    },
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as never;
}

async function setTag(version: number, key: string, value: string): Promise<void> {
  const body = { name: 'words', version: String(version), key, value };
  await mlflow('model-versions/set-tag', body);
}

async function deleteTag(version: number, key: string): Promise<void> {
  const body = { name: 'words', version: String(version), key };
  await mlflow('model-versions/delete-tag', body, 'DELETE');
}

async function countRuns(): Promise<number> {
  const { runs } = (await mlflow('runs/search', { experiment_ids: ['0'] })) as { runs: unknown[] };
  return runs.length;
}

const kinds = ({ findings }: Reproduction) => findings.map(({ kind, what }) => `${kind} ${what}`);

describe('a version whose dvc.lock is committed', () => {
  test('is identical from a clean clone; nothing there changes, nothing is logged', async () => {
    const before = { files: fingerprint(cloned), trees: git(clone, 'worktree', 'list') };
    const runs = await countRuns();
    const { code, result, stderr } = await reproduce(clone, ['/1'], atDagsHub);
    expect({ code, ...result, same: result.same.map(({ kind }) => kind) }).toMatchObject({
      code: 0,
      schema: 1,
      model: 'words',
      version: 1,
      commit,
      commit_from: 'history',
      method: 'run',
      verdict: 'identical',
      findings: [],
      cannot: null,
      kept: null,
      same: expect.arrayContaining(['model', 'dep', 'out', 'metric', 'registered-metric', 'image']),
    });
    for (const stage of ['words', 'train', 'evaluate']) {
      expect(stderr).toContain(`Running stage '${stage}'`);
    }
    expect(stderr).toContain('[train] no server');
    expect(stderr).toMatch(/Fetching what no stage makes: raw\.txt\.dvc/);
    const after = { files: fingerprint(cloned), trees: git(clone, 'worktree', 'list') };
    expect(after).toEqual(before);
    expect(readdirSync(join(clone, '.sibling/reproduce'))).toEqual([]);
    expect(await countRuns()).toBe(runs);
  });

  test('differs where the dvc.lock of its commit names another model', async () => {
    const lock = readFileSync(join(clone, 'dvc.lock'), 'utf8');
    const [, md5 = ''] = /path: models\/model\.txt\n\s+hash: md5\n\s+md5: (\w+)/.exec(lock) ?? [];
    writeFileSync(join(clone, 'dvc.lock'), lock.replaceAll(md5, md5.replace(/^./, 'f')));
    const tampered = commitAll(clone, 'tampered');
    git(clone, 'reset', '--quiet', '--hard', commit);
    await setTag(1, 'sibling.lock_commit', tampered);
    const { code, result } = await reproduce(clone, ['/1']);
    await deleteTag(1, 'sibling.lock_commit');
    expect({ code, verdict: result.verdict, kinds: kinds(result) }).toEqual({
      code: 14,
      verdict: 'differs',
      kinds: ['lock models/model.txt'],
    });
    expect(result.findings[0]).toMatchObject({
      expected: md5,
      found: md5.replace(/^./, 'f'),
      text: `dvc.lock at ${tampered.slice(0, 10)} names another model`,
    });
    // Made again, it is the registered one.
    expect(result.same).toContainEqual(expect.objectContaining({ kind: 'model', found: md5 }));
  });

  test('differs where the dvc.lock that is here names another model for the same inputs', async () => {
    const lock = readFileSync(join(clone, 'dvc.lock'), 'utf8');
    const [, md5 = ''] = /path: models\/model\.txt\n\s+hash: md5\n\s+md5: (\w+)/.exec(lock) ?? [];
    writeFileSync(join(clone, 'dvc.lock'), lock.replaceAll(md5, md5.replace(/^./, 'f')));
    const { code, result } = await reproduce(clone, ['/1'], besideIt);
    // A remote beside the workspace is not one beside the checkout.
    expect(readdirSync(join(clone, '.sibling/reproduce'))).toEqual([]);
    git(clone, 'checkout', '--quiet', 'dvc.lock');
    expect({ code, kinds: kinds(result) }).toEqual({ code: 14, kinds: ['lock models/model.txt'] });
    expect(result.findings[0]?.text).toBe(
      'dvc.lock in the workspace names another models/model.txt for the same inputs',
    );
  });

  test('differs where the remote has another model under its name, or a damaged one', async () => {
    const { folder } = await dagsHub.storage(repository);
    const { result: whole } = await reproduce(clone, ['/1', '--pull', '--keep'], atDagsHub);
    expect(whole).toMatchObject({ verdict: 'identical', method: 'pull', findings: [] });
    expect(git(whole.kept ?? '', 'rev-parse', 'HEAD')).toBe(commit);
    const md5 = String(whole.same.find(({ kind }) => kind === 'model')?.found);
    const key = `dvc/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;
    const object = join(folder, key);
    const content = readFileSync(object);
    const stored = { kind: 'stored', what: 'models/model.txt', state: 'differs', expected: md5 };
    chmodSync(object, 0o644);

    writeFileSync(object, 'rot');
    const rotten = await reproduce(clone, ['/1', '--pull'], atDagsHub);
    expect(rotten).toMatchObject({ code: 14, result: { verdict: 'differs' } });
    expect(rotten.result.findings).toContainEqual(
      expect.objectContaining({
        ...stored,
        text: expect.stringMatching(/ is damaged: .*checksum/),
      }),
    );

    const put = async (text: Buffer | string) => {
      const file = `${clone}-object`;
      writeFileSync(file, text);
      const sign = ['--aws-sigv4', 'aws:amz:us-east-1:s3', '--user', 'ada-token:ada-token'];
      const url = `${dagsHub.url}/ada/words.s3/${key}`;
      await outputOf('curl', ['--silent', '--fail', ...sign, '--upload-file', file, url]);
      rmSync(file);
    };
    await put('poison');
    const poisoned = await reproduce(clone, ['/1', '--pull'], atDagsHub);
    await put(content);
    expect(poisoned).toMatchObject({ code: 14, result: { verdict: 'differs' } });
    expect(poisoned.result.findings).toContainEqual({
      ...stored,
      found: createHash('md5').update('poison').digest('hex'),
      text: 'the remote’s copy of models/model.txt is not what its name says',
    });

    // DVC itself removes what is wrong in a remote that is a folder; looking at it changes nothing.
    const local = join(`${top}-remote`, key.replace(/^dvc\//, ''));
    chmodSync(local, 0o644);
    writeFileSync(local, 'poison');
    const inFolder = await reproduce(clone, ['/1', '--pull'], besideIt);
    expect(readFileSync(local, 'utf8')).toBe('poison');
    writeFileSync(local, content);
    expect(inFolder.result.findings).toEqual(
      expect.arrayContaining([
        {
          ...stored,
          found: createHash('md5').update('poison').digest('hex'),
          text: expect.any(String),
        },
      ]),
    );
  });

  test('is identical on another base image, which is told', async () => {
    const base = await existingBaseImage(docker, process.env);
    if (!base) throw new Error('no base image');
    const container = await docker.createContainer({ Image: base.reference, Cmd: ['true'] });
    const { Id: id } = await container.commit({
      repo: 'sibling-test/base',
      tag: `changed-${process.pid}`,
      comment: 'the same content, another image',
    });
    await container.remove();
    // What runs DVC is the same on both: only the name tells them apart.
    const changed = {
      ...base,
      reference: `sibling-test/base:changed-${process.pid}`,
      id,
      image: id,
    };
    const runnerOn = (each: typeof base) =>
      [...expectedReferences({ env: {}, project: findProject(root) }, each, [])].find((name) =>
        name.includes('dvc-runner'),
      ) ?? '';
    const [repo = '', tag = ''] = runnerOn(changed).split(':');
    const runner = await docker.createContainer({ Image: runnerOn(base), Cmd: ['true'] });
    const changes = [`LABEL sibling.image=${runnerOn(changed)}`];
    await runner.commit({ repo, tag, changes });
    await runner.remove();
    try {
      const { code, result } = await reproduce(clone, ['/1'], {
        ...here,
        SIBLING_BASE_IMAGE: changed.reference,
      });
      expect({ code, verdict: result.verdict, kinds: kinds(result) }).toEqual({
        code: 0,
        verdict: 'identical',
        kinds: ['image stage image', 'base-image base image'],
      });
      expect(result.findings[1]).toMatchObject({
        expected: base.id,
        found: changed.id,
        text: 'the base image changed',
      });
    } finally {
      for (const image of [runnerOn(changed), changed.reference]) {
        await docker.getImage(image).remove({ force: true });
      }
    }
  });
});

describe('a version that another run would not make', () => {
  test('differs: where it begins, by how much', async () => {
    const script = join(root, 'stages/train/train.py');
    const text = readFileSync(script, 'utf8');
    writeFileSync(script, text.replace('salt = "".encode()', 'salt = os.urandom(8)'));
    commitAll(root, 'no seed');
    await registerVersion(root, here);
    const { code, result, stderr } = await reproduce(root, ['words/2']);
    expect({ code, verdict: result.verdict, kinds: kinds(result) }).toEqual({
      code: 14,
      verdict: 'differs',
      kinds: [
        'model models/model.txt',
        'out metrics.json',
        'metric metrics.json: accuracy',
        'registered-metric accuracy',
      ],
    });
    const accuracy = result.findings.find(({ kind }) => kind === 'metric');
    const { expected, found, difference } = accuracy ?? {};
    expect(difference).toBeCloseTo(Number(found) - Number(expected), 12);
    expect(result.notes.join('\n')).toMatch(/It begins at stage train/);
    expect(result.notes.join('\n')).toMatch(/models\/model\.txt was 155 bytes: \d+ differ/);
    // The workspace's own cache has it.
    expect(stderr).not.toMatch(/Fetching what no stage makes/);
    expect(stderr).toMatch(/words\/2 is not what the registry says: models\/model\.txt, metrics/);
  });
});

describe('a version that cannot be made again', () => {
  test('was registered from files that were not committed', async () => {
    const script = join(root, 'stages/train/train.py');
    writeFileSync(script, `${readFileSync(script, 'utf8')}# a draft\n`);
    expect((await sibling(root, ['run'], { env: here })).code).toBe(0);
    git(root, 'checkout', '--quiet', '.');
    const { code, result } = await reproduce(root, ['/3']);
    expect({ code, verdict: result.verdict }).toEqual({ code: 15, verdict: 'cannot' });
    expect(result.cannot?.cause).toMatch(
      /version 3 of words was registered from files that were not committed: at \w{10}, .* stages\/train is not what it was made of/,
    );
    expect(result.cannot?.details).toHaveLength(1);
  });

  test('is not in the registry: it says what is', async () => {
    const { code, result } = await reproduce(clone, []);
    expect(code).toBe(15);
    expect(result.cannot).toMatchObject({
      cause: 'the registry has no words@production',
      hint: 'words has the versions 3, 2, 1 and no aliases: sibling promote sets one.',
    });
    const other = await reproduce(clone, ['bees/1']);
    expect(other.result.cannot?.hint).toMatch(/^Its models are .*words/);
  });

  test('was made with parameters that nobody committed: that another came out shows nothing', async () => {
    writeFileSync(join(root, 'params.yaml'), 'train:\n  seed: 7\n');
    expect((await sibling(root, ['run'], { env: here })).code).toBe(0);
    git(root, 'checkout', '--quiet', '.');
    const { code, result } = await reproduce(root, ['/4']);
    expect({ code, verdict: result.verdict }).toEqual({ code: 15, verdict: 'cannot' });
    expect(result.cannot?.cause).toMatch(/changes that were not committed, no commit's dvc\.lock/);
  });

  test('has a commit that a shallow clone lacks and origin does not give', async () => {
    await deleteTag(1, 'sibling.base_image');
    git(top, 'clone', '--quiet', '--depth', '1', `file://${top}`, `${cloned}-shallow`);
    const shallow = join(`${cloned}-shallow`, relative(top, root));
    const fetched = await reproduce(shallow, ['/1', '--pull']);
    expect(fetched).toMatchObject({
      code: 0,
      result: { verdict: 'identical', commit, commit_from: 'history' },
    });
    expect(fetched.result.notes).toContain(
      'The registry does not say which base image was beneath it.',
    );
    expect(git(shallow, 'rev-list', '--count', 'HEAD')).toBe('1');
    // What a server also gives by its hash, as GitHub gives the commits of forks, is on no branch.
    const stray = git(root, 'commit-tree', '-m', 'stray', `${commit}^{tree}`);
    git(root, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    await setTag(1, 'sibling.lock_commit', stray);
    const strange = await reproduce(shallow, ['/1', '--pull']);
    expect(strange.result.cannot?.cause).toMatch(/and no branch or tag of origin has it/);
    await setTag(1, 'sibling.lock_commit', commit);
    git(shallow, 'remote', 'set-url', 'origin', 'file:///nowhere');
    const { code, result } = await reproduce(shallow, ['/1', '--pull']);
    expect(code).toBe(15);
    expect(result.cannot?.cause).toMatch(/the commit \w+, .* is not in this repository/);
    expect(result.cannot?.hint).toMatch(/fetch-depth: 0/);
    expect(result.cannot?.details).toEqual([expect.stringContaining('/nowhere')]);
  });
});

describe('a reproduction that is stopped', () => {
  const folders = () => readdirSync(join(clone, '.sibling/reproduce'));
  const containers = async () => {
    const { id } = findProject(clone);
    const filters = { label: [`sibling.project=${id}`] };
    return (await docker.listContainers({ all: true, filters })).length;
  };

  test('by Ctrl-C leaves nothing; a sibling clean beside it leaves it alone', async () => {
    const started = startSibling(clone, ['reproduce', '/1'], { env: here });
    await started.until(/Running stage 'train'/);
    expect((await sibling(clone, ['clean'], { env: here })).code).toBe(0);
    expect(folders()).toHaveLength(1);
    started.kill('SIGINT');
    expect((await started.finished).code).toBe(130);
    expect({ folders: folders(), containers: await containers() }).toEqual({
      folders: [],
      containers: 0,
    });
  });

  test('by SIGKILL leaves what the next sibling clean removes', async () => {
    const started = startSibling(clone, ['reproduce', '/1'], { env: here });
    await started.until(/Running stage 'words'/);
    started.kill('SIGKILL');
    await started.finished;
    expect(folders()).toHaveLength(1);
    expect((await sibling(clone, ['clean'], { env: here })).code).toBe(0);
    expect({ folders: folders(), containers: await containers() }).toEqual({
      folders: [],
      containers: 0,
    });
    expect(existsSync(join(clone, '.sibling/kept'))).toBe(false);
    rmSync(join(clone, '.sibling'), { recursive: true });
  });
});
