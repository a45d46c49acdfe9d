import { ExpectedFailure, type FailureKind } from '../../errors.ts';
import { httpFetch } from '../../network/http.ts';
import { whyNoAnswer } from '../../network/why-no-answer.ts';

/** What a server answered to one request. */
export interface ServerAnswer {
  readonly status: number;
  readonly text: string;
  /** Of its clock; undefined where it does not tell. */
  readonly date: Date | undefined;
}

export interface Asked {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  /** Sent as JSON. */
  readonly body?: object;
  /** For basic authentication. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * Asks a server once, without following it elsewhere. Throws `kind` when it does not answer; the
 * address is shown without the credentials that it may hold.
 */
export async function askServer(
  { url, method = 'GET', body, user, password }: Asked,
  kind: FailureKind,
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  try {
    const response = await httpFetch(url, {
      method,
      redirect: 'manual',
      signal,
      headers: {
        ...(user !== undefined && password !== undefined && { authorization: `Basic ${basic}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const date = new Date(response.headers.get('date') ?? Number.NaN);
    return {
      status: response.status,
      text: await response.text(),
      date: Number.isNaN(date.getTime()) ? undefined : date,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw new ExpectedFailure(
      {
        kind,
        cause: `${originOfUrl(url)} ${whyNoAnswer(error)}`,
        hint: 'Check the address, the network on the way, and the certificates if it is https.',
      },
      { cause: error },
    );
  }
}

/** `https://host:port` of an address, or the text itself where it is none. */
export function originOfUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
