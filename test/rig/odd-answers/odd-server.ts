import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { AnswerFields } from '../../../scripts/github-fields.ts';
import { Dice } from '../differential/dice.ts';
import { oddJson } from './odd-json.ts';

/** What a server means to answer. */
export interface Meant {
  readonly status: number;
  /** JSON, or bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** GitHub's name of the route, by which its published fields are found. */
  readonly route?: string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers as a well-behaved server would. */
export type Behaviour = (asked: Asked) => Meant;

/** How an answer differs from what was meant. */
const oddities = [
  ...(['json', 'json', 'json', 'json', 'json', 'json', 'two of json'] as const),
  ...(['html', 'empty', 'no content', 'not json', 'cut json', 'text type', 'same page'] as const),
  ...([
    'endless pages',
    'next for ever',
    'loop',
    'elsewhere',
    'come back',
    'another time',
  ] as const),
] as const;
type Oddity = (typeof oddities)[number];

interface Rule {
  readonly oddity: Oddity;
  /** Which of the requests it strikes: a part of the path, all of them without. */
  readonly only: string | undefined;
  left: number;
}

export interface OddServer {
  readonly url: string;
  /** What was done, for who looks into a fault. */
  told(): string;
  stop(): Promise<void>;
}

/** A server that means well, whose answers differ in one to three ways that the dice choose. */
export async function startOddServer(
  seed: number,
  behave: Behaviour,
  parts: readonly string[],
  fields: Readonly<Record<string, AnswerFields>>,
): Promise<OddServer> {
  const dice = new Dice(seed);
  const rules: Rule[] = Array.from({ length: dice.int(1, 3) }, () => ({
    oddity: dice.pick(oddities),
    only: dice.chance(0.85) ? dice.pick(parts) : undefined,
    left: dice.pick([1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]),
  }));
  const told: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    told: () => told.slice(0, 30).join('; '),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const { method = 'GET', headers } = request;
    const asked = { method, path: pathname, query: searchParams, headers, body };
    const rule = rules.find(
      ({ only, left }) =>
        left > 0 && (only === undefined || `${method} ${pathname}`.includes(only)),
    );
    if (rule) rule.left--;
    if (rule) note(`${rule.oddity} at ${method} ${pathname}`);
    const { status, headers: more, body: content } = oddly(rule?.oddity, asked);
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    const text = content === undefined ? '' : isRaw ? content : JSON.stringify(content);
    response.writeHead(status, {
      ...(content !== undefined && !isRaw && { 'content-type': 'application/json; charset=utf-8' }),
      ...more,
    });
    response.end(status === 204 || method === 'HEAD' ? undefined : text);
  }

  function note(what: string): void {
    if (told.length < 100) told.push(what);
  }

  function oddly(oddity: Oddity | undefined, asked: Asked): Meant {
    if (oddity === 'loop')
      return {
        status: dice.pick([301, 302, 307, 308]),
        headers: { location: `${url}${asked.path}` },
      };
    if (oddity === 'elsewhere') {
      return { status: dice.pick([302, 307]), headers: { location: 'http://127.0.0.1:9/' } };
    }
    if (oddity === 'come back') return comeBack(dice);
    const query = new URLSearchParams(asked.query);
    if (oddity === 'same page') query.delete('page');
    const meant = behave({ ...asked, query });
    const { status, body } = meant;
    if (status >= 300) return meant;
    const isJson = typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
    const text = { 'content-type': 'text/html' };
    switch (oddity) {
      case 'json':
      case 'two of json': {
        if (!isJson) return meant;
        const known = meant.route === undefined ? undefined : fields[meant.route];
        const once = oddJson(dice, body, known);
        note(once.told);
        if (oddity === 'json') return { ...meant, body: once.value ?? null };
        const twice = oddJson(dice, once.value, known);
        note(twice.told);
        return { ...meant, body: twice.value ?? null };
      }
      case 'html':
        return {
          status: 200,
          headers: text,
          body: '<!DOCTYPE html><html><body>Log in</body></html>',
        };
      case 'empty':
        return { status: 200, headers: { 'content-length': '0' } };
      case 'no content':
        return { status: 204 };
      case 'not json':
        return { status: 200, headers: { 'content-type': 'application/json' }, body: 'no: {json' };
      case 'cut json': {
        const whole = JSON.stringify(body) ?? '';
        const headers = { 'content-type': 'application/json' };
        return isJson ? { status, headers, body: whole.slice(0, whole.length >> 1) } : meant;
      }
      case 'text type':
        return isJson
          ? { status, headers: { 'content-type': 'text/plain' }, body: JSON.stringify(body) }
          : meant;
      case 'endless pages':
        return Array.isArray(body) ? { ...meant, body: fullPage(body, asked) } : meant;
      case 'next for ever': {
        const next = dice.chance(0.5) ? `${url}${asked.path}?page=1` : 'http://127.0.0.1:9/?page=2';
        return { ...meant, headers: { ...meant.headers, link: `<${next}>; rel="next"` } };
      }
      case 'another time': {
        const date = new Date(Date.now() + dice.pick([-1, 1]) * 10 * 365 * 24 * 3600e3);
        return { ...meant, headers: { ...meant.headers, date: date.toUTCString() } };
      }
      default:
        return meant;
    }
  }
}

/** A hundred items on whatever page, each of them new. */
function fullPage(items: readonly unknown[], { query }: Asked): unknown[] {
  const page = Number(query.get('page') ?? '1');
  const [first = { id: 1, body: '', user: { login: 'eve' } }] = items;
  return Array.from({ length: 100 }, (_, index) =>
    typeof first === 'object' ? { ...first, id: page * 1_000_000 + index } : first,
  );
}

/** "Later", said in ways that no client should obey. */
function comeBack(dice: Dice): Meant {
  const headers = dice.pick<Record<string, string>>([
    { 'retry-after': '259200' },
    { 'retry-after': '-5' },
    { 'retry-after': 'soon' },
    { 'retry-after': '1e9' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'never' },
  ]);
  return { status: dice.pick([403, 429]), headers, body: { message: 'Too many requests' } };
}
