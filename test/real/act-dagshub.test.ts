import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { type ActOptions, type ActRun, runAct } from '../rig/act/run.ts';
import { canary } from '../rig/canary.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import type { Repository } from '../rig/dagshub/world.ts';
import { type GitHubStandIn, type PullRequest, startGitHub } from '../rig/github/stand-in.ts';
import { cloneIris } from '../rig/iris-clone.ts';
import { git, removeProject } from '../rig/stage-project.ts';
import { resultsOf } from '../rig/stage-results.ts';
import { watchStages } from '../rig/stage-watch.ts';

const docker = new Docker();
const secret = canary();
const root = cloneIris();
const origin = `${root}-origin.git`;
const merged = `${root}-merged`;
const shared = `${root}-shared`;
git(root, 'clone', '--quiet', '--bare', root, origin);
git(root, 'remote', 'add', 'origin', origin);

let dagsHub: DagsHubStandIn;
let repository: Repository;
let github: GitHubStandIn;
let pull: PullRequest;
const logs: string[] = [];
const leaks: string[] = [];
let credentialsSeen = false;
let watch: { stop(): string[] };

beforeAll(async () => {
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', secret.token);
  repository = dagsHub.addRepository('ada', 'iris', { private: true, mirror: true });
  github = await startGitHub();
  pull = await github.openPullRequest('fewer-trees');
  watch = secret.watchArguments();
});

afterAll(async () => {
  await Promise.all([dagsHub.stop(), github.stop()]);
  for (const path of [root, origin, merged, shared]) removeProject(path);
});

async function run(repositoryFolder: string, options: Partial<ActOptions> = {}): Promise<ActRun> {
  const result = await runAct({
    repository: repositoryFolder,
    workflow: 'pipeline.yml',
    secrets: {
      DAGSHUB_USER_NAME: 'ada',
      DAGSHUB_TOKEN: secret.token,
      GITHUB_TOKEN: github.tokens.workflow,
    },
    inspect: (folder) => {
      const found = secret.files(folder);
      // The job's private file, which setup-dvc writes and its post step removes.
      const isPrivate = (path: string) => /\/tmp\/sibling-\w+\/credentials\.json$/.test(path);
      credentialsSeen ||= found.some(isPrivate);
      leaks.push(...found.filter((path) => !isPrivate(path)));
    },
    ...options,
    env: {
      DAGSHUB_CLIENT_HOST: dagsHub.url,
      DAGSHUB_REPO: 'ada/iris',
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'ada/iris',
      SIBLING_LOCAL_REMOTE: shared,
      ...options.env,
    },
  });
  logs.push(result.log, ...result.jobs.map(({ summary }) => summary));
  return result;
}

function outcomes(result: ActRun): (string | undefined)[] {
  const stages = ['ingest', 'preprocess', 'train', 'evaluate'];
  return stages.map((stage) => result.job(stage).outputs.outcome);
}

function expectSuccess(result: ActRun): void {
  const failed = Object.entries(result.results).filter(([, each]) => each === 'failure');
  if (failed.length > 0 || result.code !== 0) throw new Error(result.log);
}

function pullRequest(): Promise<ActRun> {
  const payload = {
    number: pull.number,
    pull_request: {
      number: pull.number,
      base: { ref: 'main', sha: git(root, 'rev-parse', 'main') },
      head: { ref: 'fewer-trees', sha: git(root, 'rev-parse', 'HEAD') },
    },
  };
  return run(root, { event: 'pull_request', payload });
}

/** What a pull request's run found: the entries of dvc.lock, and its metrics. */
interface Found {
  readonly lock: string[];
  readonly metrics: string;
}

