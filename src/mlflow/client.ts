import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure, type Failure } from '../errors.ts';
import { splitCredentials } from '../network/address.ts';
import { httpFetch } from '../network/http.ts';
import { whyNoAnswer } from '../network/why-no-answer.ts';
import { visible } from '../text/markdown-escape.ts';

/** An MLflow server, and who asks it. */
export interface MlflowServer {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly user?: string;
  readonly password?: string;
  /** Instead of user and password. */
  readonly token?: string;
}

export interface MlflowClient {
  readonly server: MlflowServer;
  /** What the server answers; undefined where it says that there is no such thing. */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Throws also where there is no such thing. */
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object): Promise<unknown>;
  /** A client for what has to be done at the very end: it heeds no signal, and does not wait long. */
  uninterrupted(): MlflowClient;
}

export interface ClientOptions {
  /** Milliseconds that each answer may take. */
  readonly deadline?: number;
  readonly tries?: number;
  readonly signal?: AbortSignal;
  /** The wait before the next try, in milliseconds; it doubles with each. */
  readonly firstWait?: number;
}

/** The server of an MLflow client's variables; undefined without an address. */
export function mlflowServerOf(env: Readonly<NodeJS.ProcessEnv>): MlflowServer | undefined {
  const uri = env.MLFLOW_TRACKING_URI?.replace(/\/+$/, '');
  if (!uri) return undefined;
  const { address, username, password } = splitCredentials(uri);
  const user = env.MLFLOW_TRACKING_USERNAME || username;
  const secret = env.MLFLOW_TRACKING_PASSWORD || password;
  const token = env.MLFLOW_TRACKING_TOKEN;
  return {
    uri: address,
    ...(user && { user }),
    ...(secret && { password: secret }),
    ...(token && { token }),
  };
}

/**
 * Speaks MLflow's REST API 2.0, which servers of MLflow 2 and 3 have. Every request here may be
 * sent twice: what passes by itself (429, 5xx, a lost connection) is tried again. Throws
 * 'credentials' when the server refuses the user, 'tracking' for the rest. `path` is what follows
 * `/api/2.0/mlflow/`.
 */
export function mlflowClient(server: MlflowServer, options: ClientOptions = {}): MlflowClient {
  const { deadline = 20_000, tries = 4, firstWait = 500, signal } = options;

  async function once(method: string, path: string, init: RequestInit): Promise<Answer> {
    const deadlines = [AbortSignal.timeout(deadline), ...(signal ? [signal] : [])];
    try {
      const response = await httpFetch(`${server.uri}/api/2.0/mlflow/${path}`, {
        ...init,
        method,
        headers: { 'content-type': 'application/json', ...authorization(server) },
        signal: AbortSignal.any(deadlines),
        // The credentials are for this server alone.
        redirect: 'error',
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      signal?.throwIfAborted();
      return { status: 0, text: whyNoAnswer(error, deadline) };
    }
  }

  async function ask(method: string, path: string, init: RequestInit): Promise<Answer> {
    let wait = firstWait;
    for (let attempt = 1; ; attempt++) {
      const answer = await once(method, path, init);
      if (attempt >= tries || !mayPass(answer.status)) return answer;
      await sleep(wait, undefined, { ...(signal && { signal }) });
      wait *= 2;
    }
  }

  return {
    server,
    async get(path, query = {}) {
      const search = new URLSearchParams(query).toString();
      const answer = await ask('GET', search === '' ? path : `${path}?${search}`, {});
      if (isAbsent(answer)) return undefined;
      return contentOf(server, answer);
    },
    async send(method, path, body) {
      return contentOf(server, await ask(method, path, { body: JSON.stringify(body) }));
    },
    uninterrupted: () => mlflowClient(server, { deadline: 5_000, tries: 2, firstWait }),
  };
}

interface Answer {
  /** 0 where there was none. */
  readonly status: number;
  /** The body, or why there was no answer. */
  readonly text: string;
}

/** As MLflow's client has it: user and password before a token (rest_utils.py). */
function authorization({ user, password, token }: MlflowServer): Record<string, string> {
  if (token !== undefined && (user === undefined || password === undefined)) {
    return { authorization: `Bearer ${token}` };
  }
  if (user === undefined || password === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

function mayPass(status: number): boolean {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

/** MLflow's own 404; one of a gateway, or of a wrong address, is not JSON. */
function isAbsent({ status, text }: Answer): boolean {
  return status === 404 && errorOf(text)?.code === 'RESOURCE_DOES_NOT_EXIST';
}

function contentOf(server: MlflowServer, answer: Answer): unknown {
  if (answer.status >= 200 && answer.status < 300) {
    try {
      return JSON.parse(answer.text || '{}');
    } catch {
      throw new ExpectedFailure(noMlflow(server, 'its answer is not JSON'));
    }
  }
  throw new ExpectedFailure(failureOf(server, answer));
}

function failureOf(server: MlflowServer, { status, text }: Answer): Failure {
  const place = `the MLflow server at ${shownAddress(server)}`;
  const said = errorOf(text)?.message;
  if (status === 0) {
    return {
      kind: 'tracking',
      cause: `${place} ${text}`,
      hint: 'Check the network and MLFLOW_TRACKING_URI; a local server is started by sibling up.',
    };
  }
  if (status === 401 || status === 403) {
    return {
      kind: 'credentials',
      cause: `${place} ${status === 401 ? 'does not accept the user and password' : 'does not allow this to the user'} (HTTP ${status})`,
      hint: 'Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or DAGSHUB_USER_NAME and DAGSHUB_TOKEN: sibling doctor tells which.',
    };
  }
  if (status === 404 && said === undefined) return noMlflow(server, 'HTTP 404');
  if (status === 429 || status >= 500) {
    return {
      kind: 'tracking',
      cause: `${place} has trouble of its own (HTTP ${status})`,
      hint: 'Try again in a few minutes.',
      ...(said !== undefined && { details: [said] }),
    };
  }
  return {
    kind: 'tracking',
    cause: `${place} refused: ${said ?? `HTTP ${status}`}`,
    hint: 'Its version may be too old for this: models need MLflow 2.3 or newer.',
  };
}

function noMlflow(server: MlflowServer, why: string): Failure {
  return {
    kind: 'tracking',
    cause: `there is no MLflow server at ${shownAddress(server)}: ${why}`,
    hint: 'Check MLFLOW_TRACKING_URI, or the repository in DAGSHUB_REPO.',
  };
}

/** The server's address without the credentials that an address may hold. */
export function shownAddress({ uri }: MlflowServer): string {
  return uri.replace(/\/\/[^/@\s]*@/, '//***@');
}

function errorOf(text: string): { code: string; message: string } | undefined {
  try {
    const { error_code: code, message } = Object(JSON.parse(text));
    return typeof code === 'string' ? { code, message: visible(String(message), 500) } : undefined;
  } catch {
    return undefined;
  }
}
