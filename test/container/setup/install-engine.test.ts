import { expect, test } from '@jest/globals';
import { decideEngineSetup } from '../../../src/container/setup/install-engine.ts';

const debianRoot = { debian: true, root: true, daemonInstalled: false, addressGiven: false };

test.each([
  ['Debian, root, nothing there', {}, 'install-and-start'],
  ['installed but not running', { daemonInstalled: true }, 'start'],
  ['installed on another distribution', { debian: false, daemonInstalled: true }, 'start'],
  ['not Debian', { debian: false }, 'refuse'],
  ['not root', { root: false }, 'refuse'],
  ['DOCKER_HOST names an engine', { addressGiven: true }, 'refuse'],
] as const)('%s', (_, facts, decision) => {
  expect(decideEngineSetup({ ...debianRoot, ...facts })).toBe(decision);
});
