import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { depTrouble, remoteTrouble } from '../../src/remote/first-look.ts';
import { chooseRemote } from '../../src/remote/remote.ts';

let root: string;
let home: string;
beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sibling-look-')));
  root = join(folder, 'project');
  home = join(folder, 'home');
  mkdirSync(join(root, '.dvc'), { recursive: true });
  mkdirSync(join(home, '.aws'), { recursive: true });
  writeFileSync(join(home, '.aws/credentials'), '[team]\n');
  writeFileSync(join(home, 'key'), 'key\n');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true }));

const config = (...options: string[]) =>
  [
    '[core]',
    '    remote = team',
    '[\'remote "team"\']',
    ...options.map((each) => `    ${each}`),
  ].join('\n');

/** Cause, hint and place of what is found, or what is thrown, in one line. */
function look(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const all = { HOME: home, ...env };
  const said = () => {
    try {
      const remote = chooseRemote(root, 'id', all, undefined);
      return remoteTrouble({ root, folders: [root] }, remote, all);
    } catch (error) {
      return (error as { failure: ReturnType<typeof remoteTrouble> }).failure;
    }
  };
  const trouble = said();
  if (trouble === undefined) return '';
  const { place, cause, hint } = trouble;
  return `${place ? `${place.file}:${place.line}: ` : ''}${cause}. ${hint}`;
}

describe('a kind that the dvc-runner lacks', () => {
  test.each(['ssh', 'gs', 'azure', 'webdav', 'webdavs', 'webhdfs', 'hdfs', 'oss', 'gdrive'])(
    '%s is told with the line of the address and the setting',
    (scheme) => {
      const kind = scheme === 'webdavs' ? 'webdav' : scheme;
      const files = { '.dvc/config': config('verify = true', `url = ${scheme}://host/x`) };
      expect(look(files)).toBe(
        `.dvc/config:5: the remote team is at ${scheme}://host/x, and remotes of the kind ${kind} are not in the dvc-runner. To have it, write SIBLING_DVC_REMOTES=${kind} in .env; the image is then made with what DVC needs for it.`,
      );
      expect(look(files, { SIBLING_DVC_REMOTES: `s3,${kind}` })).toBe('');
    },
  );

  test('what is named already stays in the setting to write, and a workflow has its own words', () => {
    const files = { '.dvc/config': config('url = ssh://host/x') };
    expect(look(files, { SIBLING_DVC_REMOTES: 'webdav,gs' })).toContain(
      'write SIBLING_DVC_REMOTES=gs,ssh,webdav in .env',
    );
    expect(look(files, { GITHUB_ACTIONS: 'true' })).toContain(
      'write SIBLING_DVC_REMOTES: ssh under env: of the workflow',
    );
  });

  test('config.local goes before config, and a remote may stand on another', () => {
    const shared = `${config('url = remote://Base/x')}\n[remote "base"]\n    url = s3://b\n`;
    expect(look({ '.dvc/config': shared })).toBe('');
    const local = { '.dvc/config.local': '\n[remote "base"]\n    url = "gs://b" # mine\n' };
    expect(look(local)).toMatch(/^\.dvc\/config\.local:3: .* at gs:\/\/b, /);
    const circle = '[remote "base"]\n    url = remote://team\n';
    expect(look({ '.dvc/config.local': circle })).toBe('');
  });

  test('DVC_REMOTE_URL too, by its line in .env; a password in it is not shown', () => {
    const url = 'ssh://ada:s3cret@host/x';
    const found = look({ '.env': `A=1\nDVC_REMOTE_URL=${url}\n` }, { DVC_REMOTE_URL: url });
    expect(found).toMatch(/^\.env:2: DVC_REMOTE_URL is at ssh:\/\/\*\*\*@host\/x, /);
  });

  test('one that DVC does not know is told with what there is', () => {
    const found = look({ '.dvc/config': config('url = gcs://b') });
    expect(found).toMatch(/^\.dvc\/config:4: .*no remote of that kind\. .* azure, gdrive, gs, /);
  });
});

