import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { control } from './control.ts';
import { Faults } from './faults.ts';
import { injectFault } from './inject-fault.ts';
import { type RecordedRequest, record } from './record.ts';
import type { Service } from './service.ts';

/** Services behind one loopback address, whose requests are recorded and can be made to fail. */
export interface StandInServer {
  /** For example `http://127.0.0.1:40125`. */
  readonly url: string;
  readonly faults: Faults;
  /** All requests since the start, oldest first; empty it to start anew. */
  readonly requests: RecordedRequest[];
  /** The clock that its answers tell; tests may set it wrong. */
  readonly clock: StandInClock;
  stop(): Promise<void>;
}

export interface StandInClock {
  /** Milliseconds that it is ahead of this machine's. */
  ahead: number;
}

/** Starts a server for these services; the first that owns a path gets the request. */
export async function startStandIn(
  services: readonly Service[],
  { port = 0, clock = { ahead: 0 } }: { port?: number; clock?: StandInClock } = {},
): Promise<StandInServer> {
  const faults = new Faults();
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  server.keepAliveTimeout = 60_000; // no client may find its connection closed while it sends
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    faults,
    requests,
    clock,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (clock.ahead !== 0) tellTime(response, new Date(Date.now() + clock.ahead));
    if (path.startsWith('/_rig/')) return control(request, response, faults, requests);
    const service = services.find(({ owns }) => owns(path));
    if (service === undefined) {
      record(requests, request, response, { service: 'none' });
      response.writeHead(404).end();
      return;
    }
    const fault = faults.next(service.name, request.method ?? '', path);
    record(requests, request, response, {
      service: service.name,
      ...(fault !== undefined && { fault: fault.kind }),
    });
    try {
      if (fault !== undefined && !(await injectFault(fault, service, request, response))) return;
      await service.handle(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else service.refuse(request, response, { status: 500, message: String(error) });
    }
  }
}

/** Also in place of the time that a server behind tells. */
function tellTime(response: ServerResponse, time: Date): void {
  const writeHead = response.writeHead.bind(response) as (
    status: number,
    headers?: object,
  ) => ServerResponse;
  response.writeHead = ((status: number, headers?: object) =>
    writeHead(status, { ...headers, date: time.toUTCString() })) as ServerResponse['writeHead'];
}