describe('the workflow under act, with DagsHub and GitHub on this machine', () => {
  let found: Found;

  test('a push: objects reach the remote, the lock reaches the branch, the mirror is synced', async () => {
    const result = await run(root);
    expectSuccess(result);
    expect(outcomes(result)).toEqual(['ran', 'ran', 'ran', 'ran']);
    const { folder } = await dagsHub.storage(repository);
    const objects = readdirSync(join(folder, 'dvc'), { recursive: true }).map(String);
    expect(objects.filter((path) => /files\/md5\/../.test(path)).length).toBeGreaterThan(5);
    expect(objects.some((path) => path.startsWith('runs/'))).toBe(true);
    expect(repository.mirrorSyncs).toBe(1);
    expect(git(origin, 'show', 'main:dvc.lock')).toMatch(/^ {2}evaluate:$/m);
    const runs = dagsHub.requests.filter(({ path }) => /\.mlflow\/.*runs\/create/.test(path));
    expect(runs).toHaveLength(1);
    expect(result.job('train').summary).toMatch(
      /\[MLflow run\]\(http\S+#\/experiments\/\d+\/runs\/\w{32}\)/,
    );
    expect(result.job('report').summary).toContain(`[DagsHub](${dagsHub.url}/ada/iris)`);
  });

  test('a pull request: what changed runs, and one comment tells the difference', async () => {
    git(root, 'pull', '--quiet', 'origin', 'main');
    git(root, 'switch', '--quiet', '--create', 'fewer-trees');
    const params = join(root, 'params.yaml');
    writeFileSync(
      params,
      readFileSync(params, 'utf8').replace('n_estimators: 100', 'n_estimators: 80'),
    );
    git(root, 'commit', '--quiet', '--all', '--message', 'Fewer trees');
    const result = await pullRequest();
    expectSuccess(result);
    expect(outcomes(result)).toEqual(['unchanged', 'unchanged', 'ran', 'ran']);
    const comments = await github.comments(pull.number);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toMatch(/log_loss/);
    expect(comments[0]?.body).toMatch(/train\.n_estimators.*100.*80/);
    expect(git(origin, 'rev-list', '--count', 'main')).toBe('2'); // nothing was committed
    const jobs = ['ingest', 'preprocess', 'train', 'evaluate'].map((stage) =>
      resultsOf(shared, result.job(stage).outputs.baton),
    );
    const metrics = jobs[3]?.uncached.find(({ path }) => path === 'metrics/metrics.json');
    found = {
      lock: jobs.map(({ lock }) => lock?.entry ?? 'none'),
      metrics: metrics && 'file' in metrics && 'text' in metrics.file ? metrics.file.text : '',
    };
  });

  test('the pull request again: no stage runs, and the comment is changed, not repeated', async () => {
    const stages = await watchStages(docker);
    const result = await pullRequest();
    expectSuccess(result);
    expect(outcomes(result)).toEqual(['unchanged', 'unchanged', 'cached', 'cached']);
    expect(await stages.stop()).toEqual([]);
    expect(await github.comments(pull.number)).toHaveLength(1);
  });

  test('its merge, from a fresh clone: no stage runs, and the results are the same', async () => {
    git(root, 'push', '--quiet', 'origin', 'fewer-trees:main');
    git(root, 'clone', '--quiet', origin, merged);
    const stages = await watchStages(docker);
    const result = await run(merged);
    expectSuccess(result);
    expect(outcomes(result)).toEqual(['unchanged', 'unchanged', 'cached', 'cached']);
    expect(await stages.stop()).toEqual([]);
    const lock = git(origin, 'show', 'main:dvc.lock');
    for (const entry of found.lock) expect(lock).toContain(entry.trim());
    expect(git(origin, 'show', 'main:metrics/metrics.json')).toBe(found.metrics.trim());
    expect(repository.mirrorSyncs).toBe(2);
  });

  test('an action that is killed leaves no container and no credentials', async () => {
    const killed = killWhenItRuns();
    const result = await run(merged, {
      event: 'workflow_dispatch',
      inputs: { params: '', force: 'train', push: 'false', 'log-level': 'info' },
    });
    expect(await killed).toBe(true);
    expect(result.results.train).toBe('failure');
    expect(result.job('train').log).toMatch(/Removed the credentials of this job/);
    const left = await docker.listContainers({ all: true, filters: { label: ['sibling.role'] } });
    expect(left.flatMap(({ Names }) => Names).filter((name) => name.includes('-gh-'))).toEqual([]);
  });

  test('the token is in no log, summary, comment, process argument or file', async () => {
    expect(logs.flatMap((text) => secret.hits(text))).toEqual([]);
    const comments = await github.comments(pull.number);
    expect(comments.flatMap(({ body }) => secret.hits(body))).toEqual([]);
    expect(watch.stop()).toEqual([]);
    expect(credentialsSeen).toBe(true); // the look was at the right place
    expect(leaks).toEqual([]);
    for (const folder of [root, origin, merged]) expect(secret.files(folder)).toEqual([]);
  });
});

/** Kills the run-stage action of train with SIGKILL once its stage container runs. */
async function killWhenItRuns(): Promise<boolean> {
  for (const giveUp = Date.now() + 120_000; Date.now() < giveUp; ) {
    const running = await docker.listContainers({ filters: { label: ['sibling.stage=train'] } });
    if (running.length > 0) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        if (commandOf(pid).includes('actions/run-stage/dist/index.js')) {
          process.kill(Number(pid), 'SIGKILL');
          return true;
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}
