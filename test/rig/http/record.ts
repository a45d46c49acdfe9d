import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultKind } from './faults.ts';

/** A request that a stand-in saw. */
export interface RecordedRequest {
  readonly service: string;
  readonly method: string;
  /** With its query, as it came. */
  readonly path: string;
  /** 0 when the connection ended before a status was sent. */
  readonly status: number;
  readonly authorization: boolean;
  readonly fault?: FaultKind;
}

/** Adds the request to `requests` once it is answered or its connection is gone. */
export function record(
  requests: RecordedRequest[],
  request: IncomingMessage,
  response: ServerResponse,
  seen: { readonly service: string; readonly fault?: FaultKind },
): void {
  response.once('close', () => {
    requests.push({
      ...seen,
      method: request.method ?? '',
      path: request.url ?? '',
      status: response.headersSent ? response.statusCode : 0,
      authorization: request.headers.authorization !== undefined,
    });
  });
}
