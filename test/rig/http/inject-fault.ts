import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { Service } from './service.ts';

/** How late a slow answer comes unless the fault says otherwise, in milliseconds. */
const slowness = 3_000;

/** Lets a fault strike, and says whether the request is still to be answered. */
export async function injectFault(
  fault: Fault,
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (fault.kind) {
    case 'slow':
      await pause(fault.delay ?? slowness);
      return true;
    case 'cut':
      cutInTheMiddle(response);
      return true;
    case 'reset':
      request.socket.resetAndDestroy();
      return false;
    default:
      request.resume();
      for (const header of Object.entries(fault.headers ?? {})) response.setHeader(...header);
      answer(fault.kind, fault.message, service, request, response);
      return false;
  }
}

/** What the gateway before a service answers in HTML, whatever is behind it. */
const gatewayTitles: Readonly<Record<number, string>> = {
  413: '413 Request Entity Too Large',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
};

function answer(
  status: number,
  message = 'the fault plan says so',
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (status === 429 && !response.hasHeader('retry-after')) response.setHeader('retry-after', '1');
  const title = gatewayTitles[status];
  if (title === undefined) {
    service.refuse(request, response, { status, message });
    return;
  }
  const page = `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(request.method === 'HEAD' ? undefined : page);
}

/** Sends the half of the first piece of the answer, and then nothing: the connection is gone. */
function cutInTheMiddle(response: ServerResponse): void {
  const { socket } = response;
  const write = response.write.bind(response) as (chunk: Buffer, sent: () => void) => boolean;
  const cut = (chunk: unknown): boolean => {
    const piece =
      typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk) : null;
    if (piece === null || piece.length < 2) socket?.destroy();
    else write(piece.subarray(0, piece.length >> 1), () => socket?.destroy());
    return true;
  };
  response.write = cut as ServerResponse['write'];
  response.end = ((chunk: unknown) => {
    cut(chunk);
    return response;
  }) as ServerResponse['end'];
}
