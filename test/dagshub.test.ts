import { describe, expect, test } from '@jest/globals';
import { dagsHubOf, mlflowUri, repositoryName, s3Endpoint } from '../src/dagshub.ts';
import { chooseRemote, remoteConfig } from '../src/remote.ts';
import { chooseTracking, isLoopback } from '../src/tracking.ts';

const credentials = { DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: 't0ken' };

test.each([
  ['ada/iris', 'ada', 'iris'],
  ['https://dagshub.com/ada/iris.mlflow', 'ada', 'iris'],
  ['https://dagshub.com/ada/iris.git', 'ada', 'iris'],
  ['git@github.com:ada/my.iris.git', 'ada', 'my.iris'],
])('repositoryName(%s)', (text, owner, repo) => {
  expect(repositoryName(text)).toEqual({ owner, repo });
});

test.each(['/home/ada/.', '../..', 'iris', ''])('%j names no repository', (text) => {
  expect(repositoryName(text)).toBeUndefined();
});

describe('dagsHubOf', () => {
  test('nothing set: none', () => expect(dagsHubOf({})).toBeUndefined());

  test('the repository comes from DAGSHUB_REPO before anything else', () => {
    const env = {
      ...credentials,
      DAGSHUB_REPO: 'a/b',
      MLFLOW_TRACKING_URI: 'https://x/c/d.mlflow',
    };
    const found = dagsHubOf(env, 'git@github.com:e/f.git');
    expect(found && [mlflowUri(found), s3Endpoint(found)]).toEqual([
      'https://dagshub.com/a/b.mlflow',
      'https://dagshub.com/a/b.s3',
    ]);
  });

  test.each([
    [{ DAGSHUB_USER_NAME: 'ada' }, /DAGSHUB_TOKEN is not/],
    [{ DAGSHUB_TOKEN: 'x' }, /DAGSHUB_USER_NAME is not/],
    [credentials, /not the repository/],
  ])('%j is refused', (env, says) => {
    expect(() => dagsHubOf(env)).toThrow(says);
  });
});

test('an explicit DVC remote outranks DagsHub, and DagsHub the local folder', () => {
  const dagsHub = dagsHubOf({ ...credentials, DAGSHUB_REPO: 'ada/iris' });
  const own = chooseRemote('/p', 'id', { DVC_REMOTE_URL: 's3://bucket', HOME: '/h' }, dagsHub);
  expect(remoteConfig(own, '')).toEqual({
    core: { remote: 'sibling' },
    remote: { sibling: { url: 's3://bucket' } },
  });
  expect(chooseRemote('/p', 'id', { HOME: '/h' }, dagsHub)).toMatchObject({
    options: { url: 's3://dvc', access_key_id: 't0ken', secret_access_key: 't0ken' },
  });
  expect(chooseRemote('/p', 'id', { HOME: '/h' }, undefined)).toEqual({
    kind: 'folder',
    folder: '/h/.local/share/sibling/remotes/p-id',
  });
});

test('DagsHub’s credentials go to DagsHub’s MLflow only', () => {
  const dagsHub = dagsHubOf({ ...credentials, DAGSHUB_REPO: 'ada/iris' });
  expect(chooseTracking({}, undefined)).toEqual({ kind: 'local' });
  expect(chooseTracking({}, dagsHub)).toMatchObject({ env: { MLFLOW_TRACKING_PASSWORD: 't0ken' } });
  const elsewhere = chooseTracking({ MLFLOW_TRACKING_URI: 'https://mlflow.example.org' }, dagsHub);
  expect(JSON.stringify(elsewhere)).not.toContain('t0ken');
});

test.each([
  ['http://127.0.0.1:80', true],
  ['http://localhost/x', true],
  ['http://[::1]:5', true],
  ['https://dagshub.com', false],
  ['http://127.evil.com', false],
  [undefined, false],
])('isLoopback(%s) is %p', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
