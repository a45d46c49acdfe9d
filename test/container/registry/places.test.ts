import { expect, test } from '@jest/globals';
import { registryPlaces } from '../../../src/container/registry/places.ts';

const commit = 'c'.repeat(40);
const merged = 'ghcr.io/owner/sibling-train:0123';
const apart = `ghcr.io/owner/unmerged/sibling-train:${commit}-0123`;

test.each([
  ['a branch', null, { pull: [merged], push: merged }],
  ['a pull request', { repository: 'ada/iris', commit }, { pull: [merged, apart], push: apart }],
  ['a fork', { repository: 'eve/iris', commit }, { pull: [merged] }],
  ['a fork that is gone', { repository: '', commit }, { pull: [merged] }],
  ['an event that tells nothing', { repository: '', commit: '' }, { pull: [merged] }],
  ['no commit', { repository: 'ada/iris', commit: 'main' }, { pull: [merged] }],
  ['a commit and more', { repository: 'ada/iris', commit: `${commit}/x` }, { pull: [merged] }],
])('%s', (_, unmerged, places) => {
  expect(registryPlaces('ghcr.io/owner', 'sibling/train:0123', unmerged, 'ada/iris')).toEqual(
    places,
  );
});

test.each(['', undefined])(
  'a repository that does not know its own name (%p) leaves none',
  (own) => {
    const unmerged = { repository: '', commit };
    expect(registryPlaces('ghcr.io/owner', 'sibling/train:0123', unmerged, own)).toEqual({
      pull: [merged],
    });
  },
);

test('two commits of one pull request have no place in common but what was merged', () => {
  const of = (head: string) =>
    registryPlaces(
      'ghcr.io/owner',
      'sibling/train:0123',
      { repository: 'a/b', commit: head },
      'a/b',
    );
  expect(of('d'.repeat(40)).pull).not.toContain(of(commit).push);
});
