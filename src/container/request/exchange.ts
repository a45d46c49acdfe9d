import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overTls, type RequestOptions } from 'node:https';
import { PassThrough, type Readable } from 'node:stream';
import * as v from 'valibot';
import { EngineLost } from './engine-failure.ts';
import { nonsense, refusal } from './explain.ts';
import { type EngineRequest, engineRequest } from './requests.ts';

/** What dockerode's methods make of a call, as docker-modem hands it on. */
export interface DialledCall {
  readonly path: string;
  readonly method: string;
  /** The answer is read as it comes. */
  readonly isStream?: boolean;
  /** Statuses that are answers (true), and what others mean. */
  readonly statusCodes: Readonly<Record<number, true | string>>;
}

export type CallBack = (error: unknown, answer?: unknown) => void;

/**
 * Makes one request of the engine at `address` and hands `done` its answer once. Every other end is
 * an expected failure: an `EngineRefusal` with the engine's words, an `EngineLost` for a connection
 * that is refused or breaks off, also in the middle of a streamed answer, and words for an answer
 * that is not what such a request is answered with. Only what the caller did comes back as it is: the
 * reason of its signal, and what reading the data to send met.
 */
export function exchange(
  isTls: boolean,
  address: string,
  options: RequestOptions,
  call: DialledCall,
  data: string | Buffer | Readable | undefined,
  done: CallBack,
): void {
  const known = engineRequest(call.method, call.path) ?? unnamed(call);
  let isSettled = false;
  const settle: CallBack = (error, answer) => {
    if (isSettled) return;
    isSettled = true;
    done(error, answer);
  };
  let ownError: unknown;
  const lose = (error: unknown) => {
    if (options.signal?.aborted) settle(options.signal.reason ?? error);
    else settle(ownError ?? lost(address, known.asked, error));
  };
  const request = begin(isTls, options, lose);
  if (request === undefined) return;
  request.on('error', lose).on('response', (response) => {
    response.on('error', lose);
    const isAnswer = call.statusCodes[response.statusCode ?? 0] === true;
    if (isAnswer && call.isStream) {
      settle(
        null,
        handedOn(response, (error) => lost(address, known.asked, error)),
      );
      return;
    }
    void wholeOf(response).then((body) => {
      if (isAnswer) settleWith(settle, known, body);
      else settle(refusal(known, response.statusCode ?? 0, body, call.statusCodes));
    }, lose);
  });
  if (data === undefined || typeof data === 'string' || Buffer.isBuffer(data)) {
    request.end(data);
    return;
  }
  data.on('error', (error) => {
    ownError = error;
    request.destroy(error);
  });
  data.pipe(request);
}

/** A name that no address can have makes Node throw before anything is sent. */
function begin(
  isTls: boolean,
  options: RequestOptions,
  fail: (error: unknown) => void,
): ClientRequest | undefined {
  try {
    // A connection each: an idle one that the engine has closed meanwhile fails the next request.
    const once = { ...options, agent: false };
    return isTls ? overTls(once) : overHttp(once);
  } catch (error) {
    fail(error);
    return undefined;
  }
}

function settleWith(settle: CallBack, known: EngineRequest, body: Buffer): void {
  const json = parsed(body);
  if (known.answer === undefined) {
    settle(null, json || body);
    return;
  }
  const read = v.safeParse(known.answer, json);
  settle(read.success ? null : nonsense(known, body), read.output);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

async function wholeOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * The answer as it comes, whose breaking off is told in our words. Its headers are handed on too: what
 * a container has at a path is told by one alone.
 */
function handedOn(response: IncomingMessage, inWords: (error: unknown) => Error): PassThrough {
  const stream = Object.assign(new PassThrough(), { headers: response.headers });
  // Nobody may be reading, as after a command that runs by itself; that must not end the process.
  stream.on('error', () => undefined);
  stream.on('close', () => response.destroy());
  response.on('error', (error) => stream.destroy(inWords(error)));
  return response.pipe(stream);
}

function lost(address: string, asked: string, error: unknown): EngineLost {
  const { code = 'ECONNRESET', message } = error as NodeJS.ErrnoException;
  return new EngineLost(
    code,
    {
      kind: 'engine',
      cause: `${address}: the container engine was lost while it was asked to ${asked}: ${message}`,
      hint: 'Look whether it runs (docker version) and at its log (journalctl -u docker), then run again.',
    },
    error,
  );
}

/** Words for a request that has none of its own. */
function unnamed({ method, path }: DialledCall): EngineRequest {
  const plain = path.replace(/\?.*/s, '');
  return { template: `${method} *`, asked: `answer ${method} ${plain}`, kind: 'engine' };
}
