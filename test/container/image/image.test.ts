import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { existingBaseImage } from '../../../src/container/base-image/base-image.ts';
import { debianReference } from '../../../src/container/base-image/debian.ts';
import { localBase } from '../../../src/container/base-image/local.ts';
import { ensureImage, expectedReference } from '../../../src/container/image/image.ts';
import { type StubAnswer, type StubEngine, startStubEngine } from '../../rig/stub-engine.ts';

let stub: StubEngine;
afterEach(() => stub.stop());
const folder = mkdtempSync(join(tmpdir(), 'sibling-image-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'Dockerfile'), 'FROM debian\n');
const forArm = mkdtempSync(join(tmpdir(), 'sibling-image-'));
afterAll(() => rmSync(forArm, { recursive: true }));
writeFileSync(join(forArm, 'Dockerfile'), 'FROM --platform=linux/arm64 debian\n');

const base = {
  ...{ reference: 'base', id: 'sha256:b', image: 'sha256:b' as const },
  ...{ platform: 'linux/amd64', engine: 'linux/amd64' },
};
const gone: StubAnswer = [404, { message: 'no such image' }];

/** An image as the engine shows it. */
function shown(label: string | undefined, { id = '1', architecture = 'amd64' } = {}): StubAnswer {
  const Labels = label === undefined ? null : { 'sibling.image': label };
  return [200, { Id: `sha256:${id}`, Os: 'linux', Architecture: architecture, Config: { Labels } }];
}

async function ensure(
  source: { readonly folder: string } | { readonly reference: string },
  answers: Record<string, StubAnswer>,
) {
  stub = await startStubEngine((request) => answers[request]);
  const said: string[] = [];
  const surroundings = {
    ...{ base, env: {}, unmerged: null, verbose: false },
    report: (line: string) => said.push(line.replace(/\d+\.\d s/, '0 s')),
  };
  return { image: await ensureImage(stub.engine.docker, source, surroundings), said };
}

const build: StubAnswer = (response) =>
  response.end('{"stream":"Step 1/1 : FROM debian\\n"}\n{"aux":{"ID":"sha256:made"}}\n');

describe('an image under a name of ours', () => {
  const reference = expectedReference({ folder }, base);
  const named = `GET /images/${reference}/json`;

  test('is taken by its id if it says what it was made from', async () => {
    const { image, said } = await ensure({ folder }, { [named]: shown(reference) });
    expect(image).toMatchObject({ reference, id: 'sha256:1', source: 'local' });
    expect(said).toEqual([]);
  });

  test.each([
    ['without a label', shown(undefined), /it has no label sibling.image/],
    ['with an empty one', shown(''), /its label sibling.image is ""/],
    ['of another content', shown('sibling/x:00'), /its label sibling.image is "sibling\/x:00"/],
    ['of a longer name', shown(`${reference}0`), /its label sibling.image is "sibling/],
    [
      'for another architecture',
      shown(reference, { architecture: 'arm64' }),
      /it is for linux\/arm64, not for linux\/amd64/,
    ],
  ])('%s is made anew, and a line says so', async (_, found, why) => {
    const { image, said } = await ensure(
      { folder },
      { [named]: found, 'POST /build': build, 'GET /images/sha256:made/json': shown(reference) },
    );
    expect(image).toMatchObject({ reference, source: 'built' });
    expect(said).toEqual([
      expect.stringMatching(why),
      `Building image ${reference}`,
      `Built image ${reference} (0 s)`,
    ]);
  });

  test('is the one that was built, though the name went to another one at once', async () => {
    const other = shown(reference, { id: 'other' });
    const made = shown(reference, { id: 'made' });
    stub = await startStubEngine(
      (request) =>
        ({
          [named]: stub.asked.includes('POST /build') ? other : gone,
          'POST /build': build,
          'GET /images/sha256:made/json': made,
        })[request],
    );
    const surroundings = { base, env: {}, unmerged: null, verbose: false, report: () => undefined };
    expect(await ensureImage(stub.engine.docker, { folder }, surroundings)).toMatchObject({
      id: 'sha256:made',
    });
  });

  test('is built from the base that was looked at, whatever its name leads to', async () => {
    let args = '';
    stub = await startStubEngine((request, query) => {
      args ||= query.get('buildargs') ?? '';
      const made = { 'POST /build': build, 'GET /images/sha256:made/json': shown(reference) };
      return { [named]: gone, ...made }[request];
    });
    const surroundings = { base, env: {}, unmerged: null, verbose: false, report: () => undefined };
    await ensureImage(stub.engine.docker, { folder }, surroundings);
    expect(JSON.parse(args)).toEqual({ BASE: 'sha256:b' });
  });

  test('is not taken from an engine that does not say what it built and has a foreign one', async () => {
    const plain: StubAnswer = (response) => response.end('{"stream":"Step 1/1 : FROM debian\\n"}');
    const answers = { [named]: shown(undefined), 'POST /build': plain };
    await expect(ensure({ folder }, answers)).rejects.toMatchObject({
      failure: { kind: 'image', cause: expect.stringMatching(/but does not have it$/) },
    });
  });

  test('may be for another architecture where its Dockerfile says so', async () => {
    const own = expectedReference({ folder: forArm }, base);
    const answers = { [`GET /images/${own}/json`]: shown(own, { architecture: 'arm64' }) };
    const { image } = await ensure({ folder: forArm }, answers);
    expect(image.source).toBe('local');
  });
});

describe('a reference of a stage', () => {
  const hash = 'a'.repeat(64);
  test.each([
    'python',
    'python:3.11',
    'python:latest',
    `python@sha256:${hash.slice(1)}`,
    `python@sha256:${hash}a`,
    `python@sha256:${hash.toUpperCase()}`,
    `python@sha256:${'g'.repeat(64)}`,
    `python@sha1:${hash}`,
    `python:sha256-${hash}`,
    `sha256:${hash}`,
    `python@sha256:${hash}:latest`,
    `python@sha256:${hash}\n`,
    `@sha256:${hash}`,
  ])('%j is no digest: refused before anything is asked', async (reference) => {
    await expect(ensure({ reference }, {})).rejects.toMatchObject({
      failure: { kind: 'configuration', cause: expect.stringMatching(/named without a digest/) },
    });
    expect(stub.asked).toEqual([]);
  });

  const reference = `python:3.11@sha256:${hash}`;
  const named = `GET /images/${reference}/json`;

  test('with a digest is taken by the id that it leads to', async () => {
    const { image, said } = await ensure({ reference }, { [named]: shown(undefined) });
    expect(image).toMatchObject({ reference, id: 'sha256:1', source: 'local' });
    expect(said).toEqual([]);
  });

  test('that is here for another architecture is asked for again, and then told of', async () => {
    const { image, said } = await ensure(
      { reference },
      {
        [named]: shown(undefined, { architecture: 'arm64' }),
        'POST /images/create': [500, { message: 'no such host' }],
      },
    );
    expect(image).toMatchObject({ id: 'sha256:1', source: 'local' });
    expect(said).toEqual([
      `Pulling ${reference}: what is here is for linux/arm64`,
      expect.stringMatching(/^warning: .* is for linux\/arm64, and this engine runs linux\/amd64/),
    ]);
  });
});

describe('the base image', () => {
  const version = (Arch: string): StubAnswer => [
    200,
    { Version: '1', ApiVersion: '1.41', Os: 'linux', Arch },
  ];

  test.each([
    ['amd64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['riscv64', 'linux/riscv64'],
  ])('is for what the engine runs (%s), whatever this process runs on', async (arch, engine) => {
    stub = await startStubEngine((request) =>
      request === 'GET /version' ? version(arch) : shown(undefined, { architecture: 's390x' }),
    );
    expect(await localBase(stub.engine.docker, 'mine:1')).toEqual({
      ...{ reference: 'mine:1', id: 'sha256:1', image: 'sha256:1' },
      ...{ platform: 'linux/s390x', engine },
    });
  });

  test('cannot be told of an engine that does not say what it runs', async () => {
    stub = await startStubEngine((request) =>
      request === 'GET /version' ? version('') : shown(undefined),
    );
    await expect(localBase(stub.engine.docker, 'mine:1')).rejects.toMatchObject({
      failure: { kind: 'engine' },
    });
  });

  test.each([
    ['ours', debianReference, 'amd64', debianReference],
    ['without a label', undefined, 'amd64', undefined],
    ['of other packages', 'sibling/base:other', 'amd64', undefined],
    ['for another architecture', debianReference, 'arm64', undefined],
  ])('of Debian’s packages: %s', async (_, label, architecture, found) => {
    stub = await startStubEngine((request) => {
      if (request === 'GET /version') return version('amd64');
      return request.includes('debian') ? shown(label, { architecture }) : gone;
    });
    expect((await existingBaseImage(stub.engine.docker, {}))?.reference).toBe(found);
  });
});
