import { describe, expect, test } from '@jest/globals';
import { callerOf } from './credentials.ts';
import { judge, splitPath, type World } from './world.ts';

const world: World = {
  users: [
    { name: 'ada', token: 'token-ada' },
    { name: 'bob', token: 'token-bob' },
    { name: 'eve', token: 'token-eve' },
  ],
  repositories: [
    repository('open', false, { bob: 'write' }),
    repository('closed', true, { bob: 'write', eve: 'read' }),
  ],
};

function repository(
  name: string,
  isPrivate: boolean,
  collaborators: Record<string, 'read' | 'write'>,
) {
  return { owner: 'ada', name, private: isPrivate, collaborators, mirror: false, mirrorSyncs: 0 };
}

describe('who may do what', () => {
  test.each([
    // user, repository, may read, may write
    ['ada', 'closed', 'allowed', 'allowed'],
    ['bob', 'closed', 'allowed', 'allowed'],
    ['eve', 'closed', 'allowed', 'forbidden'],
    ['eve', 'open', 'allowed', 'forbidden'],
    ['nobody', 'open', 'allowed', 'anonymous'],
    ['nobody', 'closed', 'anonymous', 'anonymous'],
    ['nobody', 'missing', 'anonymous', 'anonymous'],
    ['ada', 'missing', 'unknown-repository', 'unknown-repository'],
  ])('%s on %s', (name, repo, read, write) => {
    const user = world.users.find((each) => each.name === name);
    const place = { owner: 'ada', name: repo };
    expect(judge(world, user, place, 'read').kind).toBe(read);
    expect(judge(world, user, place, 'write').kind).toBe(write);
  });

  test('a private repository does not exist for a stranger', () => {
    const stranger = { name: 'mallory', token: 'token-mallory' };
    const place = { owner: 'ada', name: 'closed' };
    expect(judge(world, stranger, place, 'read').kind).toBe('unknown-repository');
  });
});

describe('who calls', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each([
    ['user and token', basic('ada:token-ada'), 'ada'],
    ['the token twice', basic('token-ada:token-ada'), 'ada'],
    ['a bearer token', 'Bearer token-bob', 'bob'],
    ['a token', 'token token-bob', 'bob'],
    ['nothing', undefined, 'anonymous'],
    ['a wrong token', basic('ada:token-bob'), 'wrong'],
    ['an empty token', basic('ada:'), 'wrong'],
    ['a wrong bearer token', 'Bearer token', 'wrong'],
    ['another scheme', 'Digest ada', 'wrong'],
  ])('with %s', (_, authorization, expected) => {
    const caller = callerOf(world, authorization);
    expect(caller.kind === 'user' ? caller.user.name : caller.kind).toBe(expected);
  });
});

describe('the repository in a path', () => {
  test.each([
    [
      '/ada/iris.s3/dvc/files/md5/00/11',
      { owner: 'ada', name: 'iris', rest: '/dvc/files/md5/00/11' },
    ],
    ['/ada/iris.s3', { owner: 'ada', name: 'iris', rest: '/' }],
    ['/ada/iris.s3?list', { owner: 'ada', name: 'iris', rest: '/?list' }],
    ['/ada/my.repo.s3/x', { owner: 'ada', name: 'my.repo', rest: '/x' }],
    ['/ada/iris.s3x/dvc', undefined],
    ['/ada/iris.mlflow/api', undefined],
    ['/api/v1/user', undefined],
    ['/ada/iris/x.s3/y', undefined],
  ])('%s', (path, expected) => {
    expect(splitPath(path, 's3')).toEqual(expected);
  });
});
