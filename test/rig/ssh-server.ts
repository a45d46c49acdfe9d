import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBaseImage } from '../../src/container/base-image/base-image.ts';
import { connectEngine } from '../../src/container/engine.ts';
import { ensureImage } from '../../src/container/image/image.ts';
import { repository } from './repository.ts';
import { freePort } from './server-process.ts';

/** OpenSSH on a loopback port, for a user whose key was made for it. */
export interface SshServer {
  /** `ssh://ada@127.0.0.1:PORT`; the user may write below /store. */
  readonly url: string;
  /** The private key, readable by its owner only. */
  readonly keyFile: string;
  stop(): Promise<void>;
}

export async function startSshServer(): Promise<SshServer> {
  const { docker } = await connectEngine(process.env);
  const report = () => undefined;
  const base = await ensureBaseImage(docker, { env: process.env, report });
  const source = { folder: join(repository, 'test/rig/ssh-server'), name: 'test-ssh-server' };
  const surroundings = { base, env: process.env, unmerged: null, report, verbose: false };
  const { reference } = await ensureImage(docker, source, surroundings);
  const folder = mkdtempSync(join(tmpdir(), 'sibling-ssh-'));
  const keyFile = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
  const port = await freePort();
  const container = await docker.createContainer({
    name: `sibling-test-ssh-${randomBytes(4).toString('hex')}`,
    Image: reference,
    Cmd: [String(port), readFileSync(`${keyFile}.pub`, 'utf8').trim()],
    HostConfig: { NetworkMode: 'host', AutoRemove: true },
  });
  await container.start();
  while (!(await answers(port))) await sleep(50);
  return {
    url: `ssh://ada@127.0.0.1:${port}`,
    keyFile,
    async stop() {
      await container.remove({ force: true });
      rmSync(folder, { recursive: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => socket.destroy()).on('connect', () => socket.end());
  });
}
