import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import examplesOfGitHub from '@octokit/webhooks-examples' with { type: 'json' };
import { pipelineEvent, readEvent } from '../../../src/github/job/event.ts';
import { pullRequestOf } from '../../../src/github/job/fork-run.ts';

// biome-ignore lint/suspicious/noExplicitAny: webhooks as GitHub publishes them, some not as documented
type Payload = Record<string, any>;
const published = examplesOfGitHub as unknown as readonly {
  name: string;
  examples: readonly Payload[];
}[];

const scratch = mkdtempSync(join(tmpdir(), 'sibling-event-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The environment in which GitHub starts a job for an event. */
function jobFor(name: string, payload: unknown, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = join(scratch, 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, ...more };
}

const read = (name: string, payload: unknown, more?: NodeJS.ProcessEnv) =>
  readEvent(jobFor(name, payload, more));

function examples(name: string, such: (payload: Payload) => boolean = () => true): Payload[] {
  const found = published.find((each) => each.name === name)?.examples.filter(such) ?? [];
  if (found.length === 0) throw new Error(`GitHub publishes no such ${name}`);
  return found;
}

/** What the action says when it refuses an event. */
function refusal(name: string, payload: unknown, more?: NodeJS.ProcessEnv): string {
  try {
    pipelineEvent(jobFor(name, payload, more));
  } catch (error) {
    const { failure } = error as { failure?: { kind: string; cause: string; hint: string } };
    if (!failure) throw error;
    expect(failure.kind).toBe('usage');
    expect(failure.hint).not.toBe('');
    return failure.cause;
  }
  throw new Error(`${name} was not refused`);
}

/** A run of a fork that GitHub says so much of. */
const endedBy = (fork: object) => ({
  workflow_run: {
    ...{ id: 7, event: 'push', html_url: '', run_number: 3, head_sha: 'a'.repeat(40) },
    head_repository: fork,
  },
});

const of = (name: string, such?: (payload: Payload) => boolean) =>
  examples(name, such).map((payload, at) => ({ at, payload }));

describe('the events that GitHub publishes as examples', () => {
  test.each(of('push', ({ ref, deleted }) => ref.startsWith('refs/heads/') && !deleted))(
    'push of a new branch, $at',
    ({ payload }) => {
      expect(read('push', payload)).toEqual({
        ...{ kind: 'pipeline', name: 'push', branch: 'master' },
        ...{ base: { kind: 'nothing' }, head: payload.after },
      });
    },
  );

  test('push to a branch that was there', () => {
    const [payload] = examples('push', ({ ref }) => ref.startsWith('refs/heads/'));
    expect(read('push', { ...payload, before: 'a'.repeat(40), created: false })).toMatchObject({
      ...{ branch: 'master', base: { kind: 'commit', commit: 'a'.repeat(40) } },
    });
  });

  test('push of a tag: no branch takes a commit', () => {
    const [payload] = examples('push', ({ ref, created }) => created && /^refs\/tags/.test(ref));
    expect(read('push', payload)).toEqual({
      ...{ kind: 'pipeline', name: 'push', branch: undefined },
      ...{ base: { kind: 'nothing' }, head: payload?.after },
    });
  });

  test.each(of('push', ({ deleted }) => deleted))('push that deletes, $at', ({ payload }) => {
    expect(refusal('push', payload)).toMatch(/^the push deleted refs\/tags\/simple-tag/);
    const branch = { ...payload, ref: 'refs/heads/old', deleted: undefined };
    expect(refusal('push', branch)).toMatch(/^the push deleted refs\/heads\/old/);
    expect(refusal('push', { deleted: true })).toMatch(/^the push deleted a ref/);
  });

  test.each(of('pull_request', ({ action }) => action !== 'closed'))(
    'pull_request $payload.action, $at',
    ({ payload }) => {
      const { number, base, head } = payload.pull_request;
      expect(read('pull_request', payload)).toEqual({
        ...{ kind: 'pipeline', name: 'pull_request', head: head.sha, branch: undefined },
        base: { kind: 'merge-base', commit: base.sha, ref: 'master', head: head.sha },
        pullRequest: { number, fromFork: false },
      });
    },
  );

  test.each<[string, unknown, boolean]>([
    ['a fork', { full_name: 'eve/Hello-World' }, true],
    ['a fork that was deleted', null, true],
    ['the same repository', { full_name: 'Codertocat/Hello-World' }, false],
  ])('pull_request from %s', (_, repo, fromFork) => {
    const [payload] = structuredClone(
      examples('pull_request', ({ action }) => action === 'opened'),
    );
    Object.assign(payload?.pull_request.head, { repo });
    expect(read('pull_request', payload)).toMatchObject({ pullRequest: { fromFork } });
  });

  test.each(of('pull_request', ({ action }) => action === 'closed'))(
    'pull_request closed, $at',
    ({ payload }) => {
      expect(refusal('pull_request', payload)).toMatch(/^pull request #2 is closed/);
    },
  );

  test.each(of('pull_request'))('pull_request_target, $at', ({ payload }) => {
    expect(refusal('pull_request_target', payload)).toMatch(/with the rights of this repository/);
  });

  test.each(of('merge_group'))('merge_group, $at', ({ payload }) => {
    const { base_sha, head_sha } = payload.merge_group;
    expect(read('merge_group', payload, { GITHUB_REF: payload.merge_group.head_ref })).toEqual({
      ...{ kind: 'pipeline', name: 'merge_group', head: head_sha, branch: undefined },
      base: { kind: 'commit', commit: base_sha, ref: 'main' },
    });
    expect(refusal('merge_group', { ...payload, action: 'destroyed' })).toMatch(/was destroyed/);
  });

  test.each(of('workflow_dispatch'))('workflow_dispatch, $at', ({ payload }) => {
    expect(read('workflow_dispatch', payload)).toEqual({
      ...{ kind: 'pipeline', name: 'workflow_dispatch', base: { kind: 'checkout' } },
      ...{ head: undefined, branch: payload.ref.replace('refs/heads/', '') },
    });
  });

  test.each(of('workflow_run'))('workflow_run, $at', async ({ payload }) => {
    const { id, head_sha, event } = payload.workflow_run;
    const ended = read('workflow_run', payload);
    if (ended.kind !== 'run-ended') throw new Error(ended.kind);
    expect(ended.run).toMatchObject({ id, head_sha, event });
    expect(refusal('workflow_run', payload)).toMatch(/says that run \d+ has ended/);
    // None of them is of a pull request: said before GitHub is asked anything.
    const nobody = () => Promise.reject(new Error('asked'));
    const found = pullRequestOf(nobody, { owner: 'octo-org', repo: 'octo-repo' }, ended.run);
    await expect(found).rejects.toThrow(`the run was for the event ${event}`);
  });

  const handled = ['push', 'pull_request', 'merge_group', 'workflow_dispatch', 'workflow_run'];
  const alike = ['repository_dispatch', 'release'];
  const others = published.filter(({ name }) => ![...handled, ...alike].includes(name));
  test.each(others)('$name is none that the pipeline runs for', ({ name, examples }) => {
    for (const payload of examples) {
      expect(refusal(name, payload)).toBe(`the pipeline does not run for the event ${name}`);
    }
  });

  test.each(alike)('%s runs on what is there', (name) => {
    for (const payload of examples(name)) {
      const event = read(name, payload, { GITHUB_REF: 'refs/heads/main' });
      expect(event).toMatchObject({ base: { kind: 'checkout' }, branch: 'main' });
    }
  });
});

describe('null, which GitHub sends for what is gone or was never there,', () => {
  const handled = ['push', 'pull_request', 'merge_group', 'workflow_run', 'workflow_dispatch'];

  /** The payload once for each of its fields, with null in it. */
  function* withNull(payload: Payload, path: readonly string[] = []): Generator<[string, Payload]> {
    for (const [key, value] of Object.entries(payload)) {
      yield [[...path, key].join('.'), { ...payload, [key]: null }];
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
      if (path.length > 3) continue;
      for (const [at, inner] of withNull(value, [...path, key])) {
        yield [at, { ...payload, [key]: inner }];
      }
    }
  }

  test.each(handled)('is refused in %s by the field’s name, or does not matter', (name) => {
    const [payload = {}] = examples(name);
    for (const [at, changed] of withNull(payload)) {
      try {
        readEvent(jobFor(name, changed));
      } catch (error) {
        const { failure } = error as { failure?: { cause: string } };
        if (!failure) throw new Error(`${at}: ${error}`);
        expect(failure.cause).toContain(at);
      }
    }
  });

  test.each([
    ['a fork that was deleted', null],
    ['a fork whose owner was deleted', { full_name: 'eve/iris', owner: null }],
    ['a fork without a name', { full_name: null, owner: { login: 'eve' } }],
  ])('stands for %s', (_, fork) => {
    const [payload = {}] = examples('workflow_run');
    const run = { ...payload.workflow_run, head_repository: fork, run_attempt: null };
    const ended = read('workflow_run', { ...payload, workflow_run: run });
    expect(ended).toMatchObject({ run: { head_repository: undefined, run_attempt: 1 } });
  });
});

describe('an event as act gives it', () => {
  const act = { ACT: 'true', GITHUB_REF: 'refs/heads/main' };

  test('a push of which nothing is known', () => {
    expect(read('push', {}, act)).toEqual({
      ...{ kind: 'pipeline', name: 'push', branch: 'main' },
      ...{ base: { kind: 'checkout' }, head: undefined },
    });
  });

  test('a pull request without an event file, which only act can have', () => {
    const bare = { ...act, GITHUB_REF: 'refs/pull/0/merge' };
    expect(read('pull_request', {}, bare)).toMatchObject({
      ...{ base: { kind: 'checkout' }, branch: undefined },
    });
    expect(refusal('pull_request', {})).toMatch(/not as GitHub sends it: pull_request/);
  });

  test('a pull request whose event names no repositories', () => {
    const sides = {
      base: { sha: 'a'.repeat(40), ref: 'main' },
      head: { sha: 'b'.repeat(40), ref: 'x' },
    };
    const payload = { act: true, pull_request: { number: 1, ...sides } };
    expect(read('pull_request', payload, act)).toMatchObject({ pullRequest: { fromFork: false } });
  });
});

describe('what an event says of branches and commits', () => {
  const sha = 'a'.repeat(40);
  test.each<[string | undefined, string | undefined]>([
    ['refs/heads/main', 'main'],
    ['refs/heads/a/b', 'a/b'],
    ['refs/heads/two\nlines', undefined],
    ['xrefs/heads/main', undefined],
    ['refs/heads/', undefined],
    ['refs/tags/v1', undefined],
    ['main', undefined],
    [undefined, undefined],
  ])('a push to %j is one to the branch %j', (ref, branch) => {
    expect(read('push', { ref, before: sha, after: sha })).toMatchObject({ branch });
    expect(read('schedule', {}, { GITHUB_REF: ref })).toMatchObject({ branch, name: 'schedule' });
  });

  test.each([
    [sha, 'commit'],
    [`${'0'.repeat(39)}1`, 'commit'],
    [`1${'0'.repeat(39)}`, 'commit'],
    ['0'.repeat(40), 'nothing'],
    ['0'.repeat(64), 'nothing'],
    [undefined, 'checkout'],
  ])('a push that began at %s is compared with: %s', (before, kind) => {
    expect(read('push', { ref: 'refs/heads/x', before, after: sha })).toMatchObject({
      base: { kind },
    });
  });

  test.each([sha.slice(1), `x${sha}`, `${sha}x`, 'a'.repeat(65), sha.toUpperCase(), `${sha}\n`])(
    '%j is no commit',
    (after) => {
      expect(refusal('push', { after })).toMatch(/after: no commit/);
    },
  );

  test('a run that has ended is told as it was, with what GitHub may leave out', () => {
    const run = {
      ...{ id: 7, event: 'pull_request', html_url: 'https://x/', run_number: 3, head_sha: sha },
      ...{ conclusion: 'failure', run_attempt: 2, head_branch: 'b' },
      head_repository: { id: 5, full_name: 'eve/iris', owner: { login: 'eve', id: 9 } },
    };
    const whole = read('workflow_run', { workflow_run: run });
    const owner = { login: 'eve' };
    expect(whole).toEqual({
      kind: 'run-ended',
      run: { ...run, head_repository: { ...run.head_repository, owner } },
    });
    const bare = { ...run, conclusion: null, head_branch: null, run_attempt: undefined };
    const ended = read('workflow_run', {
      workflow_run: { ...bare, head_repository: { full_name: 'eve/iris', owner } },
    });
    expect(ended).toEqual({
      kind: 'run-ended',
      run: {
        ...{ ...run, conclusion: null, head_branch: '', run_attempt: 1 },
        head_repository: { id: undefined, full_name: 'eve/iris', owner },
      },
    });
  });

  test('an action that works on its own run gets the event of it', () => {
    expect(pipelineEvent(jobFor('push', { after: sha }))).toMatchObject({ head: sha });
  });

  test('a refusal says which events there are, and what to do', () => {
    const failure = () => pipelineEvent(jobFor('watch', {}));
    expect(failure).toThrow(/does not run for the event watch/);
    try {
      failure();
    } catch (error) {
      const { hint } = (error as { failure: { hint: string } }).failure;
      for (const name of ['push', 'pull_request', 'merge_group', 'schedule', 'release']) {
        expect(hint.split(/[ ,;]+/)).toContain(name);
      }
    }
  });
});

describe('what is no event is refused', () => {
  const pull = { number: 1, base: { sha: 'a'.repeat(40), ref: 'main' }, head: { sha: 'HEAD' } };
  test.each<[string, string, unknown, string]>([
    ['no JSON', 'push', '{', 'cannot be read'],
    ['no object', 'push', 'null', 'is no JSON object'],
    ['a number', 'push', '1', 'is no JSON object'],
    ['a text', 'push', '"push"', 'is no JSON object'],
    ['a list', 'pull_request', '[]', 'is not as GitHub sends it'],
    ['an owner without a name', 'workflow_run', endedBy({ owner: { login: 1 } }), 'owner.login'],
    ['a fork with another id', 'workflow_run', endedBy({ id: 'x' }), 'head_repository.id'],
    ['a number for a branch', 'push', { ref: 1 }, 'ref: '],
    ['an option for a commit', 'push', { before: '--output=/tmp/x' }, 'before: no commit'],
    ['a name for a commit', 'pull_request', { pull_request: pull }, 'head.sha: no commit'],
    ['an empty merge group', 'merge_group', {}, 'merge_group: '],
    ['a run without a number', 'workflow_run', { workflow_run: {} }, 'workflow_run.id: '],
  ])('%s', (_, name, payload, expected) => {
    expect(refusal(name, payload)).toContain(expected);
  });

  test('nothing at all: this is no workflow', () => {
    expect(() => readEvent({})).toThrow('GITHUB_EVENT_NAME is missing');
    expect(refusal('', {})).toContain('GITHUB_EVENT_NAME is missing');
    expect(() => readEvent({ GITHUB_EVENT_NAME: 'push' })).toThrow('GITHUB_EVENT_PATH is missing');
    const gone = { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: join(scratch, 'gone') };
    expect(() => readEvent(gone)).toThrow('cannot be read: ENOENT');
  });
});
