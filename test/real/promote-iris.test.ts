import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mlflowClient } from '../../src/mlflow/client.ts';
import { findModel, listVersions } from '../../src/mlflow/registry.ts';
import { type ActRun, runAct } from '../rig/act/run.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import { fingerprint } from '../rig/folder-fingerprint.ts';
import { cloneIris } from '../rig/iris-clone.ts';
import { outputOf } from '../rig/run-command.ts';
import { type Finished, git, removeProject, sibling } from '../rig/stage-project.ts';

const root = cloneIris();
const clone = `${root}-clone`;
let dagsHub: DagsHubStandIn;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  dagsHub = await startDagsHub({ mlflow: { version: '2' } });
  dagsHub.addUser('ada', 'token-ada');
  dagsHub.addRepository('ada', 'iris', { private: true, mirror: true });
  env = {
    DAGSHUB_CLIENT_HOST: dagsHub.url,
    DAGSHUB_USER_NAME: 'ada',
    DAGSHUB_TOKEN: 'token-ada',
    DAGSHUB_REPO: 'ada/iris',
  };
});
afterAll(async () => {
  await dagsHub.stop();
  for (const path of [root, clone]) removeProject(path);
});

function expectSuccess({ code, stderr }: Finished): void {
  if (code !== 0) throw new Error(`exit code ${code}:\n${stderr}`);
}

function promote(inputs: Record<string, string>): Promise<ActRun> {
  return runAct({
    repository: clone,
    workflow: 'promote.yml',
    event: 'workflow_dispatch',
    inputs: {
      model: '',
      alias: 'production',
      version: '',
      override: '',
      'dry-run': 'false',
      ...inputs,
    },
    secrets: { DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: 'token-ada' },
    variables: { DAGSHUB_REPO: 'ada/iris' },
    env: { DAGSHUB_CLIENT_HOST: dagsHub.url, GITHUB_REPOSITORY: 'ada/iris' },
  });
}

test('by the workflow, from a clone that has no data: a train that came from the cache is registered and promoted', async () => {
  // Runs that no server has heard of, whose results are at DagsHub.
  const silent = { SIBLING_LOCAL_TRACKING: 'off', SIBLING_LOCAL_REMOTE: `${root}-remote` };
  expectSuccess(await sibling(root, ['run'], { env: silent }));
  expectSuccess(await sibling(root, ['push'], { env }));
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'results');
  git(root, 'clone', '--quiet', root, clone);

  const first = await promote({});
  if (first.code !== 0) throw new Error(first.log);
  expect(first.job('promote').summary).toMatch(/`iris`: version 1 ✅ becomes `production`/);
  expect(first.log).not.toContain('token-ada');

  const client = mlflowClient({
    uri: `${dagsHub.url}/ada/iris.mlflow`,
    user: 'ada',
    password: 'token-ada',
  });
  expect((await findModel(client, 'iris'))?.aliases.get('production')).toBe(1);
  const [version] = await listVersions(client, 'iris');
  expect(version?.tags.get('sibling.lock_commit')).toBe(git(clone, 'rev-parse', 'HEAD'));
  expect(Object.keys(JSON.parse(version?.tags.get('sibling.metrics') ?? '{}'))).toContain(
    'accuracy',
  );
  const artifacts = (await client.get('artifacts/list', {
    run_id: version?.run ?? '',
    path: 'model',
  })) as {
    files: { path: string }[];
  };
  expect(artifacts.files.map(({ path }) => path)).toContain('model/MLmodel');

  const again = await promote({ 'dry-run': 'true' });
  expect(again.job('promote').summary).toMatch(/`iris`: version 1 ✅ is already `production`/);
  const bad = await promote({ version: '$(touch hacked)' });
  expect(bad.results.promote).toBe('failure');
  expect(bad.log).toMatch(/is not the number of a version/);
  expect(await listVersions(client, 'iris')).toHaveLength(1);
  expect(git(clone, 'status', '--porcelain')).toBe('');
}, 400_000);

test('make models lists it', async () => {
  const output = await outputOf('make', ['-C', root, 'models'], { env });
  expect(output).toMatch(/^▶ +1 +production +0\.9333/m);
}, 60_000);

test('by the workflow, it is made again from the clone and is identical', async () => {
  const before = fingerprint(clone);
  const reproduce = (inputs: Record<string, string>) =>
    runAct({
      repository: clone,
      workflow: 'reproduce.yml',
      event: 'workflow_dispatch',
      inputs: { model: '', pull: 'false', ...inputs },
      secrets: { DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: 'token-ada' },
      variables: { DAGSHUB_REPO: 'ada/iris' },
      env: { DAGSHUB_CLIENT_HOST: dagsHub.url, GITHUB_REPOSITORY: 'ada/iris' },
    });
  const made = await reproduce({});
  if (made.code !== 0) throw new Error(made.log);
  expect(made.log).toMatch(/Running stage 'train'/);
  expect(made.job('reproduce').summary).toMatch(
    /✅ Made again from commit `\w{10}`, `iris\/1` is identical/,
  );
  expect(made.log).not.toContain('token-ada');
  const bad = await reproduce({ model: '$(touch hacked)@production', pull: 'true' });
  expect(bad.results.reproduce).toBe('failure');
  expect(bad.log).toMatch(/the registry has no model \$\(touch hacked\)/);
  expect(fingerprint(clone)).toEqual(before);
}, 400_000);
