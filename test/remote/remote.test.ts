import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chooseRemote } from '../../src/remote/remote.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sibling-remote-'));
  mkdirSync(join(root, '.dvc'));
});
afterEach(() => rmSync(root, { recursive: true }));

const dagsHub = {
  host: 'https://dagshub.com',
  user: 'ada',
  token: 't',
  owner: 'ada',
  repo: 'iris',
};
const choose = (env: NodeJS.ProcessEnv = {}) => chooseRemote(root, 'id', env, undefined);

describe('the remote that the project’s own configuration names', () => {
  test.each([
    ['[core]\n    remote = storage\n[\'remote "storage"\']\n    url = s3://b\n', '', 'storage'],
    ['[\'remote "storage"\']\n    remote = trap\n    url = s3://b\n', '', undefined],
    ['[core]\n    remote = "quoted"\n', '', 'quoted'],
    ['[core]\n    analytics = false\n', '[core]\n    remote = mine\n', 'mine'],
    ['[core]\n    remote = theirs\n', '[core]\n    remote = mine\n', 'mine'],
    ['not a configuration\n', '', 'the remote'],
  ])('%j and %j: %s', (config, local, name) => {
    writeFileSync(join(root, '.dvc/config'), config);
    if (local) writeFileSync(join(root, '.dvc/config.local'), local);
    if (name === undefined) expect(choose()).toMatchObject({ kind: 'folder' });
    else expect(choose()).toMatchObject({ kind: 'project', name });
  });
});

describe('a remote that is a folder is one that the container is given', () => {
  test.each([
    ['/srv/data', '', '/srv/data'],
    ['../data', '', 'ROOT/data'],
    ['../../data', '', 'ROOT/../data'],
    ['s3://b', '/srv/mine', '/srv/mine'],
  ])('%s, here %j: %s', (url, own, folder) => {
    const section = (address: string) => `['remote "Storage"']\n    url = ${address}\n`;
    writeFileSync(join(root, '.dvc/config'), `[core]\n    remote = Storage\n${section(url)}`);
    if (own) writeFileSync(join(root, '.dvc/config.local'), section(own));
    const expected = join(folder.replace('ROOT', root));
    expect(choose()).toEqual({ kind: 'folder', folder: expected });
  });

  test('also in DVC_REMOTE_URL, where it counts from the project', () => {
    expect(choose({ DVC_REMOTE_URL: '/srv/data' })).toEqual({
      kind: 'folder',
      folder: '/srv/data',
    });
    expect(choose({ DVC_REMOTE_URL: 'data' })).toEqual({
      kind: 'folder',
      folder: join(root, 'data'),
    });
  });
});

test('an address in the environment comes first, then DagsHub, then the project', () => {
  writeFileSync(join(root, '.dvc/config'), '[core]\n    remote = storage\n');
  const env = { DVC_REMOTE_URL: 's3://b/x', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  expect(chooseRemote(root, 'id', env, dagsHub)).toEqual({
    kind: 'address',
    name: 's3://b/x',
    options: { url: 's3://b/x', endpointurl: 'http://127.0.0.1:1' },
  });
  expect(chooseRemote(root, 'id', {}, dagsHub)).toMatchObject({
    kind: 'address',
    options: { url: 's3://dvc', access_key_id: 't', secret_access_key: 't' },
  });
  expect(choose(env)).toMatchObject({ kind: 'address' });
  expect(choose()).toEqual({ kind: 'project', name: 'storage' });
});

test('without any, a folder of this machine that belongs to this project', () => {
  expect(choose({ XDG_DATA_HOME: '/data' })).toMatchObject({
    kind: 'folder',
    folder: expect.stringMatching(/^\/data\/sibling\/remotes\/.*-id$/),
  });
  expect(choose({ SIBLING_LOCAL_REMOTE: '/r' })).toEqual({ kind: 'folder', folder: '/r' });
  const home = { HOME: '/home/ada' };
  const standard = choose(home);
  for (const said of ['', 'data']) {
    expect(choose({ ...home, XDG_DATA_HOME: said })).toEqual(standard);
  }
  for (const name of ['SIBLING_LOCAL_REMOTE', 'DVC_REMOTE_URL']) {
    expect(choose({ ...home, [name]: '~/x' })).toEqual({ kind: 'folder', folder: '/home/ada/x' });
    expect(choose({ ...home, [name]: 'store' })).toMatchObject({
      folder: expect.stringMatching(/^\/.*\/store$/),
    });
  }
});
