import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './server-process.ts';
import { toolPath } from './tools.ts';

/** A real MLflow server with runs and models in SQLite and artifacts in a folder. */
export interface MlflowServer {
  /** For example `http://127.0.0.1:40124`. */
  readonly uri: string;
  readonly version: '2' | '3';
  readonly pid: number;
  log(): string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts MLflow on a loopback port; it takes about 9 s. The server asks for no password: MLflow's
 * own basic-auth app makes the start three times as long, so who needs one puts the DagsHub
 * stand-in before it, which checks user and token as DagsHub's front does.
 */
export async function startMlflowServer({
  version = '3',
}: {
  version?: '2' | '3';
} = {}): Promise<MlflowServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sibling-mlflow-'));
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const server = await startServer({
    program: toolPath('mlflow', { set: `mlflow-${version}` }),
    args: [
      ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
      ...['--serve-artifacts', '--artifacts-destination', join(folder, 'artifacts')],
    ],
    cwd: folder,
    env: {
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', // no huey consumer beside the server
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
    },
    ready: `${uri}/health`,
    deadline: 120_000,
  });
  return {
    uri,
    version,
    pid: server.pid,
    log: server.log,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
