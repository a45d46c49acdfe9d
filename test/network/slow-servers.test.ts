import { afterEach, expect, jest, test } from '@jest/globals';
import { wholeAnswers } from '../../src/github/api/whole-answer.ts';
import { mlflowClient } from '../../src/mlflow/client.ts';
import { httpFetch } from '../../src/network/http.ts';
import { checkUser } from '../../src/servers/dagshub-api.ts';
import { type SlowServer, startSlowServer } from '../rig/http/slow-server.ts';

let server: SlowServer;
afterEach(() => {
  server.stop();
  jest.restoreAllMocks();
});

/** Every limit is this long, whatever was asked for. */
function hurry(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(400));
}

const why = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked;
    return 'it answered';
  } catch (error) {
    const { failure, name, message } = error as Error & { failure?: { cause: string } };
    return failure?.cause ?? (name === 'TimeoutError' ? name : message);
  }
};

test.each(['silent', 'dripping'] as const)('a %s server ends each request', async (manner) => {
  server = await startSlowServer(manner);
  hurry();
  const { url } = server;
  const dagsHub = { host: url, user: 'ada', token: 't', owner: 'ada', repo: 'r' };
  expect(await why(httpFetch(url).then((answer) => answer.text()))).toBe('TimeoutError');
  expect(await why(wholeAnswers(httpFetch, 60_000)(url))).toBe('no answer in time');
  expect(await why(checkUser(dagsHub))).toMatch(/does not answer within 20 s$/);
  const mlflow = mlflowClient({ uri: url }, { tries: 2, firstWait: 1 });
  expect(await why(mlflow.get('x'))).toMatch(/does not answer within 20 s/);
  expect(server.requests).toHaveLength(5);
});
