import { timingSafeEqual } from 'node:crypto';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';

/** An `Authorization: AWS4-HMAC-SHA256 …` header, taken apart. */
export interface Signature {
  readonly accessKey: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query, encoded as on the wire: the signature covers exactly that. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts of a version 4 signature, undefined for any other Authorization header. */
export function parseSignature(authorization: string | undefined): Signature | undefined {
  const match =
    /^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/\d{8}\/([^/,]+)\/s3\/aws4_request,\s*SignedHeaders=([\w;-]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization ?? '',
    );
  const [, accessKey, region, signedHeaders, signature] = match ?? [];
  if (!accessKey || !region || !signedHeaders || !signature) return undefined;
  return { accessKey, region, signedHeaders: signedHeaders.split(';'), signature };
}

/** Whether the request was signed with this secret: signs it the same way and compares. */
export async function isSignedWith(
  secret: string,
  given: Signature,
  request: SignedRequest,
): Promise<boolean> {
  const headers = Object.fromEntries(
    given.signedHeaders.map((name) => [name, request.headers[name] ?? '']),
  );
  const signed = await sign(
    { ...request, headers },
    { accessKey: given.accessKey, secretKey: secret, region: given.region },
    parseAmzDate(request.headers['x-amz-date']) ?? new Date(0),
  );
  const expected = parseSignature(signed.authorization)?.signature ?? '';
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given.signature));
}

/**
 * The request's headers with a new signature over all of them. The body is covered by the value of
 * `x-amz-content-sha256`, which must be among the headers and is not computed.
 */
export async function sign(
  { method, target, headers }: SignedRequest,
  by: { readonly accessKey: string; readonly secretKey: string; readonly region: string },
  at: Date = new Date(),
): Promise<Record<string, string>> {
  const [path = '/', query = ''] = target.split('?', 2);
  const signer = new SignatureV4({
    service: 's3',
    region: by.region,
    credentials: { accessKeyId: by.accessKey, secretAccessKey: by.secretKey },
    sha256: Hash.bind(null, 'sha256'),
    uriEscapePath: false, // S3 alone signs the path as it is, not encoded a second time
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: headers.host ?? '',
      path,
      query: parseQuery(query),
      headers: { ...headers },
    },
    { signingDate: at, signableHeaders: new Set(Object.keys(headers)) },
  );
  return signed.headers;
}

/** Unlike URLSearchParams, leaves a plus sign a plus sign, as S3 does. */
function parseQuery(query: string): Record<string, string | string[]> {
  const bag: Record<string, string[]> = {};
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s).map(decodeURIComponent);
    bag[name] = [...(bag[name] ?? []), value];
  }
  return bag;
}

/** `20260131T235959Z` as a date, undefined for anything else. */
export function parseAmzDate(text: string | undefined): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
