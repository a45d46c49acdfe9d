import { afterEach, expect, test } from '@jest/globals';
import { runContainer } from '../../src/container/run.ts';
import { type StubAnswer, type StubEngine, startStubEngine } from '../rig/stub-engine.ts';

let stub: StubEngine;
afterEach(() => stub.stop());

async function run(answers: Record<string, StubAnswer>): Promise<unknown> {
  stub = await startStubEngine((request) => answers[request]);
  const hooks = {
    onOutput: () => undefined,
    beforeStart: async (container: { putArchive(data: Buffer, to: object): Promise<unknown> }) =>
      void (await container.putArchive(Buffer.from('archive'), { path: '/work' })),
    afterExit: async (container: { getArchive(from: object): Promise<unknown> }) =>
      void (await container.getArchive({ path: '/work' })),
  };
  return runContainer(stub.engine, { name: 'one', Image: 'sha256:x' }, hooks);
}

const created = [201, { Id: 'c0ffee0123456789' }] as const;
const ran: Record<string, StubAnswer> = {
  'POST /containers/create': created,
  'PUT /containers/c0ffee0123456789/archive': [200],
  'POST /containers/c0ffee0123456789/attach': (response) => response.end(),
  'POST /containers/c0ffee0123456789/wait': [200, { StatusCode: 0 }],
  'POST /containers/c0ffee0123456789/start': [204],
  'GET /_ping': [200],
  'GET /containers/c0ffee0123456789/json': [200, { State: { OOMKilled: false } }],
  'DELETE /containers/c0ffee0123456789': [204],
};

test.each<[string, Record<string, StubAnswer>, string]>([
  [
    'files in',
    { 'PUT /containers/c0ffee0123456789/archive': [500, { message: 'no space left on device' }] },
    'take files into the container c0ffee012345: no space left on device',
  ],
  [
    'files out',
    { 'GET /containers/c0ffee0123456789/archive': [404, { message: 'Could not find the file' }] },
    'hand out the files of the container c0ffee012345: Could not find the file',
  ],
  [
    'removal',
    {
      'GET /containers/c0ffee0123456789/archive': [200],
      'DELETE /containers/c0ffee0123456789': [500, { message: 'device or resource busy' }],
    },
    'remove the container c0ffee012345: device or resource busy',
  ],
])('what the engine says when it refuses %s is told', async (_, answers, said) => {
  await expect(run({ ...ran, ...answers })).rejects.toMatchObject({
    failure: { kind: 'engine', cause: `the container engine refused to ${said}` },
  });
});
