import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandInServer, startStandIn } from '../http/stand-in-server.ts';
import { startMlflowServer } from '../mlflow-server.ts';
import { type S3Server, startS3Server } from '../s3-server.ts';
import { apiService } from './api-service.ts';
import { mlflowService } from './mlflow-service.ts';
import { s3Service } from './s3-service.ts';
import type { Repository, User, World } from './world.ts';

/** DagsHub on a loopback address. */
export interface DagsHubStandIn extends StandInServer {
  readonly world: World;
  addUser(name: string, token: string): User;
  /** A public repository of `owner` without mirror or collaborators, unless told otherwise. */
  addRepository(owner: string, name: string, options?: Partial<Repository>): Repository;
  /** The S3 server behind a repository; in its folder lie the buckets and their objects. */
  storage(repository: Repository): Promise<S3Server>;
}

export interface StandInOptions {
  readonly port?: number;
  /** The MLflow behind the stand-in: a version to start on first use, or one that runs already. */
  readonly mlflow?: { readonly version: '2' | '3' } | { readonly uri: string };
}

/**
 * Starts the stand-in, without users or repositories. A repository's S3 server (0.2 s) and the
 * MLflow server (9 s) start when they are first asked for.
 */
export async function startDagsHub(options: StandInOptions = {}): Promise<DagsHubStandIn> {
  const world: World = { users: [], repositories: [] };
  const folder = await mkdtemp(join(tmpdir(), 'sibling-dagshub-'));
  const clock = { ahead: 0 };
  const storages = new Map<Repository, Promise<S3Server>>();
  let mlflow: ReturnType<typeof startMlflowServer> | undefined;

  function storage(repository: Repository): Promise<S3Server> {
    const found = storages.get(repository) ?? startStorage(repository);
    storages.set(repository, found);
    return found;
  }

  async function startStorage({ owner, name }: Repository): Promise<S3Server> {
    const server = await startS3Server({ folder: join(folder, owner, name) });
    await server.makeBucket('dvc'); // the bucket that DagsHub's documentation names
    return server;
  }

  async function mlflowUri(): Promise<string> {
    const wanted = options.mlflow ?? { version: '3' };
    if ('uri' in wanted) return wanted.uri;
    mlflow ??= startMlflowServer(wanted);
    return (await mlflow).uri;
  }

  const server = await startStandIn(
    [
      apiService(world, () => server.url),
      s3Service(world, storage, () => Date.now() + clock.ahead),
      mlflowService(world, mlflowUri),
    ],
    { ...options, clock },
  );

  return {
    ...server,
    world,
    storage,
    addUser(name, token) {
      const user = { name, token };
      world.users.push(user);
      return user;
    },
    addRepository(owner, name, given) {
      const defaults = { private: false, collaborators: {}, mirror: false, mirrorSyncs: 0 };
      const repository: Repository = { owner, name, ...defaults, ...given };
      world.repositories.push(repository);
      return repository;
    },
    async stop() {
      await server.stop();
      const started = [...storages.values(), ...(mlflow ? [mlflow] : [])];
      await Promise.all(
        started.map(async (starting) => (await starting.catch(() => undefined))?.stop()),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}
