import { expect, test } from '@jest/globals';
import { engineRefusal, refusal } from '../../../src/container/request/explain.ts';

const creation = { template: 'x', asked: 'create a container', kind: 'engine' } as const;

// The messages are those of Docker 20.10.
test.each([
  ['Minimum memory limit allowed is 6MB', 'configuration', /Raise meta\.sibling\.memory/],
  [
    'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available',
    'configuration',
    /Lower meta\.sibling\.cpus/,
  ],
  [
    'invalid mount config for type "bind": bind source path does not exist: /x',
    'engine',
    /The engine does not see this folder/,
  ],
  [
    'OCI runtime create failed: exec: "pyhton": executable file not found in $PATH: unknown',
    'image',
    /ENTRYPOINT and CMD/,
  ],
  ['No command specified', 'image', /sibling stage NAME -- COMMAND/],
  ['something new', 'engine', /journalctl/],
] as const)('%s', (message, kind, hint) => {
  const refused = refusal(creation, 400, Buffer.from(JSON.stringify({ message })), {});
  expect(refused.failure).toMatchObject({
    kind,
    cause: `the container engine refused to create a container: ${message}`,
    hint: expect.stringMatching(hint),
  });
  expect(engineRefusal(refused, 'create the container x')?.failure).toMatchObject({
    kind,
    cause: `the container engine refused to create the container x: ${message}`,
  });
});

test.each([
  ['', 'no such container'],
  ['<html><h1>502 Bad\n Gateway</h1></html>', '502 Bad Gateway'],
  ['{"message": 3}', '{"message": 3}'],
  ['{"message": "two\\nlines."}', 'two lines'],
])('an answer %j is told as %j', (body, said) => {
  const meanings = { 404: 'no such container' };
  expect(refusal(creation, 404, Buffer.from(body), meanings).said).toBe(said);
});

test('an error of another kind is none', () => {
  expect(engineRefusal(new Error('x'), 'start')).toBeUndefined();
  expect(engineRefusal(undefined, 'start')).toBeUndefined();
});
