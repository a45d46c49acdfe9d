import { afterEach, expect, test } from '@jest/globals';
import { trustingBase } from '../../src/container/trusting-base.ts';
import { type StubAnswer, type StubEngine, startStubEngine } from '../rig/stub-engine.ts';

let stub: StubEngine;
afterEach(() => stub.stop());

async function build(answer: StubAnswer, signal?: AbortSignal) {
  stub = await startStubEngine((request) =>
    request === 'POST /build' ? answer : [404, { message: 'no such image' }],
  );
  const request = { env: {}, report: () => undefined, ...(signal && { signal }) };
  const base = {
    ...{ reference: 'python:x', id: 'sha256:1', image: 'sha256:1' as const },
    ...{ platform: 'linux/amd64', engine: 'linux/amd64' },
  };
  return trustingBase(stub.engine.docker, base, Buffer.from('certificate'), request);
}

test.each<[string, StubAnswer, RegExp, string[]]>([
  [
    'a step that fails',
    (response) => response.end('{"stream":"Step 3/4 : RUN x\\n"}\n{"error":"sh: not found"}\n'),
    /^adding this host's certificates to python:x failed: sh: not found$/,
    ['Step 3/4 : RUN x'],
  ],
  [
    'an answer that is cut off',
    (response) => {
      response.write('{"stream":"Step 1/4 : FROM x\\n"}\n');
      setTimeout(() => response.destroy(), 100);
    },
    /certificates to python:x failed: .*engine was lost .*: aborted$/,
    ['Step 1/4 : FROM x'],
  ],
  ['a refusal', [500, { message: 'no space left on device' }], /no space left on device/, []],
])('%s is a failed image, with what the build said last', async (_, answer, cause, details) => {
  await expect(build(answer)).rejects.toMatchObject({
    failure: { kind: 'image', cause: expect.stringMatching(cause), details },
  });
});

test('aborted, it ends with the reason of that', async () => {
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const answer: StubAnswer = (response) => {
    response.write('{"stream":"Step 1/4 : FROM x\\n"}\n');
    setTimeout(() => stop.abort(reason), 100);
  };
  await expect(build(answer, stop.signal)).rejects.toBe(reason);
});
