import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort, type ServerProcess, startServer } from './server-process.ts';
import { toolPath } from './tools.ts';

export const registryUser = 'ada';
export const registryPassword = 'canary-password';

/** bcrypt of the password above, in the form that the registry reads. */
const passwordHash = '$2b$04$Sqf0IwUArJLCOKvzf5iXQu3AnVGmF/pjPhyUfw3dheK4Gd9ushFG2';

export interface ImageRegistry {
  /** `127.0.0.1:PORT`: the engine speaks plain HTTP to registries on loopback. */
  readonly host: string;
  /** Names of the repositories that it holds. */
  repositories(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Starts Debian's docker-registry with a password. */
export async function startImageRegistry(): Promise<ImageRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-registry-'));
  const port = await freePort();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'htpasswd'), `${registryUser}:${passwordHash}\n`);
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } },
    health: { storagedriver: { enabled: false } },
  };
  writeFileSync(join(folder, 'config.yml'), stringify(config));
  const host = `127.0.0.1:${port}`;
  let server: ServerProcess | undefined = await startServer({
    program: toolPath('docker-registry'),
    args: ['serve', join(folder, 'config.yml')],
    cwd: folder,
    ready: `http://${host}/`,
    deadline: 15_000,
  });
  const authorization = `Basic ${Buffer.from(`${registryUser}:${registryPassword}`).toString('base64')}`;
  return {
    host,
    repositories: async () => {
      const answer = await fetch(`http://${host}/v2/_catalog`, { headers: { authorization } });
      return ((await answer.json()) as { repositories: string[] }).repositories;
    },
    stop: async () => {
      await server?.stop();
      server = undefined;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
