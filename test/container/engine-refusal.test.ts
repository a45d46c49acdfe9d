import { expect, test } from '@jest/globals';
import { engineRefusal } from '../../src/container/engine-refusal.ts';

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
  const refusal = Object.assign(new Error('(HTTP code 400) …'), {
    statusCode: 400,
    json: { message },
  });
  expect(engineRefusal(refusal, 'create the container x')?.failure).toMatchObject({
    kind,
    cause: `the container engine refused to create the container x: ${message}`,
    hint: expect.stringMatching(hint),
  });
});

test('an error of another kind is none', () => {
  expect(engineRefusal(new Error('x'), 'start')).toBeUndefined();
  expect(engineRefusal(undefined, 'start')).toBeUndefined();
});
