import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type SshServer, startSshServer } from '../rig/ssh-server.ts';
import { git, makeProject, removeProject, sibling, startSibling } from '../rig/stage-project.ts';

jest.setTimeout(180_000);

let server: SshServer;
let root: string;
let clone: string;
beforeAll(async () => {
  server = await startSshServer();
  const script = 'echo made > out.txt; ls -R /dev/shm /run /tmp; echo ready; sleep 3';
  root = makeProject({
    stages: { make: { script, entry: { outs: ['out.txt'] } } },
    files: {
      '.dvc/config': `[core]\n    remote = team\n['remote "team"']\n    url = ${server.url}/store/x\n`,
      '.gitignore': '.env\n/out.txt\n',
    },
  });
  clone = `${root}-clone`;
});
afterAll(async () => {
  for (const folder of [root, clone]) removeProject(folder);
  await server.stop();
});

const keyOption = () => `    keyfile = ${server.keyFile}\n`;

test('without the setting each look says so in one sentence, and nothing is built or tried', async () => {
  const sentence =
    /\.dvc\/config:4: the remote team is at ssh:\/\/\S+, and remotes of the kind ssh are not in the dvc-runner\.\s+To have it, write SIBLING_DVC_REMOTES=ssh in \.env/;
  for (const command of ['push', 'pull']) {
    const done = await sibling(root, [command]);
    expect(done).toMatchObject({ code: 3, stderr: expect.stringMatching(sentence) });
    expect(done.stderr).not.toMatch(/trying again|Building/);
  }
  const status = await sibling(root, ['status']);
  expect(status).toMatchObject({ code: 0, stderr: expect.stringMatching(sentence) });
  const insisted = await sibling(root, ['run', '--pull']);
  expect(insisted).toMatchObject({ code: 3, stderr: expect.stringMatching(sentence) });
});

test('a key that is not lent, or not there, is named before anything is built', async () => {
  appendFileSync(join(root, '.dvc/config'), keyOption());
  const notLent = await sibling(root, ['push'], { env: { SIBLING_DVC_REMOTES: 'ssh' } });
  expect(notLent.code).toBe(3);
  expect(notLent.stderr).toContain(`write SIBLING_REMOTE_CREDENTIALS=${server.keyFile} in .env`);
  const env = { SIBLING_DVC_REMOTES: 'ssh', SIBLING_REMOTE_CREDENTIALS: '/gone/key' };
  const gone = await sibling(root, ['push'], { env });
  expect(gone).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('/gone/key, which is not there'),
  });
});

test('with both, a run, a push, and a pull into a fresh clone; the key is DVC’s alone', async () => {
  writeFileSync(
    join(root, '.env'),
    `SIBLING_DVC_REMOTES=ssh\nSIBLING_REMOTE_CREDENTIALS=${server.keyFile}\n`,
  );
  const run = startSibling(root, ['run']);
  await run.until(/ready/);
  const containers = execFileSync('docker', ['ps', '--quiet', '--no-trunc'], { encoding: 'utf8' });
  const shown = execFileSync('docker', ['inspect', ...containers.split('\n').filter(Boolean)], {
    encoding: 'utf8',
  });
  const secret = readFileSync(server.keyFile, 'utf8').split('\n')[2] ?? 'none';
  expect(shown).not.toContain(secret);
  const done = await run.finished;
  expect(done).toMatchObject({ code: 0 });
  expect(done.stderr).not.toContain(server.keyFile);
  const pushed = await sibling(root, ['push']);
  expect(pushed).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('The remote was asked, and has'),
  });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'made');
  git(root, 'clone', '--quiet', root, clone);
  writeFileSync(join(clone, '.env'), readFileSync(join(root, '.env')));
  const pulled = await sibling(clone, ['pull']);
  expect(pulled).toMatchObject({ code: 0 });
  expect(readFileSync(join(clone, 'out.txt'), 'utf8')).toBe('made\n');
  const forget = () => {
    for (const path of ['.dvc/cache', 'out.txt']) rmSync(join(clone, path), { recursive: true });
  };
  forget();
  const taken = await sibling(clone, ['run', '--pull']);
  expect({ ...taken, ran: /1 of 1 stages ran/.test(taken.stderr) }).toMatchObject({
    ...{ code: 0, ran: false },
  });
  expect(readFileSync(join(clone, 'out.txt'), 'utf8')).toBe('made\n');
  forget();
  const wrong = join(clone, 'other');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', wrong]);
  writeFileSync(join(clone, '.dvc/config.local'), `['remote "team"']\n    keyfile = ${wrong}\n`);
  const insisted = await sibling(clone, ['run', '--pull']);
  expect(insisted.code).toBe(8);
  expect(insisted.stderr).toMatch(/team of .dvc\/config refused the user or the key, and --pull/);
  const refused = await sibling(clone, ['pull']);
  expect(refused).toMatchObject({
    code: 8,
    stderr: expect.stringContaining('refused the user or the key'),
  });
  expect(refused.stderr).not.toContain('trying again');
});
