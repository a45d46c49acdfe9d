import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A server, or a proxy for every http address, that refuses all and says again all that it was asked. */
export interface EchoServer {
  readonly port: number;
  /** What came, in one text. */
  asked(): string;
  stop(): Promise<void>;
}

/**
 * Starts one. Its answers hold the address and the headers, as they came, as JSON and without the base64
 * of a password: what debugging proxies and servers with a talkative error page answer.
 */
export async function startEchoServer(): Promise<EchoServer> {
  let all = '';
  const server = createServer((request, response) => {
    const { method, url = '', rawHeaders } = request;
    const [, basic = ''] = /^basic (.*)$/i.exec(request.headers.authorization ?? '') ?? [];
    const [, proxy = ''] = /^basic (.*)$/i.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    const who = [basic, proxy].map((text) => Buffer.from(text, 'base64').toString());
    const said = `denied: ${method} ${url} as ${who.join(' and ')} by ${rawHeaders.join(' ')}`;
    all += `${said}\n`;
    const message = `${said} ${JSON.stringify(rawHeaders)}`;
    response.writeHead(403, message.replace(/[^\x20-\x7e]/g, '').slice(0, 500), {
      'content-type': 'application/json',
    });
    response.end(
      JSON.stringify({ error_code: 'PERMISSION_DENIED', message, detail: message, error: message }),
    );
  });
  // A tunnel to wherever leads here again.
  server.on('connect', ({ rawHeaders }, socket, head) => {
    all += `${rawHeaders.join(' ')}\n`;
    const here = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      here.write(head);
      here.pipe(socket).pipe(here);
    });
    for (const end of [here, socket]) end.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked: () => all,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
