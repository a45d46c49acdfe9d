import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { addressSecrets } from '../../src/secrets/in-address.ts';
import { declaredIn } from '../../src/secrets/known.ts';
import { secretHider, secretsOf } from '../../src/secrets/secrets.ts';

const hard = 'p+a/s=s%w@r:dé"x\'$y&z<';

describe('a secret with every odd character is hidden', () => {
  const hide = secretHider({ KAGGLE_KEY: hard }, { names: ['KAGGLE_KEY'], publicText: '' });
  const bytes = Buffer.from(hard);
  test.each([
    ['as it is', hard],
    ['in JSON', JSON.stringify(hard).slice(1, -1)],
    ['in JSON of Python', JSON.stringify(hard).slice(1, -1).replace('é', '\\u00e9')],
    ['in an address', encodeURIComponent(hard)],
    [
      'in an address with small hex',
      encodeURIComponent(hard).replace(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['in an address with slashes', encodeURIComponent(hard).replaceAll('%2F', '/')],
    [
      'in an address with slashes and small hex',
      encodeURIComponent(hard)
        .replaceAll('%2F', '/')
        .replace(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['in JSON of PHP', JSON.stringify(hard).slice(1, -1).replaceAll('/', '\\/')],
    ['in hex', bytes.toString('hex')],
    ['in Python, quoted', hard.replaceAll("'", "\\'")],
    ['in base64', bytes.toString('base64')],
    ['in base64 of addresses', bytes.toString('base64url')],
    ['in HTML', 'p+a/s=s%w@r:dé&quot;x&#39;$y&amp;z&lt;'],
    ['quoted for a shell', hard.replaceAll("'", `'\\''`)],
  ])('%s', (_, form) => {
    expect(hide(`before ${form} after`)).toBe('before *** after');
  });
});

test.each([
  ['https://eve:s3cret@host/x', ['s3cret']],
  ['https://eve:s%2Fcr%40t@host/x', ['s%2Fcr%40t', 's/cr@t']],
  ['https://eve:s/cr@t@host/x', ['s/cr@t']],
  ['https://ghp_0123456789abcdef@github.com/a/b', ['ghp_0123456789abcdef']],
  ['https://ada@github.com/a/b', []],
  ['https://host/x?page=3&access_token=abcdef%3D', ['abcdef%3D', 'abcdef=']],
  ['azure://c?sv=2020&sig=a%2Bb', ['a%2Bb', 'a+b']],
  ['http://proxy.example.org:3128', []],
  ['not an address: eve:s3cret@host', []],
])('the credentials in %s', (address, found) => {
  expect(addressSecrets(address)).toEqual(found);
});

test.each([
  ['an ordinary name', 'KAGGLE_KEY', '0123456789ab', true],
  ['a short value', 'KAGGLE_KEY', 'abc', false],
  ['a word', 'STAGING', 'production', false],
  ['a number', 'EPOCHS', '100000', false],
  ['a number that is a key', 'WEATHER_KEY', '48213377', true],
  ['a word that is a key', 'SORT_KEY', 'accuracy', false],
  ['an address that is a web hook', 'SLACK_WEBHOOK', 'https://hooks.example.org/T0/B0', true],
  ['a setting of a program', 'OMP_NUM_THREADS', '12345678', false],
  ['an address', 'SERVER', 'https://example.org/x', false],
  ['a file that is there', 'DATA', '/etc/passwd', false],
  ['what dvc.yaml says', 'MODEL', 'models/iris.pkl', false],
])('declared, %s: %s=%s', (_, name, value, isHidden) => {
  const declared = { names: [name], publicText: 'outs: [models/iris.pkl]' };
  expect(secretsOf({ [name]: value }, declared)).toEqual(isHidden ? [value] : []);
});

test('what stands for a password in the path of a declared address is hidden', () => {
  const env = { ALERTS: 'https://hooks.example.org/services/T024/aBcD3fGh1JkLmN0pQr' };
  expect(secretsOf(env, { names: ['ALERTS'], publicText: '' })).toEqual(['aBcD3fGh1JkLmN0pQr']);
  expect(secretsOf(env)).toEqual([]);
  const data = { DATA: 'https://example.org/files/0123456789abcdef0123456789abcdef' };
  expect(secretsOf(data, { names: ['DATA'], publicText: '' })).toEqual([]);
});

test.each<[string, string, string[]]>([
  ['GITHUB_PAT', 'ghp_0123456789abcdef', ['ghp_0123456789abcdef']],
  ['SSH_PRIVATE_KEY', 'MIIEvQIBADANBg1', ['MIIEvQIBADANBg1']],
  ['SSH_KEY', 'MIIEvQIBADANBg1', ['MIIEvQIBADANBg1']],
  ['NODE_LICENCE', 'aB3dE6fG9hJ2kL5mN8pQ', ['aB3dE6fG9hJ2kL5mN8pQ']],
  ['TOKEN_LIMIT', '128000', []],
  ['SECRET_MODE', 'production', []],
  ['FLASK_SECRET_KEY_PATH', '/srv/app/data/keys', []],
  ['DB_PASSWORD', '123456', ['123456']],
])('%s=%s', (name, value, secrets) => {
  expect(secretsOf({ [name]: value }, { names: [name], publicText: '' })).toEqual(secrets);
});

test.each([
  ['JDBC', 'jdbc:postgresql://u:pp9ww8ss7@db/x', 'pp9ww8ss7'],
  ['SVC', '{"key":"k3yk3yk3yk3y99","name":"service-name"}', 'k3yk3yk3yk3y99'],
  ['DOCKER_AUTH_CONFIG', '{"auths":{"r.example":{"auth":"dXNlcjpwYXNz"}}}', 'dXNlcjpwYXNz'],
  ['STORE', 'AccountName=data;AccountKey=Zm9vYmFyYmF6==;Suffix=x', 'Zm9vYmFyYmF6=='],
])('a part of %s is a secret of its own: %s', (name, value, secret) => {
  const hide = secretHider({ [name]: value }, { names: [name], publicText: '' });
  expect(hide(`it is ${secret}, of service-name and data`)).toBe(
    'it is ***, of service-name and data',
  );
});

test.each([
  ['A', '{"password":"swordfish"}', 'swordfish'],
  ['A', '{"client_secret":"kqzjxvwpyt"}', 'kqzjxvwpyt'],
  ['A', 'Server=db;Database=x;Password=swordfish;', 'swordfish'],
  ['A', 'postgresql://admin:swordfish@db/x', 'swordfish'],
  ['A', 'https://host/x?token=kqzj-xvwp-ytab', 'kqzj-xvwp-ytab'],
  ['A', '{"auth":"abc123"}', 'abc123'],
])('%s=%s has a secret, though it may be a word: %s', (name, value, secret) => {
  const publicText = 'md5: 0abc1234567890';
  const hide = secretHider({ [name]: value }, { names: [name], publicText });
  expect(hide(`it is ${secret}`)).toBe('it is ***');
});

test.each([
  ['SPLIT_OPTIONS', 'key=accuracy', 'accuracy 0.93'],
  ['EXTRA', '{"key":"accuracy"}', 'accuracy 0.93'],
  ['TRAIN_ARGS', '--sort-key=timestamp', 'by timestamp'],
  ['DATABASE_URL', 'postgresql://mlflow:mlflow@db:5432/mlflow', 'import mlflow'],
  ['SNAPSHOT', '2024-01-31', 'of 2024-01-31'],
  ['DEVICES', '0,1,2,3', 'on 0,1,2,3'],
  ['LRS', '0.1, 0.01', 'with 0.1, 0.01'],
  ['LRS', '1e-3,1e-4', 'with 1e-3,1e-4'],
  ['SIZE', '512x512', 'of 512x512'],
  ['BASELINE', 'model_v1', 'model_v1.acc'],
  ['IMG', 'python:3.12', 'from python:3.12'],
])('%s=%s leaves ordinary text as it is', (name, value, text) => {
  expect(secretHider({ [name]: value }, { names: [name], publicText: '' })(text)).toBe(text);
});

test('a long value takes no time to look into', () => {
  const prose = 'and so on it goes '.repeat(20_000);
  const begun = performance.now();
  secretsOf({ PROSE: prose }, { names: ['PROSE'], publicText: '' });
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('an @ in the query of an address tells nobody who asks', () => {
  const hide = secretHider({});
  expect(hide('see //cdn.example?x@y and https://u:p@h')).toBe(
    'see //cdn.example?x@y and https://***@h',
  );
});

test('credentials in an address are hidden wherever its variable is not declared', () => {
  const hide = secretHider({ HTTPS_PROXY: 'http://ada:pa%2Fss0rd@proxy:3128' });
  expect(hide('407 for pa/ss0rd, given as pa%2Fss0rd')).toBe('407 for ***, given as ***');
});

test.each([
  ['a number of tokens', { MAX_TOKENS: '128000' }, 'n=1280000'],
  ['the name of a tokenizer', { TOKENIZER: 'bert-base-uncased' }, 'bert-base-uncased'],
  ['words, a line each', { CLASSES: 'loss\naccuracy' }, 'loss: 1, accuracy: 2'],
  ['a word in a longer one', { MODEL: 'resnet' }, 'resnet50'],
  ['a scoped package', { X: 'y' }, '// @ts-ignore and //@ts-ignore'],
  ['a path with an @ behind a port', { SERVER: 'https://host:8080/p/user@example.org' }, '8080/p'],
])('%s is no secret', (_, env, text) => {
  const hide = secretHider(env, { names: Object.keys(env), publicText: '' });
  expect(hide(text)).toBe(text);
});

test('the lines of a key are secret, each by itself', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END KEY-----';
  const hide = secretHider({ DEPLOY: key }, { names: ['DEPLOY'], publicText: '' });
  expect(hide('read MIIEvQIBADANBgkqhkiG9w0B')).toBe('read ***');
});

test('what a file of any folder says to everybody is no secret, once it is committed', () => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-public-'));
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args]);
  try {
    git('init', '--quiet');
    mkdirSync(join(root, 'sub'));
    writeFileSync(join(root, 'sub/params.yaml'), 'model: resnet50-v2\n');
    const env = { MODEL: 'resnet50-v2', KAGGLE_KEY: '0123456789ab' };
    const secrets = () => secretsOf(env, declaredIn(root, Object.keys(env), env));
    expect(secrets()).toEqual(['resnet50-v2', '0123456789ab']);
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'x');
    // As a stage could write it.
    writeFileSync(join(root, 'sub/params.yaml'), 'model: 0123456789ab\n');
    expect(secrets()).toEqual(['0123456789ab']);
  } finally {
    rmSync(root, { recursive: true });
  }
});
