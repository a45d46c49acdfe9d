import { request as connect, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Headers that concern one connection only, not the request. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'upgrade',
  'expect',
]);

/** A request's headers that go on to the server behind: all but those of the connection. */
export function forwardedHeaders(request: IncomingMessage): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined || hopByHop.has(name) ? [] : [[name, value]],
    ),
  );
}

/**
 * Sends a request on to `server` and its answer back, both as streams. `path` (with its query) goes
 * on the wire as it is: a URL would take `..` and repeated slashes out of it.
 */
export async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  server: URL,
  path: string,
  headers: Readonly<Record<string, string | string[]>>,
): Promise<void> {
  const onward = connect(server, { method: request.method ?? 'GET', path, headers });
  response.once('close', () => onward.destroy()); // the client is gone: nobody needs the rest
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    onward.once('response', resolve);
    onward.once('error', reject);
  });
  // A server may answer, and close, before it has read all of the request.
  pipeline(request, onward).catch(() => {});
  const answer = await answered;
  const { connection, 'keep-alive': keepAlive, ...kept } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, kept);
  await pipeline(answer, response);
}
