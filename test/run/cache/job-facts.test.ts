import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import examplesOfGitHub from '@octokit/webhooks-examples' with { type: 'json' };
import { jobFacts, placeOfRun } from '../../../src/run/cache/job-facts.ts';
import { type ScratchProject, scratchProject } from '../../rig/scratch-project.ts';

// biome-ignore lint/suspicious/noExplicitAny: webhooks as GitHub publishes them
type Payload = Record<string, any>;
const published = examplesOfGitHub as unknown as readonly {
  name: string;
  examples: readonly Payload[];
}[];

const scratch = mkdtempSync(join(tmpdir(), 'sibling-facts-'));
let project: ScratchProject;
beforeAll(async () => {
  project = await scratchProject({ files: { a: 'a' } });
});
afterAll(async () => {
  rmSync(scratch, { recursive: true });
  await project.remove();
});

function jobFor(event: string, payload: unknown, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = join(scratch, 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  const server = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'ada/iris' };
  return { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: path, ...server, ...more };
}

const examples = (name: string) =>
  published
    .filter((each) => each.name === name)
    .flatMap((each) => each.examples)
    .map((payload, at) => ({ at, payload }));

test.each(examples('push'))('a push as GitHub sends it, $at', ({ payload }) => {
  const facts = jobFacts(jobFor('push', payload), undefined);
  expect(facts).toMatchObject({
    ...{ event: 'push', ref: payload.ref, defaultBranch: payload.repository.default_branch },
    ...{ before: payload.before, fromFork: false },
    pushed: payload.commits.map(({ id }: { id: string }) => id),
  });
});

test.each(examples('pull_request'))('a pull request, $at', ({ payload }) => {
  const { head, base } = payload.pull_request;
  expect(jobFacts(jobFor('pull_request', payload), undefined)).toMatchObject({
    ...{
      pull: payload.pull_request.number,
      head: head.sha,
      repository: 'https://github.com/ada/iris',
    },
    fromFork: head.repo?.full_name !== base.repo?.full_name,
  });
});

test.each<[string, unknown, boolean]>([
  ['of the repository itself', { full_name: 'ada/iris' }, false],
  ['of a fork', { full_name: 'eve/iris' }, true],
  ['of a fork that was deleted', null, true],
])('a pull request %s', (_, repo, fromFork) => {
  const pull_request = {
    head: { sha: 'a'.repeat(40), repo },
    base: { sha: 'b'.repeat(40), repo: { full_name: 'ada/iris' } },
  };
  const env = jobFor('pull_request', { pull_request });
  expect(jobFacts(env, undefined).fromFork).toBe(fromFork);
});

test.each(['', '[]', 'null', '{"repository": 7, "commits": "x", "pull_request": []}'])(
  'an event that says nothing is of no merged commit: %j',
  async (payload) => {
    const env = jobFor('push', payload, { GITHUB_REF: 'refs/heads/main' });
    const commit = (await project.git('rev-parse', 'HEAD')).trim();
    expect((await placeOfRun(project.root, env))?.writes).toBe(commit);
  },
);

test('a merge in a checkout whose history was cut off tells what was merged', async () => {
  await project.git('checkout', '--quiet', '-b', 'topic');
  await project.write('b', 'b');
  const head = await project.commit('topic');
  await project.git('checkout', '--quiet', 'main');
  await project.write('c', 'c');
  await project.commit('main');
  await project.git('merge', '--quiet', '--no-ff', '--message', 'Merge\n\nparent x', 'topic');
  const commit = (await project.git('rev-parse', 'HEAD')).trim();
  const shallow = join(scratch, 'shallow');
  await project.git('clone', '--quiet', '--depth', '1', `file://${project.root}`, shallow);
  const payload = { ref: 'refs/heads/main', repository: { default_branch: 'main' } };
  const place = await placeOfRun(shallow, jobFor('push', payload, { GITHUB_SHA: commit }));
  expect(place).toMatchObject({ reads: [commit, head], isFork: false });
  expect(place?.writes).toBeUndefined();
  expect(place?.marked).toEqual([
    `trees/${(await project.git('rev-parse', 'HEAD^{tree}')).trim()}`,
  ]);
});

test('no job, no place; act is a person’s own machine', async () => {
  expect(await placeOfRun(project.root, {})).toBeUndefined();
  const env = jobFor('pull_request', {}, { ACT: 'true' });
  expect(await placeOfRun(project.root, env)).toBeUndefined();
});
