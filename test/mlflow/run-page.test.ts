import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mlflowRunPage } from '../../src/mlflow/run-page.ts';

let server: Server;
let uri = '';
let asked: { path: string | undefined; authorization: string | undefined; body: unknown }[] = [];
/** What the server answers, by the end of the path; a number is a status. */
let answers: Record<string, object | number> = {};

beforeEach(async () => {
  asked = [];
  answers = {
    'experiments/search': { experiments: [{ experiment_id: '0' }, { experiment_id: '7' }] },
    'runs/search': { runs: [{ info: { run_id: 'abc', experiment_id: '7' } }] },
  };
  server = createServer(async (request, response) => {
    const { url: path, headers } = request;
    asked.push({ path, authorization: headers.authorization, body: await json(request) });
    const answer = answers[path?.split('/mlflow/')[1] ?? ''] ?? 404;
    if (typeof answer === 'number') response.writeHead(answer);
    response.end(typeof answer === 'number' ? '<html>' : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ada/iris.mlflow`;
});
afterEach(() => void server.close());

const sought = { tag: 'sibling.run', value: 'gh-1', since: new Date(5) };

describe('the page of a run', () => {
  test('is found by its tag, with the credentials of the client', async () => {
    const env = { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'secret' };
    expect(await mlflowRunPage(`${uri}/`, env, sought)).toBe(`${uri}/#/experiments/7/runs/abc`);
    expect(asked.at(-1)).toEqual({
      path: '/ada/iris.mlflow/api/2.0/mlflow/runs/search',
      authorization: `Basic ${Buffer.from('ada:secret').toString('base64')}`,
      body: {
        ...{ experiment_ids: ['0', '7'], max_results: 1 },
        filter: "tags.`sibling.run` = 'gh-1' and attributes.start_time >= 5",
        order_by: ['attributes.start_time DESC'],
      },
    });
  });

  test.each<[string, Record<string, object | number>]>([
    ['no experiment', { 'experiments/search': {} }],
    ['no such run', { 'runs/search': {} }],
    ['no right to look', { 'experiments/search': 403 }],
    ['trouble', { 'runs/search': 500 }],
  ])('is nothing to fail for: %s', async (_, change) => {
    Object.assign(answers, change);
    expect(await mlflowRunPage(uri, {}, sought)).toBeUndefined();
    expect(asked.map(({ authorization }) => authorization)).not.toContain(expect.anything());
  });

  test('is not there where no server answers', async () => {
    expect(await mlflowRunPage('http://127.0.0.1:1', {}, sought)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('is linked without the password that the address holds', async () => {
    const withPassword = uri.replace('//', '//ada:secret@');
    expect(await mlflowRunPage(withPassword, {}, sought)).toMatch(uri);
    const login = `Basic ${btoa('ada:secret')}`;
    expect(asked.map(({ authorization }) => authorization)).toEqual([login, login]);
  });
});
