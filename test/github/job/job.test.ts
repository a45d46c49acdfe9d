import { homedir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import {
  filesUrl,
  jobRunId,
  localRemoteFolder,
  localTransport,
  runUrl,
  underAct,
} from '../../../src/github/job/job.ts';

const act = { ACT: 'true' };
const gitHub = {
  ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'ada/iris' },
  GITHUB_RUN_ID: '7',
};
/** The variables without one of them. */
const without = (name: keyof typeof gitHub) => ({ ...gitHub, [name]: undefined });

test.each([
  [{}, false],
  [act, true],
  [{ ACT: '1' }, false],
])('with %j a job runs under act: %s', (env, isAct) => {
  expect(underAct(env)).toBe(isAct);
});

describe('the id of what a job starts', () => {
  const env = { GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '2', GITHUB_JOB: 'train' };
  const id = jobRunId(env, 'a');

  test('is the same in each of its steps', () => {
    expect(jobRunId({ ...env, GITHUB_STEP: 'x' }, 'a')).toBe(id);
    expect(id).toMatch(/^gh-/);
  });

  test.each([
    [{ GITHUB_RUN_ID: '3' }, 'a'],
    [{ GITHUB_RUN_ATTEMPT: '3' }, 'a'],
    [{ GITHUB_JOB: 'other' }, 'a'],
    [{}, 'b'],
    [{ GITHUB_RUN_ID: undefined }, 'a'],
  ])('is another one for %j and stage %s', (change, stage) => {
    expect(jobRunId({ ...env, ...change }, stage)).not.toBe(id);
  });

  test('is one also where nothing is known of the job', () => {
    expect(jobRunId({}, 'a')).toBe(jobRunId({ GITHUB_JOB: '' }, 'a'));
    expect(jobRunId({}, 'a')).toMatch(/^gh-.*a/);
  });
});

describe('data go from job to job', () => {
  test.each<[NodeJS.ProcessEnv, string]>([
    [{}, 'artifacts'],
    [act, 'folder'],
    [{ SIBLING_TRANSPORT: 'folder' }, 'folder'],
    [{ ...act, SIBLING_TRANSPORT: 'artifacts' }, 'artifacts'],
    [{ SIBLING_TRANSPORT: 'pigeon' }, 'artifacts'],
    [{ ...act, SIBLING_TRANSPORT: 'pigeon' }, 'folder'],
  ])('with %j by %s', (env, transport) => {
    expect(localTransport(env)).toBe(transport);
  });

  test.each<[NodeJS.ProcessEnv, string]>([
    [{ SIBLING_LOCAL_REMOTE: '/data', ...act }, '/data'],
    [{ SIBLING_LOCAL_REMOTE: '', RUNNER_TEMP: '/t' }, '/t/sibling-remote'],
    [{ RUNNER_TEMP: '/t' }, '/t/sibling-remote'],
    [{}, '/tmp/sibling-remote'],
    [
      { ...act, XDG_DATA_HOME: '/x', GITHUB_REPOSITORY: 'ada/my_iris.2 ü' },
      '/x/sibling/remotes/act-ada-my_iris.2--',
    ],
    [{ ...act, HOME: '/h', GITHUB_REPOSITORY: 'a/b' }, '/h/.local/share/sibling/remotes/act-a-b'],
    [act, `${homedir()}/.local/share/sibling/remotes/act-repository`],
    [{ SIBLING_TRANSPORT: 'folder', HOME: '/h' }, '/h/.local/share/sibling/remotes/act-repository'],
  ])('with %j through %s', (env, folder) => {
    expect(localRemoteFolder(env)).toBe(folder);
  });
});

describe('pages of GitHub', () => {
  const tree = 'https://github.com/ada/iris/tree/abc';
  test.each<[string, string | undefined, string | undefined]>([
    ['', 'abc', tree],
    ['data', 'abc', `${tree}/data`],
    ['data/', 'abc', `${tree}/data`],
    ['a b/c#d', 'abc', `${tree}/a%20b/c%23d`],
    ['data', undefined, undefined],
    ['data', '', undefined],
  ])('of the folder "%s" at %s: %s', (folder, commit, url) => {
    expect(filesUrl(gitHub, commit, folder)).toBe(url);
  });

  test('of the whole repository, where no folder is named', () => {
    expect(filesUrl(gitHub, 'abc')).toBe(tree);
  });

  test('of a run', () => {
    expect(runUrl(gitHub)).toBe('https://github.com/ada/iris/actions/runs/7');
  });

  test('are none outside GitHub', () => {
    for (const name of ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY'] as const) {
      expect(filesUrl(without(name), 'abc')).toBeUndefined();
      expect(runUrl(without(name))).toBeUndefined();
    }
    expect(runUrl(without('GITHUB_RUN_ID'))).toBeUndefined();
    expect(filesUrl({ ...gitHub, ...act }, 'abc')).toBeUndefined();
    expect(filesUrl({}, 'abc')).toBeUndefined();
    expect(runUrl({})).toBeUndefined();
  });
});
