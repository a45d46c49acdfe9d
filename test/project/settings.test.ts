import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readEnvironment } from '../../src/project/settings.ts';
import { colourAllowed } from '../../src/terminal/style.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sibling-env-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function read(env: NodeJS.ProcessEnv, folder = root) {
  const warnings: string[] = [];
  return { env: readEnvironment(folder, env, (line) => warnings.push(line)), warnings };
}

test('the environment wins over .env; what is empty there is unset', () => {
  expect(read({ A: '1' })).toEqual({ env: { A: '1' }, warnings: [] });
  writeFileSync(join(root, '.env'), 'A=file\nB="two words"\nC=\n# D=4\n');
  expect(read({ A: 'shell', E: '5' })).toEqual({
    env: { A: 'shell', B: 'two words', E: '5' },
    warnings: [],
  });
});

test('.env is read as Docker Compose reads it', () => {
  writeFileSync(join(root, '.env'), `\ufeffA=1\r\nJ="x\\"y"\r\nexport K=$\{S}-$\{A}-$\{N:-d}\r\n`);
  expect(read({ S: 's' }).env).toEqual({ S: 's', A: '1', J: 'x"y', K: 's-1-d' });
});

test('a line that cannot be read is named', () => {
  writeFileSync(join(root, '.env'), 'A=1\nB="secret\n');
  const place = { file: join(root, '.env'), line: 2 };
  expect(() => read({})).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ kind: 'configuration', place }) }),
  );
});

test.each(['.env', '.ENV'])('%s that came with the repository is not read', (name) => {
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args]);
  git('init', '--quiet');
  writeFileSync(join(root, name), 'DAGSHUB_CLIENT_HOST=https://attacker.example\n');
  writeFileSync(join(root, '.env'), 'DAGSHUB_CLIENT_HOST=https://attacker.example\n');
  expect(read({}).env).toHaveProperty('DAGSHUB_CLIENT_HOST');
  git('add', '--force', name);
  expect(read({ A: '1' })).toEqual({
    env: { A: '1' },
    warnings: [expect.stringMatching(/Git tracks it.*git rm --cached \.env/)],
  });
});

test('nor is one in a folder of a repository that is another user’s', () => {
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args]);
  git('init', '--quiet');
  mkdirSync(join(root, 'sub'));
  writeFileSync(join(root, 'sub/.env'), 'DAGSHUB_CLIENT_HOST=https://attacker.example\n');
  git('add', '--force', 'sub/.env');
  execFileSync('chown', ['-R', '12345:12345', root]);
  expect(read({}, join(root, 'sub')).warnings).toEqual([expect.stringMatching(/Git tracks it/)]);
});

test('what Git does not say counts as not one’s own', () => {
  writeFileSync(join(root, '.git'), 'gitdir: /nowhere\n');
  writeFileSync(join(root, '.env'), 'B=1\n');
  expect(read({})).toEqual({ env: {}, warnings: [expect.stringMatching(/does not tell/)] });
});

test('one that is a folder is told, and is no bug', () => {
  mkdirSync(join(root, '.env'));
  expect(() => read({})).toThrow('.env is a folder, not a file');
});

test('without a repository, a job on GitHub reads none', () => {
  writeFileSync(join(root, '.env'), 'B=1\n');
  expect(read({ GITHUB_ACTIONS: 'true' })).toEqual({
    env: { GITHUB_ACTIONS: 'true' },
    warnings: [expect.stringMatching(/does not tell/)],
  });
});

test('an empty variable takes the value of .env away, and is unset itself', () => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-env-'));
  writeFileSync(join(root, '.env'), 'DAGSHUB_TOKEN=secret\n');
  const env = { DAGSHUB_TOKEN: '', MLFLOW_TRACKING_URI: '', OWN: '' };
  expect(readEnvironment(root, env, () => undefined)).toEqual({ OWN: '' });
  rmSync(root, { recursive: true });
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('colour with %j, terminal %s: %s', (env, isTTY, allowed) => {
  expect(colourAllowed(env, { isTTY })).toBe(allowed);
});
