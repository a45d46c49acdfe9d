import type { Dispatcher } from 'undici';
import { ExpectedFailure } from '../errors.ts';
import { splitCredentials, withoutCredentials } from './address.ts';
import { proxyFor } from './proxies.ts';
import { trustedAuthorities } from './trusted-certificates.ts';

/** Milliseconds for a request, to the last byte of its answer, unless its caller has a limit of its own. */
const standardLimit = 60_000;

/**
 * `fetch` by the network as the machine has it: through its proxies (`proxies.ts`), and trusting its
 * certificate bundle (SSL_CERT_FILE and the like). Every request of ours to a server is made by it, and
 * each has an end, however little the server sends: that of its `signal`, else a minute. Rejects as
 * `fetch` does, or with an ExpectedFailure for what the environment says wrong.
 */
export async function httpFetch(url: string | URL, given?: RequestInit): Promise<Response> {
  requireServer(String(url));
  const init = { ...given, signal: given?.signal ?? AbortSignal.timeout(standardLimit) };
  return ending(await sent(url, init), init.signal);
}

/** Throws 'configuration' for an address that fetch has other words for, or none. */
function requireServer(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${withoutCredentials(url)} is not the address of a server: it begins neither with http:// nor with https://`,
    hint: 'Look which variable names it, such as MLFLOW_TRACKING_URI, DAGSHUB_CLIENT_HOST or GITHUB_API_URL, and write it as https://HOST.',
  });
}

async function sent(url: string | URL, init: RequestInit): Promise<Response> {
  const through = await dispatcherTo(String(url), process.env);
  if (through === undefined) return fetch(url, init);
  const { fetch: fetchThrough } = await import('undici');
  // Node's own fetch is undici's; the types of the two are declared apart.
  const options = { ...init, dispatcher: through } as object;
  return (await fetchThrough(String(url), options)) as unknown as Response;
}

/**
 * The answer with a body that ends when the signal says so. fetch itself holds its link from the signal
 * to the body weakly: once the headers are there, the garbage collector takes it away.
 */
function ending(answer: Response, signal: AbortSignal): Response {
  const { body, status, statusText, headers, url } = answer;
  if (body === null) return answer;
  const bytes = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const ended = new Response(body.pipeThrough(bytes, { signal }), { status, statusText, headers });
  return Object.defineProperty(ended, 'url', { value: url });
}

/** One set of connections for all requests that go the same way. */
const known = new Map<string, Promise<Dispatcher>>();

/** Undefined where Node's own will do: undici is loaded by those alone who need it. */
function dispatcherTo(url: string, env: NodeJS.ProcessEnv): Promise<Dispatcher> | undefined {
  const proxy = proxyFor(url, env);
  const ca =
    url.startsWith('https:') || proxy?.startsWith('https:') ? trustedAuthorities(env) : undefined;
  if (proxy === undefined && ca === undefined) return undefined;
  const key = JSON.stringify([proxy, ca?.at(-1)]);
  const dispatcher = known.get(key) ?? makeDispatcher(proxy, ca);
  known.set(key, dispatcher);
  return dispatcher;
}

async function makeDispatcher(
  proxy: string | undefined,
  ca: string[] | undefined,
): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  const tls = ca && { ca };
  if (proxy === undefined) return new Agent(tls && { connect: tls });
  // undici would decode them itself, and fails for a bare % that nobody encoded.
  const { address, username = '', password = '' } = splitCredentials(proxy);
  return new ProxyAgent({
    uri: address,
    ...(username && {
      token: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    }),
    ...(tls && { requestTls: tls, proxyTls: tls }),
  });
}
