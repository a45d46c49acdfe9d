import type { IncomingMessage, ServerResponse } from 'node:http';
import { forwardedHeaders, relay } from '../http/relay.ts';
import type { Refusal, Service } from '../http/service.ts';
import type { S3Server } from '../s3-server.ts';
import { isSignedWith, parseAmzDate, parseSignature, sign } from './signature.ts';
import { judge, type Repository, splitPath, type User, type World } from './world.ts';

/** As S3: a request that was signed longer ago is refused, in milliseconds. */
const allowedSkew = 15 * 60 * 1000;

/**
 * `/OWNER/NAME.s3/BUCKET/KEY`: the repository's S3 storage, where access key and secret key are
 * both the user's token. A signature covers the path and the host, so one made for this address
 * means nothing to the server behind: it is checked here, and the request signed anew.
 * `storage` gives the S3 server of a repository, `now` the time in milliseconds.
 */
export function s3Service(
  world: World,
  storage: (repository: Repository) => Promise<S3Server>,
  now: () => number,
): Service {
  return {
    name: 's3',
    owns: (path) => splitPath(path, 's3') !== undefined,
    refuse,
    async handle(request, response) {
      const place = splitPath(request.url ?? '', 's3');
      if (place === undefined) return refuse(request, response, refusals.NoSuchBucket);
      const caller = await callerOf(world, request, now());
      if (caller.kind === 'refused') return refuse(request, response, caller.refusal);
      const need = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
      const verdict = judge(world, caller.user, place, need);
      if (verdict.kind === 'unknown-repository') {
        return refuse(request, response, refusals.NoSuchBucket);
      }
      if (verdict.kind !== 'allowed') return refuse(request, response, refusals.AccessDenied);
      await passOn(request, response, place.rest, await storage(verdict.repository));
    },
  };
}

type S3Caller =
  | { readonly kind: 'caller'; readonly user: User | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Who signed the request. Checked in the order in which S3 checks. */
async function callerOf(world: World, request: IncomingMessage, now: number): Promise<S3Caller> {
  const { authorization } = request.headers;
  if (authorization === undefined) return { kind: 'caller', user: undefined };
  const signature = parseSignature(authorization);
  const at = parseAmzDate(request.headers['x-amz-date']?.toString());
  if (signature === undefined || at === undefined) return refused('AccessDenied');
  const user = world.users.find(({ token }) => token === signature.accessKey);
  if (user === undefined) return refused('InvalidAccessKeyId');
  if (Math.abs(now - at.getTime()) > allowedSkew) return refused('RequestTimeTooSkewed');
  const content = request.headers['x-amz-content-sha256']?.toString() ?? '';
  // Each of its chunks carries a signature that goes on from the first one, which changes here.
  if (content.startsWith('STREAMING-AWS4-')) return refused('NotImplemented');
  const isSigned = await isSignedWith(user.token, signature, {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: singleValues(forwardedHeaders(request)),
  });
  return isSigned ? { kind: 'caller', user } : refused('SignatureDoesNotMatch');
}

/** Signs with the storage's own key. Body and its declared hash pass as they are. */
async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  storage: S3Server,
): Promise<void> {
  const url = new URL(storage.endpoint);
  const { authorization, ...headers } = forwardedHeaders(request);
  const toSign = Object.fromEntries(
    Object.entries(singleValues(headers)).filter(([name]) => name.startsWith('x-amz-')),
  );
  const signed = await sign(
    {
      method: request.method ?? '',
      target,
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...toSign, host: url.host },
    },
    storage,
  );
  await relay(request, response, url, target, { ...headers, ...signed });
}

function singleValues(headers: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]),
  );
}

function refused(code: keyof typeof refusals): S3Caller {
  return { kind: 'refused', refusal: refusals[code] };
}

/** S3's own codes and statuses; a wrong token is an unknown access key, hence 403 and not 401. */
const refusals = {
  AccessDenied: { code: 'AccessDenied', status: 403, message: 'Access Denied' },
  InvalidAccessKeyId: {
    code: 'InvalidAccessKeyId',
    status: 403,
    message: 'The AWS Access Key Id you provided does not exist in our records.',
  },
  SignatureDoesNotMatch: {
    code: 'SignatureDoesNotMatch',
    status: 403,
    message: 'The request signature we calculated does not match the signature you provided.',
  },
  RequestTimeTooSkewed: {
    code: 'RequestTimeTooSkewed',
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
  },
  NoSuchBucket: {
    code: 'NoSuchBucket',
    status: 404,
    message: 'The specified bucket does not exist',
  },
  NotImplemented: {
    code: 'NotImplemented',
    status: 501,
    message: 'Signed chunks are not supported',
  },
} as const;

/** What S3 calls an error that has no code of its own. */
const codes: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'AccessDenied',
  429: 'TooManyRequests',
  500: 'InternalError',
};

function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  request.resume();
  const code = refusal.code ?? codes[refusal.status] ?? 'InternalError';
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${refusal.message}</Message><RequestId>rig</RequestId></Error>`;
  response.writeHead(refusal.status, { 'content-type': 'application/xml' });
  response.end(request.method === 'HEAD' ? undefined : body);
}
