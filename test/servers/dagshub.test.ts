import { describe, expect, test } from '@jest/globals';
import { chooseRemote, remoteConfig } from '../../src/remote/remote.ts';
import { dagsHubOf, mlflowUri, repositoryName, s3Endpoint } from '../../src/servers/dagshub.ts';
import { chooseTracking } from '../../src/servers/tracking.ts';

const credentials = { DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: 't0ken' };

test.each([
  ['ada/iris', 'ada', 'iris'],
  ['Ada/Iris.Data', 'Ada', 'Iris.Data'],
  ['ada/example.dvc', 'ada', 'example.dvc'],
  ['ada/example.s3', 'ada', 'example.s3'],
  ['ada/iris.git', 'ada', 'iris'],
  ['https://dagshub.com/ada/iris.git', 'ada', 'iris'],
  ['https://ada:t0ken@github.com/ada/example.dvc.git/', 'ada', 'example.dvc'],
  ['git@github.com:ada/my.iris.git', 'ada', 'my.iris'],
  ['github.com:ada/example.mlflow', 'ada', 'example.mlflow'],
  ['git@gitlab.com:group/team/iris.GIT', 'team', 'iris'],
  ['ssh://git@github.com:22/ada/iris.git', 'ada', 'iris'],
])('repositoryName(%s)', (text, owner, repo) => {
  expect(repositoryName(text)).toEqual({ owner, repo });
});

test.each([
  '/home/ada/.',
  '/home/ada/iris.git',
  '../ada/iris',
  'file:///home/ada/iris',
  '../..',
  'iris',
  '',
])('%j names no repository', (text) => {
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

  test.each<[NodeJS.ProcessEnv, string | undefined, string]>([
    [{ DAGSHUB_REPO: 'https://dagshub.com/Ada/Iris.mlflow' }, undefined, 'Ada/Iris'],
    [{ DAGSHUB_REPO: 'ada/example.dvc' }, undefined, 'ada/example.dvc'],
    [
      { MLFLOW_TRACKING_URI: 'https://DagsHub.com/ada/b.mlflow' },
      'git@github.com:e/f.git',
      'ada/b',
    ],
    [{ MLFLOW_TRACKING_URI: 'https://mlflow.example.org/mlflow' }, 'git@github.com:e/f', 'e/f'],
    [{ MLFLOW_TRACKING_URI: 'https://example.org/a/b.mlflow' }, 'https://github.com/e/f', 'e/f'],
    [{ MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000' }, 'https://github.com/e/f.dvc', 'e/f.dvc'],
    [{}, 'https://dagshub.com/ada/iris.dvc', 'ada/iris'],
    [
      {
        DAGSHUB_CLIENT_HOST: 'https://hub.example.org',
        MLFLOW_TRACKING_URI: 'https://hub.example.org/a/b.mlflow',
      },
      'https://github.com/e/f',
      'a/b',
    ],
    [
      {
        DAGSHUB_CLIENT_HOST: 'https://hub.example.org',
        MLFLOW_TRACKING_URI: 'https://dagshub.com/a/b.mlflow',
      },
      'https://github.com/e/f',
      'e/f',
    ],
  ])('%j with the Git remote %s is %s', (env, origin, name) => {
    const found = dagsHubOf({ ...credentials, ...env }, origin);
    expect(found && `${found.owner}/${found.repo}`).toBe(name);
  });

  test.each([
    [{ DAGSHUB_USER_NAME: 'ada' }, /DAGSHUB_TOKEN is not/],
    [
      { ...credentials, MLFLOW_TRACKING_URI: 'https://mlflow.example.org/mlflow' },
      /not the repository/,
    ],
    [{ DAGSHUB_TOKEN: 'x' }, /DAGSHUB_USER_NAME is not/],
    [credentials, /not the repository/],
    [{ ...credentials, DAGSHUB_CLIENT_HOST: 'http://dagshub.example.org' }, /read the token/],
    [{ ...credentials, DAGSHUB_CLIENT_HOST: 'http://127.evil.com' }, /read the token/],
    [{ ...credentials, DAGSHUB_CLIENT_HOST: 'http://10.0.0.5' }, /read the token/],
    [{ ...credentials, DAGSHUB_CLIENT_HOST: 'dagshub.com' }, /no address/],
    [{ ...credentials, DAGSHUB_CLIENT_HOST: 'ftp://dagshub.com' }, /no address/],
  ])('%j is refused', (env, says) => {
    expect(() => dagsHubOf(env)).toThrow(says);
  });

  test.each(['https://dagshub.example.org/', 'http://127.0.0.1:4000', 'http://localhost'])(
    'DAGSHUB_CLIENT_HOST=%s is taken',
    (host) => {
      const env = { ...credentials, DAGSHUB_REPO: 'a/b', DAGSHUB_CLIENT_HOST: host };
      expect(dagsHubOf(env)?.host).toBe(host.replace(/\/$/, ''));
    },
  );
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
  const given = (uri: string) =>
    JSON.stringify(chooseTracking({ MLFLOW_TRACKING_URI: uri }, dagsHub));
  expect(given('https://DagsHub.com/ada/iris.mlflow')).toContain('t0ken');
  for (const elsewhere of [
    'https://mlflow.example.org',
    'https://dagshub.com.example.org/ada/iris.mlflow',
    'https://dagshub.com:8443/ada/iris.mlflow',
    'https://dagshub.com@example.org/ada/iris.mlflow',
    'http://example.org/https://dagshub.com/',
  ]) {
    expect(given(elsewhere)).not.toContain('t0ken');
  }
  expect(() => given('http://dagshub.com/ada/iris.mlflow')).toThrow(/read the token/);
});

test.each<[NodeJS.ProcessEnv, Record<string, string>]>([
  [
    { MLFLOW_TRACKING_URI: 'https://ada:p%40ss@mlflow.example.org/mlflow' },
    { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'p@ss' },
  ],
  [
    {
      MLFLOW_TRACKING_URI: 'https://ada:old@mlflow.example.org/mlflow',
      MLFLOW_TRACKING_PASSWORD: 'new',
    },
    { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'new' },
  ],
  [
    { MLFLOW_TRACKING_URI: 'https://mlflow.example.org/mlflow', MLFLOW_TRACKING_TOKEN: 't' },
    { MLFLOW_TRACKING_TOKEN: 't' },
  ],
])('credentials for MLflow travel beside its address: %j', (env, credentials) => {
  const uri = 'https://mlflow.example.org/mlflow';
  const chosen = chooseTracking(env, undefined);
  expect(chosen).toEqual({
    kind: 'remote',
    uri,
    env: { MLFLOW_TRACKING_URI: uri, ...credentials },
  });
});
