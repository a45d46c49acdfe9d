import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Faults, parseFaults } from './faults.ts';
import type { RecordedRequest } from './record.ts';

/**
 * A stand-in's own addresses, for who tries it by hand: `POST /_rig/faults` with a fault plan,
 * `DELETE /_rig/faults`, and `GET /_rig/requests`.
 */
export async function control(
  request: IncomingMessage,
  response: ServerResponse,
  faults: Faults,
  requests: readonly RecordedRequest[],
): Promise<void> {
  const answer = (status: number, body: unknown) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(`${JSON.stringify(body, null, 2)}\n`);
  switch (`${request.method} ${request.url}`) {
    case 'GET /_rig/requests':
      answer(200, requests);
      return;
    case 'DELETE /_rig/faults':
      faults.set([]);
      answer(200, []);
      return;
    case 'POST /_rig/faults':
      try {
        const plan = parseFaults(await json(request));
        faults.set(plan);
        answer(200, plan);
      } catch (error) {
        answer(400, { message: String(error) });
      }
      return;
    default:
      answer(404, { message: 'there are /_rig/faults (POST, DELETE) and /_rig/requests (GET)' });
  }
}
