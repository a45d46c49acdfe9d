import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import {
  credentialsVariable,
  removeCredentials,
  withCredentials,
  writeCredentials,
} from '../../../src/github/job/credentials-file.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sibling-credentials-'));
afterAll(() => rmSync(temporary, { recursive: true }));

test('nobody else can read the job’s credentials, whatever the umask', async () => {
  const before = process.umask(0);
  try {
    const path = await writeCredentials({ RUNNER_TEMP: temporary }, { TOKEN: 'x' });
    expect(path.startsWith(`${temporary}/`)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  } finally {
    process.umask(before);
  }
});

test('they are there for who is told where, over what it has, and go with their folder', async () => {
  const path = await writeCredentials({ RUNNER_TEMP: temporary }, { TOKEN: 'x', A: '1' });
  const env = { [credentialsVariable]: path, A: '0', B: '2' };
  expect(withCredentials(env)).toEqual({ ...env, TOKEN: 'x', A: '1' });
  expect(withCredentials({ B: '2' })).toEqual({ B: '2' });
  await removeCredentials(path);
  expect(existsSync(dirname(path))).toBe(false);
  expect(withCredentials(env)).toEqual(env);
  await removeCredentials(path);
});

test('two jobs on one machine have two files', async () => {
  const env = { RUNNER_TEMP: temporary };
  expect(await writeCredentials(env, {})).not.toBe(await writeCredentials(env, {}));
});
