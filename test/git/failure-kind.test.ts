import { expect, test } from '@jest/globals';
import type { FailureKind } from '../../src/errors.ts';
import { gitFailureKind } from '../../src/git/failure-kind.ts';
import { gitFor } from '../../src/git/git.ts';
import { repository } from '../rig/repository.ts';

test.each<[string, string, FailureKind]>([
  ['fetch', "fatal: unable to access 'https://h/': Could not resolve host: h", 'github'],
  ['ls-remote', 'fatal: unable to access: The requested URL returned error: 502', 'github'],
  ['push', 'error: RPC failed; curl 18 transfer closed\nfatal: early EOF', 'github'],
  ['clone', 'ssh: connect to host h port 22: Connection timed out', 'github'],
  ['fetch', "fatal: '/gone' does not appear to be a git repository", 'github'],
  [
    'push',
    "fatal: could not read Username for 'https://h': terminal prompts disabled",
    'credentials',
  ],
  [
    'push',
    "fatal: unable to access 'https://h/': The requested URL returned error: 403",
    'credentials',
  ],
  ['push', 'remote: Permission to a/b.git denied to bot.', 'credentials'],
  [
    'fetch',
    'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.',
    'credentials',
  ],
  ['push', ' ! [rejected] main -> main (non-fast-forward)', 'usage'],
  ['fetch', "fatal: couldn't find remote ref refs/heads/x", 'usage'],
  ['commit', "fatal: unable to access '.git': Permission denied", 'usage'],
])('git %s: %s', (command, stderr, kind) => {
  expect(gitFailureKind(command, stderr)).toBe(kind);
});

test('a server that nobody can reach is not the fault of the command line', async () => {
  const url = 'http://127.0.0.1:1/a/b.git';
  const asked = gitFor({ purpose: 'asking' }, repository, '-c', 'a.b=c', 'ls-remote', url);
  await expect(asked).rejects.toMatchObject({
    failure: { kind: 'github', cause: 'asking failed' },
  });
});
