import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** A socket that passes on to the engine's, and can be cut. */
export interface EngineProxy {
  /** As DOCKER_HOST takes it. */
  readonly address: string;
  /** Ends every connection, and each new one, until `mend`. */
  cut(): void;
  mend(): void;
  close(): void;
}

export async function engineProxy(path: string, engine: string): Promise<EngineProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = createConnection({ path: engine, allowHalfOpen: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(path);
  await once(server, 'listening');
  return {
    address: `unix://${path}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
