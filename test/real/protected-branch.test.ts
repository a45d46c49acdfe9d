import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GitHubStandIn, startGitHub } from '../rig/github/stand-in.ts';
import { refuseCommits } from '../rig/protected-branch.ts';
import { runCommand } from '../rig/run-command.ts';
import { git, makeProject } from '../rig/stage-project.ts';
import { leaveResults, stageResults } from '../rig/stage-results.ts';

const main = fileURLToPath(new URL('../../actions/push-artifacts/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'sibling-protected-'));
const origin = join(scratch, 'origin.git');
const start = makeProject({ stages: { train: { script: 'true', entry: { outs: ['model'] } } } });
let github: GitHubStandIn;
let runs = 0;

beforeAll(async () => {
  github = await startGitHub();
  git(scratch, 'clone', '--quiet', '--bare', start, origin);
  refuseCommits(origin, 'main');
});
afterAll(async () => {
  await github.stop();
  for (const path of [start, scratch]) rmSync(path, { recursive: true });
});

/** The action as the runner starts it, in a job of its own, after `train` ran. */
async function commit(inputs: Readonly<Record<string, string>>) {
  const job = join(scratch, `job-${runs++}`);
  git(scratch, 'clone', '--quiet', origin, job);
  const file = (name: string, text: string) => {
    writeFileSync(join(scratch, name), text);
    return join(scratch, name);
  };
  const entry = `  train:\n    cmd: sibling stage train\n    outs:\n    - path: model\n      hash: md5\n      md5: ${'a'.repeat(32)}\n`;
  const remote = join(scratch, 'remote');
  const baton = leaveResults(remote, stageResults({ lock: { file: 'dvc.lock', entry } }));
  const event = { ref: 'refs/heads/main', before: '0'.repeat(40) };
  const env = {
    ...{ GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_API_URL: github.url },
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event)),
    GITHUB_REPOSITORY: `${github.owner}/${github.repo}`,
    GITHUB_OUTPUT: file('output', ''),
    INPUT_NEEDS: JSON.stringify({
      train: { result: 'success', outputs: { baton } },
    }),
    ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: remote },
    ...{ INPUT_COMMIT: 'true', INPUT_MESSAGE: 'Update dvc.lock [skip ci]' },
    'INPUT_WORKING-DIRECTORY': job,
    ...inputs,
  };
  const { code, stdout, stderr } = await runCommand(process.execPath, [main], { env, cwd: job });
  return { code, log: stdout + stderr, output: readFileSync(join(scratch, 'output'), 'utf8') };
}

const pulls = async () =>
  (await github.call('GET', `/repos/${github.owner}/${github.repo}/pulls`)) as {
    number: number;
    title: string;
    base: { ref: string };
    head: { ref: string };
  }[];
const branches = () => git(origin, 'branch', '--format=%(refname:short)').split('\n');
const asPullRequest = { 'INPUT_ON-PROTECTED-BRANCH': 'pull-request' };

describe('the results for a protected branch', () => {
  test('turn the job red, with what can be done', async () => {
    const { code, log } = await commit({});
    expect(code).toBe(1);
    expect(log).toMatch(/::error .*main is protected and takes no commit.*on-protected-branch/);
    expect(branches()).toEqual(['main']);
  });

  test('are not proposed by a token that may not', async () => {
    const { code, log } = await commit({ ...asPullRequest, INPUT_TOKEN: github.tokens.fork });
    expect(code).toBe(1);
    expect(log).toMatch(/could not be opened: 403 .*pull-requests: write/);
    expect(await pulls()).toEqual([]);
  });

  test('become one pull request, however often the job runs', async () => {
    const inputs = { ...asPullRequest, INPUT_TOKEN: github.tokens.workflow };
    const before = git(origin, 'rev-parse', 'main');
    const first = await commit(inputs);
    expect(first).toMatchObject({ code: 0 });
    const [pull, ...others] = await pulls();
    expect(others).toEqual([]);
    expect(pull).toMatchObject({ title: 'Update dvc.lock', base: { ref: 'main' } });
    expect(first.log).toMatch(`the results are in pull request #${pull?.number}`);
    expect(first.output).toMatch(new RegExp(`^pull-request<<.*\\n${pull?.number}\\n`, 'm'));
    expect(branches()).toEqual(['main', pull?.head.ref]);
    expect(git(origin, 'show', `${pull?.head.ref}:dvc.lock`)).toMatch(/^ {2}train:$/m);
    // A message with [skip ci] would keep the checks from the pull request.
    expect(git(origin, 'log', '-1', '--format=%s', String(pull?.head.ref))).toBe('Update dvc.lock');
    expect(git(origin, 'rev-parse', 'main')).toBe(before);
    expect(await commit(inputs)).toMatchObject({ code: 0 });
    expect(await pulls()).toHaveLength(1);
  });

  test.each([
    [
      'a word that the input does not know',
      { 'INPUT_ON-PROTECTED-BRANCH': 'force' },
      /on-protected-branch is "force".*It takes fail or pull-request/,
    ],
    [
      'a word for true or false',
      { 'INPUT_MIRROR-SYNC': 'yes' },
      /mirror-sync is "yes".*It takes true or false/,
    ],
    ['no token', asPullRequest, /the input token is missing/],
    [
      'half of what DagsHub needs',
      { 'INPUT_MIRROR-SYNC': 'true', DAGSHUB_TOKEN: 'abc' },
      /DAGSHUB_USER_NAME is not/,
    ],
  ])('%s is refused before anything is pushed', async (_, inputs, words) => {
    const { code, log } = await commit(inputs);
    expect(code).toBe(1);
    expect(log).toMatch(words);
    expect(log).not.toMatch(/is protected|Committed/);
  });
});
