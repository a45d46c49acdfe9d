import { expect, test } from '@jest/globals';
import { decidePlacement, type PlacementFacts } from '../../../src/container/files/choose.ts';

const host: PlacementFacts = {
  wanted: undefined,
  ownMounts: undefined,
  sameMachine: true,
  apiVersion: '1.41',
};
const volume = (Source: string) => [
  { Type: 'volume', Name: 'data', Source, Destination: '/project', Driver: 'local' },
];
const bind = [{ Type: 'bind', Source: '/home/ada/iris', Destination: '/project' }];

test.each<[string, Partial<PlacementFacts>, string, RegExp]>([
  ['a process on the engine’s machine', {}, 'bind', /runs on this machine/],
  ['an engine elsewhere', { sameMachine: false }, 'try', /runs elsewhere/],
  ['a bind mount of our container', { ownMounts: bind }, 'bind', /is \/home\/ada\/iris for/],
  ['a volume with a folder', { ownMounts: volume('/var/lib/v') }, 'bind', /is \/var\/lib\/v for/],
  ['a volume without a folder', { ownMounts: volume('') }, 'copy', /has no folder/],
  [
    'the same for an engine that mounts parts of volumes',
    { ownMounts: volume(''), apiVersion: '1.45' },
    'subpath',
    /in the volume data/,
  ],
  ['a folder in our container’s own layer', { ownMounts: [] }, 'copy', /own layer/],
  ['SIBLING_FILES=copy', { wanted: 'copy' }, 'copy', /SIBLING_FILES/],
  ['SIBLING_FILES=bind', { wanted: 'bind', sameMachine: false }, 'bind', /SIBLING_FILES/],
])('%s: %#', (_, facts, way, because) => {
  expect(decidePlacement({ ...host, ...facts }, '/project')).toEqual({
    way,
    because: expect.stringMatching(because),
  });
});

test('a wrong SIBLING_FILES is refused', () => {
  expect(() => decidePlacement({ ...host, wanted: 'nfs' }, '/x')).toThrow(/SIBLING_FILES is nfs/);
});
