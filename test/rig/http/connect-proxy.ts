import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A proxy of a company: it alone knows the names of its network, and lets through who logs in. */
export interface ConnectProxy {
  /** With the credentials, as HTTPS_PROXY has it. */
  readonly url: string;
  /** What it was asked for: `CONNECT host:port`, and `refused …` without the right login. */
  readonly asked: string[];
  stop(): void;
}

/** Starts one that leads `names` to this machine; it listens on loopback. */
export async function startConnectProxy(
  names: readonly string[],
  password: string,
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const login = `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`;
  const server: Server = createServer(({ url = '', headers }, response) => {
    // Plain http is asked of a proxy by its whole address; this one answers itself.
    const isAllowed =
      headers['proxy-authorization'] === login && names.includes(new URL(url).hostname);
    asked.push(`${isAllowed ? 'GET' : 'refused'} ${url}`);
    if (isAllowed) response.end('by the proxy\n');
    else response.writeHead(407, { 'content-length': 0 }).end();
  });
  server.on('connect', ({ url = '', headers }, socket) => {
    const [name = '', port] = url.split(':');
    const isAllowed = headers['proxy-authorization'] === login && names.includes(name);
    asked.push(`${isAllowed ? 'CONNECT' : 'refused'} ${url}`);
    if (!isAllowed) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const target = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://ada:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    asked,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
