import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server that nobody should give anything to: it takes all there is and writes it down. */
export interface Attacker {
  readonly url: string;
  /** Each request as it came: its line, headers and body. */
  readonly received: string[];
  stop(): Promise<void>;
}

export async function startAttacker(): Promise<Attacker> {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, rawHeaders } = request;
    const body = await text(request).catch(String);
    received.push([`${method} ${url}`, ...rawHeaders, '', body].join('\n'));
    // Asks for credentials, as who wants them does.
    response.writeHead(401, { 'www-authenticate': 'Basic realm="all"' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
