import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type JobFacts, runCachePlace } from '../../../src/run/cache/place.ts';

const sha = (digit: string) => digit.repeat(40);
const [tip, head, before, base, merged, tree] = ['1', '2', '3', '4', '5', 'e'].map(sha) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const zero = sha('0');

/** A push to main, of a commit with one parent. */
const ofMain: JobFacts = {
  ...{ event: 'push', underAct: false, repository: 'https://github.com/ada/iris' },
  ...{ ref: 'refs/heads/main', defaultBranch: 'main', commit: tip, before, pushed: [tip] },
  checkout: { commit: tip, tree, parents: [before] },
  ...{ fromFork: false, takesMerged: true },
};
/** A pull request: GitHub checks out a merge of its head into the base. */
const ofPull: JobFacts = {
  ...ofMain,
  ...{ event: 'pull_request', ref: 'refs/pull/7/merge', pushed: [], head },
  checkout: { commit: tip, tree, parents: [base, head] },
};
const of = (facts: Partial<JobFacts>) => runCachePlace({ ...ofMain, ...facts });
const without = (facts: JobFacts, ...names: (keyof JobFacts)[]) =>
  Object.fromEntries(
    Object.entries(facts).filter(([name]) => !names.includes(name as never)),
  ) as unknown as JobFacts;

