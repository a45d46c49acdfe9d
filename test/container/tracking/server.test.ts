import { afterEach, expect, test } from '@jest/globals';
import { startTrackingServer, stopTrackingServer } from '../../../src/container/tracking/server.ts';
import { type StubAnswer, type StubEngine, startStubEngine } from '../../rig/stub-engine.ts';

let stub: StubEngine;
afterEach(() => stub.stop());

const settings = { namespace: 's', port: 5500 };
const server = 'containers/s-mlflow';
const network = { Id: 'n', Name: 's-tracking', Created: '1' };

/** The server as the engine shows it, on its network. */
function shown(state: object): StubAnswer {
  const networks = { NetworkSettings: { Networks: { a: { NetworkID: 'n' } } } };
  return [
    200,
    {
      Id: 'm',
      Image: 'sha256:1',
      Config: { Image: 'sibling/mlflow:1' },
      State: state,
      ...networks,
    },
  ];
}

/** The answers by request; of a list each is given once, the last again and again. */
async function engineThatSays(answers: Record<string, StubAnswer[]>): Promise<void> {
  stub = await startStubEngine((request) => {
    const left = answers[request];
    return left && left.length > 1 ? left.shift() : left?.[0];
  });
}

/** One frame of the engine's log stream (stdout). */
function frame(text: string): Buffer {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]);
  return Buffer.concat([head, Buffer.from(text)]);
}

const running = shown({ Running: true });

test.each([404, 409])(
  'a server that ends while it is asked (%i) is named, with its log',
  async (status) => {
    await engineThatSays({
      [`GET /${server}/json`]: [running, running, running, shown({ Running: false, ExitCode: 3 })],
      'GET /networks': [[200, [network]]],
      [`POST /${server}/exec`]: [[status, { message: 'Container m is not running' }]],
      [`GET /${server}/logs`]: [(response) => response.end(frame('no such table: runs\n'))],
    });
    await expect(startTrackingServer(stub.engine, settings, 'sha256:1')).rejects.toMatchObject({
      failure: {
        kind: 'tracking',
        cause: 'the local MLflow server did not start: it ended with exit code 3',
        details: ['no such table: runs'],
      },
    });
  },
);

test('a server that is removed while it is asked is named', async () => {
  await engineThatSays({
    [`GET /${server}/json`]: [running, running, running, [404, { message: 'no such container' }]],
    'GET /networks': [[200, [network]]],
    [`POST /${server}/exec`]: [[404, { message: 'no such container' }]],
  });
  await expect(startTrackingServer(stub.engine, settings, 'sha256:1')).rejects.toThrow(
    /^the local MLflow server did not start: it was removed while it started$/,
  );
});

test.each<[string, Record<string, StubAnswer[]>]>([
  ['create', { 'POST /containers/create': [[500, { message: 'no space left on device' }]] }],
  [
    'start',
    {
      'POST /containers/create': [[201, { Id: 'm' }]],
      'POST /containers/m/start': [[500, { message: 'no space left on device' }]],
      'DELETE /containers/m': [[204]],
    },
  ],
])('an engine that refuses to %s it is quoted', async (_, answers) => {
  await engineThatSays({
    [`GET /${server}/json`]: [[404, { message: 'no such container' }], running],
    'GET /networks': [[200, [network]]],
    ...answers,
  });
  await expect(startTrackingServer(stub.engine, settings, 'sha256:1')).rejects.toMatchObject({
    failure: {
      kind: 'engine',
      cause:
        'the container engine refused to start the local MLflow server: no space left on device',
      hint: expect.stringMatching(/Free some space/),
    },
  });
});

test('an engine that refuses to remove its data is quoted', async () => {
  await engineThatSays({
    [`GET /${server}/json`]: [running],
    [`DELETE /${server}`]: [[204]],
    'DELETE /networks/s-tracking': [[204]],
    'DELETE /volumes/s-mlflow': [[409, { message: 'volume is in use' }]],
  });
  await expect(stopTrackingServer(stub.engine, settings, { volume: true })).rejects.toMatchObject({
    failure: { kind: 'engine', cause: expect.stringMatching(/: volume is in use$/) },
  });
});