describe('credentials of this machine', () => {
  const ssh = { SIBLING_DVC_REMOTES: 'ssh' };
  test.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    [
      'a key',
      ['url = ssh://h/x', 'keyfile = ~/key'],
      ssh,
      /config:5: .*keyfile = HOME\/key.*=HOME\/key in/,
    ],
    [
      'a key that is lent',
      ['url = ssh://h/x', 'keyfile = ~/key'],
      { ...ssh, SIBLING_REMOTE_CREDENTIALS: '~/key' },
      /^$/,
    ],
    [
      'a key in a lent folder',
      ['url = ssh://h/x', 'keyfile = ~/key'],
      { ...ssh, SIBLING_REMOTE_CREDENTIALS: '~' },
      /^$/,
    ],
    ['a file of the project', ['url = s3://b', 'credentialpath = ../keys'], {}, /^$/],
    [
      'a profile',
      ['url = s3://b', 'profile = team'],
      {},
      /config:5: .*profile = team.*=~\/\.aws in/,
    ],
    [
      'a lent profile',
      ['url = s3://b', 'profile = team'],
      { SIBLING_REMOTE_CREDENTIALS: '~/.aws' },
      /^$/,
    ],
    [
      'a bundle',
      ['url = s3://b', 'ssl_verify = /etc/own.pem'],
      {},
      /config:5: .*ssl_verify = \/etc\/own.pem/,
    ],
    ['no bundle', ['url = s3://b', 'ssl_verify = true'], {}, /^$/],
    [
      'a command',
      ['url = webdav://h', 'bearer_token_command = id'],
      { SIBLING_DVC_REMOTES: 'webdav' },
      /config:5: .*beside the engine/,
    ],
    [
      'an unset variable',
      ['url = s3://b'],
      { SIBLING_REMOTE_CREDENTIALS: 'AWS_PROFILE' },
      /^SIBLING_REMOTE_CREDENTIALS names the variable AWS_PROFILE, which is not set/,
    ],
    [
      'a file that is not there',
      ['url = s3://b'],
      { SIBLING_REMOTE_CREDENTIALS: '~/gone' },
      /names HOME\/gone, which is not there/,
    ],
    [
      'a variable with such a file',
      ['url = s3://b'],
      {
        SIBLING_REMOTE_CREDENTIALS: 'GOOGLE_APPLICATION_CREDENTIALS',
        GOOGLE_APPLICATION_CREDENTIALS: '/gone.json',
      },
      /names \/gone.json, which is not there/,
    ],
    [
      'no agent',
      ['url = s3://b'],
      { SIBLING_REMOTE_CREDENTIALS: 'SSH_AUTH_SOCK', SSH_AUTH_SOCK: '/gone' },
      /at \/gone there is no agent/,
    ],
    [
      'the whole machine',
      ['url = s3://b'],
      { SIBLING_REMOTE_CREDENTIALS: '/usr/bin' },
      /more than 1 MiB/,
    ],
  ])('%s', (_, options, env, expected) => {
    const found = look({ '.dvc/config': config(...options) }, env).replaceAll(home, 'HOME');
    expect(found).toMatch(expected);
  });

  test('a bad one is told by its line in .env', () => {
    const env = { SIBLING_REMOTE_CREDENTIALS: '~/gone' };
    const files = {
      '.dvc/config': config('url = s3://b'),
      '.env': '\nSIBLING_REMOTE_CREDENTIALS=~/gone\n',
    };
    expect(look(files, env)).toMatch(/^\.env:2: /);
  });

  test('an agent is lent as its socket, and is no file', async () => {
    const path = join(home, 'agent');
    const server = await new Promise<Server>((resolve) => {
      const made = createServer().listen(path, () => resolve(made));
    });
    const env = { SIBLING_REMOTE_CREDENTIALS: 'SSH_AUTH_SOCK', SSH_AUTH_SOCK: path };
    expect(look({ '.dvc/config': config('url = s3://b') }, env)).toBe('');
    const lent = chooseRemote(root, 'id', { HOME: home, ...env }, undefined);
    expect(lent).toMatchObject({ lent: { agent: path, paths: [], variables: {} } });
    server.close();
  });
});

test.each([
  ['ssh://host/data.csv', 'are not in the dvc-runner'],
  ['remote://team/data.csv', 'are not in the dvc-runner'],
  ['ftp://host/data.csv', 'no remote of that kind'],
  ['https://host/data.csv', ''],
  ['remote://other/data.csv', ''],
  ['data.csv', ''],
])('a dep at %s', (dep, expected) => {
  writeFileSync(join(root, '.dvc/config'), config('url = gs://b'));
  const stage = { name: 'train', file: 'dvc.yaml', line: 7, deps: ['a', dep] };
  const found = depTrouble(root, [stage], {});
  expect(found?.cause ?? '').toContain(expected);
  if (expected) expect(found?.place).toEqual({ file: 'dvc.yaml', line: 7 });
});
