import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ExpectedFailure } from '../../src/errors.ts';
import { mlflowClient, mlflowServerOf } from '../../src/mlflow/client.ts';
import { findModel, listVersions } from '../../src/mlflow/registry.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const answers: Record<string, Answer> = {
  fine: (_, response) => response.end('{"registered_model": {"name": "shop"}}'),
  cut: (request) => request.socket.destroy(),
  silent: () => undefined,
  html: (_, response) => response.writeHead(404).end('<html>'),
  absent: (_, response) =>
    response.writeHead(404).end('{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}'),
  odd: (_, response) => response.end('{"registered_model": {"name": 7}}'),
  notJson: (_, response) => response.end('<html>'),
};
const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end('{}');

let servers: Server[] = [];
let asked: IncomingMessage[] = [];
beforeEach(() => {
  servers = [];
  asked = [];
});
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that gives these answers in turn, the last one for ever. */
async function serve(...inTurn: readonly Answer[]): Promise<string> {
  let count = 0;
  const server = createServer((request, response) => {
    asked.push(request);
    inTurn[Math.min(count++, inTurn.length - 1)]?.(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(uri: string): Promise<unknown> {
  const client = mlflowClient(
    { uri, user: 'ada', password: 'secret' },
    { firstWait: 1, deadline: 200 },
  );
  return findModel(client, 'shop');
}

async function failureOf(uri: string) {
  const error = await ask(uri).then(
    () => undefined,
    (thrown: ExpectedFailure) => thrown,
  );
  return error?.failure;
}

describe('what passes by itself is tried again', () => {
  test.each([
    ['503 and a lost connection', [status(503), answers.cut, answers.fine]],
    ['429', [status(429), answers.fine]],
    ['a server that is slow once', [answers.silent, answers.fine]],
  ])('%s', async (_, inTurn) => {
    expect(await ask(await serve(...(inTurn as Answer[])))).toMatchObject({ name: 'shop' });
    expect(asked).toHaveLength(inTurn.length);
  });
});

describe('what does not is told', () => {
  test.each([
    [status(401), 'credentials', /does not accept the user and password/, 1],
    [status(403), 'credentials', /does not allow this/, 1],
    [status(500), 'tracking', /trouble of its own \(HTTP 500\)/, 4],
    [answers.cut, 'tracking', /does not answer/, 4],
    [answers.silent, 'tracking', /does not answer within 0\.2 s/, 4],
    [answers.html, 'tracking', /there is no MLflow server at .*HTTP 404/, 1],
    [answers.notJson, 'tracking', /its answer is not JSON/, 1],
    [answers.odd, 'tracking', /does not answer as MLflow does: registered_model\.name/, 1],
    [status(400), 'tracking', /refused: HTTP 400/, 1],
  ])('%# %s', async (answer, kind, cause, requests) => {
    const failure = await failureOf(await serve(answer as Answer));
    expect(failure?.kind).toBe(kind);
    expect(failure?.cause).toMatch(cause);
    expect(failure?.cause).not.toContain('secret');
    expect(asked).toHaveLength(requests);
  });

  test('a model that is not there is no failure', async () => {
    expect(await ask(await serve(answers.absent as Answer))).toBeUndefined();
  });
});

test('a redirect to another server is not followed: the credentials stay here', async () => {
  const other = await serve(answers.fine as Answer);
  const uri = await serve((_, response) => {
    response.writeHead(302, { location: `${other}/api` }).end();
  });
  expect((await failureOf(uri))?.kind).toBe('tracking');
  expect(asked.some(({ headers }) => headers.host === new URL(other).host)).toBe(false);
});

test('versions are asked for page by page, and come newest first', async () => {
  const page =
    (numbers: number[], next?: string): Answer =>
    (_, response) => {
      const model_versions = numbers.map((number) => ({ version: String(number) }));
      response.end(JSON.stringify({ model_versions, next_page_token: next }));
    };
  const uri = await serve(page([1, 3], 'more'), page([2, 11]));
  const versions = await listVersions(mlflowClient({ uri }), "it's");
  expect(versions.map(({ number }) => number)).toEqual([11, 3, 2, 1]);
  expect(asked.map(({ url }) => new URL(url ?? '', uri).searchParams.get('filter'))).toEqual([
    'name="it\'s"',
    'name="it\'s"',
  ]);
  expect(asked[1]?.url).toContain('page_token=more');
  const again = await serve(page([1], 'more'), page([2], 'more'));
  const rounds = listVersions(mlflowClient({ uri: again }), 'iris');
  await expect(rounds).rejects.toThrow(/not whole: its page token comes again/);
  await expect(listVersions(mlflowClient({ uri }), `it's "it"`)).rejects.toThrow(/cannot be asked/);
});

test.each<[string, NodeJS.ProcessEnv, string | undefined]>([
  ['nobody', {}, undefined],
  ['a token', { MLFLOW_TRACKING_TOKEN: 't0ken' }, 'Bearer t0ken'],
  [
    'user and password, before a token',
    {
      ...{ MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'x' },
      MLFLOW_TRACKING_TOKEN: 't',
    },
    `Basic ${btoa('ada:x')}`,
  ],
  ['a user in the address', { inAddress: 'ada:p%40ss@' }, `Basic ${btoa('ada:p@ss')}`],
])('a server below a path is asked as %s', async (_, { inAddress = '', ...env }, authorization) => {
  const uri = `${(await serve(answers.fine as Answer)).replace('//', `//${inAddress}`)}/below/mlflow/`;
  const server = mlflowServerOf({ ...env, MLFLOW_TRACKING_URI: uri });
  if (!server) throw new Error('no server');
  expect(server.uri).not.toContain('ada');
  await findModel(mlflowClient(server, { firstWait: 1 }), 'shop');
  expect(asked[0]?.url).toMatch(/^\/below\/mlflow\/api\/2\.0\/mlflow\//);
  expect(asked[0]?.headers.authorization).toBe(authorization);
});
