import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { trustingBase } from '../../../src/container/base-image/trusting.ts';
import { type StubAnswer, type StubEngine, startStubEngine } from '../../rig/stub-engine.ts';

let stub: StubEngine;
let said: string[] = [];
beforeEach(() => {
  said = [];
});
afterEach(() => stub.stop());

async function build(
  answer: StubAnswer,
  signal?: AbortSignal,
  images: (request: string) => StubAnswer = () => [404, { message: 'no such image' }],
) {
  stub = await startStubEngine((request) => (request === 'POST /build' ? answer : images(request)));
  const request = { env: {}, report: (line: string) => said.push(line), ...(signal && { signal }) };
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

describe('a base that is there', () => {
  const made: StubAnswer = (response) => response.end('{"aux":{"ID":"sha256:made"}}\n');
  const known = (label: (name: string) => string, Architecture: string) => (request: string) => {
    const [, name = ''] = /^GET \/images\/(.*)\/json$/.exec(request) ?? [];
    const isMade = name === 'sha256:made';
    const labels = { 'sibling.image': isMade ? reference : label(name) };
    if (!isMade) reference = name;
    const image = { Id: isMade ? name : 'sha256:there', Os: 'linux', Config: { Labels: labels } };
    return [200, { ...image, Architecture }] as const;
  };
  let reference = '';

  test.each<[string, (name: string) => string, string, string]>([
    ['is taken by its id', (name) => name, 'amd64', 'sha256:there'],
    ['is made anew if it is somebody else’s', () => 'other', 'amd64', 'sha256:made'],
    ['is made anew if it is for another machine', (name) => name, 'arm64', 'sha256:made'],
  ])('%s', async (_, label, architecture, image) => {
    const found = await build(made, undefined, known(label, architecture));
    expect(found).toMatchObject({ reference, image, id: 'sha256:1' });
    const isNew = image === 'sha256:made';
    expect(said.filter((line) => / is not used: it/.test(line))).toHaveLength(isNew ? 1 : 0);
  });
});