describe('whose results go where', () => {
  test.each<[string, Partial<JobFacts>, string | undefined]>([
    ['a push to the default branch', {}, undefined],
    ['a dispatch on it', { event: 'workflow_dispatch' }, undefined],
    [
      'a schedule, which says no branch',
      { event: 'schedule', ref: '', defaultBranch: '' },
      undefined,
    ],
    ['a repository_dispatch', { event: 'repository_dispatch' }, undefined],
    ['a push to another branch', { ref: 'refs/heads/topic' }, tip],
    ['a dispatch on another branch', { event: 'workflow_dispatch', ref: 'refs/heads/topic' }, tip],
    ['a branch that looks like it', { ref: 'refs/heads/x/main' }, tip],
    ['a tag of its name', { ref: 'refs/tags/main' }, tip],
    ['a release', { event: 'release', ref: 'refs/tags/v1' }, tip],
    ['a pull request', ofPull, head],
    ['a pull request that says the ref of main', { ...ofPull, ref: 'refs/heads/main' }, head],
    ['a fork', { ...ofPull, fromFork: true }, head],
    [
      'a merge group',
      { event: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-7', head },
      head,
    ],
    ['pull_request_target', { event: 'pull_request_target', head }, head],
    ['a comment', { event: 'issue_comment' }, tip],
    ['another workflow’s end', { event: 'workflow_run' }, tip],
    ['an event that there is not yet', { event: 'novelty' }, tip],
    ['a push where nobody says which branch is the default', { defaultBranch: '' }, tip],
    [
      'main, with something else checked out',
      { checkout: { commit: head, tree, parents: [] } },
      head,
    ],
  ])('%s', (_, facts, writes) => {
    const place = of(facts);
    expect(place?.writes).toBe(writes);
    expect(place?.marks.includes(`trees/${tree}`) ?? false).toBe(writes !== undefined);
    expect(place?.isFork).toBe(facts.fromFork === true);
  });

  test('a person’s own machine, also by act: all as in DVC', () => {
    expect(runCachePlace(without(ofMain, 'event'))).toBeUndefined();
    expect(of({ ...ofPull, underAct: true })).toBeUndefined();
  });

  test('nothing but a run of the default branch’s own commit writes what main reads', () => {
    const facts = fc.record<JobFacts>({
      event: fc.constantFrom('push', 'pull_request', 'merge_group', 'release', 'x'),
      underAct: fc.constant(false),
      repository: fc.string(),
      ref: fc.constantFrom('refs/heads/main', 'refs/heads/topic', 'refs/tags/main', '', 'main'),
      defaultBranch: fc.constantFrom('main', ''),
      commit: fc.constantFrom(tip, head),
      head: fc.constantFrom(head, 'no commit', ''),
      before: fc.constantFrom(before, zero, '..'),
      pushed: fc.array(fc.constantFrom(tip, '../../..')),
      fromFork: fc.boolean(),
      checkout: fc.record({
        commit: fc.constantFrom(tip, head),
        tree: fc.constant(tree),
        parents: fc.array(fc.constantFrom(base, head, merged)),
      }),
      takesMerged: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, (found) => {
        const place = runCachePlace(found);
        const isMain =
          found.event === 'push' &&
          found.ref === 'refs/heads/main' &&
          found.defaultBranch === 'main' &&
          found.checkout?.commit === found.commit;
        expect(place?.writes === undefined).toBe(isMain);
        for (const each of place?.reads ?? []) expect(each).toMatch(/^[1-9a-f]{40}$/);
        expect(place?.folder).toMatch(/^sibling\/unmerged\/[0-9a-f]{16}$/);
      }),
    );
  });
});

describe('whose results are looked at', () => {
  test.each<[string, Partial<JobFacts>, readonly string[]]>([
    ['a push to main: what was pushed', {}, [tip]],
    [
      'a merge: its head',
      { checkout: { commit: tip, tree, parents: [before, head] } },
      [tip, head],
    ],
    ['several commits, newest first', { pushed: [head, merged, tip] }, [tip, merged, head]],
    ['a pull request: its own, and what stood there before', ofPull, [head, before]],
    ['a new branch', { ref: 'refs/heads/topic', before: zero }, [tip]],
    [
      'a merge group: the pull request in it',
      {
        ...{ event: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/x', before: '' },
        ...{ head: tip, checkout: { commit: tip, tree, parents: [base, head] } },
      },
      [tip, head],
    ],
    ['no checkout', { ...without(ofMain, 'checkout'), checkout: undefined as never }, [tip]],
  ])('%s', (_, facts, reads) => {
    expect(of(facts)?.reads).toEqual(reads);
  });

  test('commits with the same files, however they were merged', () => {
    expect(of({})?.marked).toEqual([`trees/${tree}`]);
    expect(of(ofPull)?.marked).toContain(`trees/${tree}`);
  });

  test('those of the same pull request or branch, and of no other', () => {
    const series = (facts: Partial<JobFacts>) => {
      const { marks, marked } = of(facts) ?? { marks: [], marked: [] };
      expect(marks.at(-1)).toMatch(/^series\/[0-9a-f]{16}$/);
      expect(marked).toEqual(marks);
      return marks.at(-1);
    };
    const ofSeven = series({ ...ofPull, pull: 7 });
    expect(series({ ...ofPull, pull: 7, head: merged, ref: 'any' })).toBe(ofSeven);
    expect(series({ ...ofPull, pull: 8 })).not.toBe(ofSeven);
    expect(series({ ref: 'refs/heads/a' })).not.toBe(series({ ref: 'refs/heads/b' }));
  });

  test('twenty of a push, for each is a question to the remote', () => {
    const pushed = Array.from({ length: 50 }, (_, at) => at.toString(16).padStart(40, 'a'));
    const reads = of({ pushed })?.reads ?? [];
    expect(reads).toHaveLength(21);
    expect(reads[1]).toBe(pushed.at(-1));
  });

  test('none, where main is told so; a branch goes on with its own', () => {
    expect(of({ takesMerged: false })).toMatchObject({ reads: [], marked: [] });
    expect(of({ ...ofPull, takesMerged: false })?.reads).toEqual([head, before]);
  });

  test('a repository sees none of another, by whatever case it is written', () => {
    const other = of({ repository: 'https://github.com/eve/iris' });
    const same = of({ repository: 'https://github.com/Ada/Iris' });
    expect(other?.folder).not.toBe(of({})?.folder);
    expect(same?.folder).toBe(of({})?.folder);
  });
});
