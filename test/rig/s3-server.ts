import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './server-process.ts';
import { toolPath } from './tools.ts';

/** A real S3 server whose buckets are folders. */
export interface S3Server {
  /** For example `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Each bucket is a folder in it, and each object a file at its key. */
  readonly folder: string;
  readonly pid: number;
  makeBucket(name: string): Promise<void>;
  /** Ends the server and removes the folder that it made. */
  stop(): Promise<void>;
}

/** Starts versitygw on a loopback port. Without `folder` its data lives in a temporary one. */
export async function startS3Server({ folder }: { folder?: string } = {}): Promise<S3Server> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'sibling-s3-')));
  await mkdir(root, { recursive: true });
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const accessKey = `rig${randomBytes(8).toString('hex')}`;
  const secretKey = randomBytes(16).toString('hex');
  const server = await startServer({
    program: toolPath('versitygw'),
    args: [
      ...['--quiet', '--port', new URL(endpoint).host, '--health', '/rig-health'],
      ...['posix', root],
    ],
    cwd: root,
    env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
    ready: `${endpoint}/rig-health`,
    deadline: 15_000,
  });
  return {
    endpoint,
    region: 'us-east-1',
    accessKey,
    secretKey,
    folder: root,
    pid: server.pid,
    makeBucket: async (name) => {
      await mkdir(join(root, name), { recursive: true });
    },
    async stop() {
      await server.stop();
      if (folder === undefined) await rm(root, { recursive: true, force: true });
    },
  };
}
