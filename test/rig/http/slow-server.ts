import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that takes every request and never comes to an end with its answer. */
export interface SlowServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly requests: string[];
  stop(): void;
}

/** `silent`: no byte; `dripping`: headers of JSON, then a blank every so many milliseconds, for ever. */
export async function startSlowServer(
  manner: 'silent' | 'dripping',
  interval = 100,
): Promise<SlowServer> {
  const requests: string[] = [];
  const drips = new Set<NodeJS.Timeout>();
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (manner === 'silent') return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    drips.add(setInterval(() => response.write(' '), interval));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop() {
      for (const drip of drips) clearInterval(drip);
      server.closeAllConnections();
      server.close();
    },
  };
}
